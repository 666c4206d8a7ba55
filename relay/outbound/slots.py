"""Decides which deliveries may begin: slots in total and per destination, waiting deliveries, servers that are down.
Pure.

Destinations are the opaque keys of ``Claimed.destinations``. With a smarthost all destinations share one server.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from relay.outcomes import Outcome
from relay.policy.delivery_failures import Breaker
from relay.settings import DeliverySettings
from relay.smtp.client.reply_outcome import BROKEN_OFF, UNREACHABLE, from_a_server

_LOOK_AFTER = timedelta(seconds=1)
"""A slot freed this long after the last look into the queue triggers one, because another process may have queued
something."""
_DOWN_FOR = 30.0
"""Seconds for which a server that does not reply is not tried at first. The maximum is ten times as long."""
SMARTHOST = "smarthost"


@dataclass(frozen=True, slots=True)
class Slot:
    """Permission to try one delivery to ``destination``; no other process may try it before ``until`` (aware UTC)."""

    destination: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """The limits of one look into the queue: claim at most ``limit`` deliveries, none to ``exclude``, and at most
    ``cap`` per destination including those ``in_hand``. ``down``: the excluded destinations whose server is down. The
    claim is exclusive until ``until``."""

    limit: int
    exclude: tuple[str, ...]
    in_hand: Mapping[str, int]
    cap: int
    down: frozenset[str]
    until: datetime


@dataclass(frozen=True, slots=True)
class ServerDown:
    """``server`` (a destination, or SMARTHOST) did not reply several times in a row. It is not tried for
    ``seconds``."""

    server: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ServerBack:
    """``server``, which was down, replied."""

    server: str


class Slots:
    """Counts deliveries in progress: ``most`` in total, ``cap`` per destination."""

    def __init__(self, most: int, cap: int) -> None:
        self._most, self.cap = most, cap
        self.taken: Counter[str] = Counter()

    @property
    def free(self) -> int:
        """How many more may begin."""
        return self._most - self.taken.total()

    def full(self) -> list[str]:
        """The destinations that have no slot left."""
        return [destination for destination, count in self.taken.items() if count >= self.cap]

    def take(self, destination: str) -> bool:
        """Take a slot. False when there is none."""
        if self.free <= 0 or self.taken[destination] >= self.cap:
            return False
        self.taken[destination] += 1
        return True

    def give_back(self, destination: str) -> None:
        """Free a slot."""
        self.taken[destination] -= 1
        if not self.taken[destination]:
            del self.taken[destination]


class Waiting:
    """The destinations of waiting deliveries in the queue, as far as known. A new letter to one of them must wait
    behind them."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._since_look: set[str] = set()
        self._any = True  # until the first look

    def has(self, destination: str) -> bool:
        """Whether a delivery to this destination may be waiting."""
        return self._any or destination in self._known or destination in self._since_look

    def add(self, destination: str) -> None:
        """Record that a delivery to this destination waits."""
        self._since_look.add(destination)

    def add_any(self) -> None:
        """Record that deliveries may be waiting for any destination."""
        self._any = True

    def look(self) -> None:
        """Record that a look begins, which will find everything added so far."""
        self._known |= self._since_look
        self._since_look = set()

    def found(self, destinations: Iterable[str], *, more: bool) -> None:
        """Record that the look found deliveries to these destinations, and with ``more`` possibly to any. Destinations
        added since it began stay, because it cannot have found them."""
        self._known, self._any = set(destinations), more


class Admission:
    """Decides which deliveries of one process may begin. ``delivery`` has the limits; times are aware UTC."""

    def __init__(self, delivery: DeliverySettings, now: datetime) -> None:
        self.slots = Slots(delivery.concurrency, _cap(delivery))
        self.waiting = Waiting()
        waits = delivery.retry_after
        self.breaker = Breaker(min(waits[0], _DOWN_FOR), min(waits[-1], _DOWN_FOR * 10))
        self._one_server = delivery.smarthost is not None
        self._lease = timedelta(seconds=delivery.lease)
        self._looked_at = now
        self._closed = False
        self.look_due = True
        """Whether the queue may hold a due delivery that is not being tried."""

    def reserve(self, destination: str, now: datetime) -> Slot | None:
        """A slot for a letter about to be accepted. None when it has to wait in the queue: others wait for the same
        destination, no slot is free, or the server is down."""
        if self._closed:
            return None
        down = self._server(destination) in self.breaker.down(now)
        if self.waiting.has(destination) or down or not self.slots.take(destination):
            self.waiting.add(destination)
            return None
        return Slot(destination, now + self._lease)

    def release(self, slot: Slot, now: datetime) -> bool:
        """Free a slot. Returns whether to look into the queue now."""
        self.slots.give_back(slot.destination)
        if self.waiting.has(slot.destination) or now - self._looked_at > _LOOK_AFTER:
            self.look_due = True
        return self.look_due

    def look(self, now: datetime) -> Look | None:
        """The limits of a look into the queue; None when a look is pointless now. Pass its result to ``looked``, or set
        ``look_due`` when it failed."""
        if not self.look_due:
            return None
        down = frozenset(self.breaker.down(now))
        if self.slots.free <= 0 or SMARTHOST in down:
            self.waiting.add_any()
            return None
        self.look_due, self._looked_at = False, now
        self.waiting.look()
        exclude = tuple({*self.slots.full(), *down})
        in_hand = dict(self.slots.taken)
        return Look(self.slots.free, exclude, in_hand, self.slots.cap, down, now + self._lease)

    def looked(self, look: Look, claimed: Sequence[str], behind: Iterable[str], *, more: bool) -> list[Slot | None]:
        """Record the result of ``look``: the destinations of the ``claimed`` deliveries, in order, and of due ones that
        were not claimed (``behind``). ``more``: not all due ones were read.

        Returns a slot for each of ``claimed``, or None for a delivery to give back, because a newly accepted letter
        took its slot meanwhile, or this is closed.
        """
        passed = {*look.exclude, *behind}
        self.waiting.found(passed, more=more)
        begun = [self._begin(destination, look.until) for destination in claimed]
        # Slots freed during the look may serve destinations that it left out.
        if self.slots.free > 0 and (more or passed.difference(look.down, self.slots.full())):
            self.look_due = True
        return begun

    def learn(self, destination: str, outcome: Outcome, now: datetime) -> ServerDown | ServerBack | None:
        """Record the outcome of a try. Returns a change of the server's state, or None. Only a reply or its absence
        counts; DNS errors and errors of relay do not."""
        server = self._server(destination)
        if outcome.status in (UNREACHABLE, BROKEN_OFF):
            seconds = self.breaker.failed(server, now)
            return ServerDown(server, seconds) if seconds else None
        if from_a_server(outcome.status) and self.breaker.answered(server):
            return ServerBack(server)
        return None

    def held_up(self, now: datetime) -> bool:
        """Whether due deliveries may be waiting for a slot or for a server that is down."""
        return bool(self.slots.taken or self.breaker.down(now))

    def close(self) -> None:
        """Grant no more slots."""
        self._closed = True

    def _begin(self, destination: str, until: datetime) -> Slot | None:
        if not self._closed and self.slots.take(destination):
            return Slot(destination, until)
        if self.slots.free <= 0:
            self.waiting.add_any()
        self.waiting.add(destination)
        return None

    def _server(self, destination: str) -> str:
        return SMARTHOST if self._one_server else destination


def _cap(delivery: DeliverySettings) -> int:
    """The slots per destination, fewer than all, so that one slow destination cannot block the others."""
    if delivery.smarthost is None:
        return delivery.per_destination
    return max(1, delivery.concurrency * 3 // 4)
