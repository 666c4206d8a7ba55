"""Limits on connections, in total and per network, and on commands that do not advance a letter. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from relay.model import Reply
from relay.policy.peers import network
from relay.smtp.server.replies import TOO_MANY_ERRORS, TOO_MANY_IDLE_COMMANDS, Goodbye

C = TypeVar("C")

_NONSENSE = 5  # commands unknown or out of order before the connection is closed
_MAKES_NO_SENSE = frozenset({500, 502, 503})  # unknown, not offered, out of order (RFC 5321 4.2.1)
_ERRORS = 20  # the same for errors of any kind, such as an address that is not ours
_IDLE_COMMANDS = 100  # commands between two letters that do not advance one
_IDLE = frozenset({"EHLO", "HELO", "NOOP", "RSET", "VRFY", "HELP"})


class ConnectionLimits(Generic[C]):
    """At most ``total`` connections, and ``per_network`` from one network (an IPv4 address or an IPv6 /64: see
    policy/peers.py); 0: no limit. C is any hashable type that stands for a connection."""

    def __init__(self, total: int, per_network: int) -> None:
        self._total = total
        self._per_network = per_network
        self._networks: dict[C, str] = {}
        self._by_network: dict[str, dict[C, None]] = {}  # oldest first

    def enter(self, connection: C, peer: str) -> bool:
        """Count one more connection. False, and not counted, when there are too many."""
        name = network(peer)
        if self._total and len(self._networks) >= self._total:
            return False
        if not self._has_room(name):
            return False
        self._networks[connection] = name
        self._by_network.setdefault(name, {})[connection] = None
        return True

    def leave(self, connection: C) -> None:
        """A connection ended. One that was not counted changes nothing."""
        name = self._networks.pop(connection, None)
        if name is None:
            return
        del self._by_network[name][connection]
        if not self._by_network[name]:
            del self._by_network[name]

    def closable_for(self, peer: str) -> Iterator[C]:
        """Connections one of which may be closed to admit ``peer``, the best candidate first: the newest of the network
        with most connections, if that network still has more than the network of ``peer`` would have (max-min
        fairness). So no network can keep others out by occupying all connections."""
        name = network(peer)
        if not self._has_room(name):
            return
        largest = max(self._by_network.values(), key=len, default={})
        if len(largest) > len(self._by_network.get(name, ())) + 1:
            yield from reversed(list(largest))

    def __len__(self) -> int:
        return len(self._networks)

    def _has_room(self, name: str) -> bool:
        return not self._per_network or len(self._by_network.get(name, ())) < self._per_network


@dataclass(slots=True)
class CommandLimits:
    """Counts a client's commands since its last accepted letter."""

    errors: int = 0
    nonsense: int = 0
    idle: int = 0

    def check(self) -> None:
        """Call before the next command is read. Raises Goodbye when there were too many errors."""
        if self.errors >= _ERRORS or self.nonsense >= _NONSENSE:
            raise Goodbye(TOO_MANY_ERRORS)

    def count_command(self, verb: str) -> None:
        """Count a command. Raises Goodbye when too many were idle."""
        self.idle += verb in _IDLE
        if self.idle > _IDLE_COMMANDS:
            raise Goodbye(TOO_MANY_IDLE_COMMANDS)

    def count_reply(self, verb: str, reply: Reply) -> None:
        """Count a reply. Deferred RCPTs have their own limit (RFC 5321 4.5.3.1.10); any other deferred command counts
        as idle."""
        self.errors += reply.code >= 500
        self.nonsense += reply.code in _MAKES_NO_SENSE
        self.idle += 400 <= reply.code < 500 and verb != "RCPT"

    def forget(self) -> None:
        """A letter was accepted: reset the counts."""
        self.errors = self.nonsense = self.idle = 0
