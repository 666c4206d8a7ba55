"""Which delivery may begin now: slots in all and for each destination, who waits, which servers are left alone. Pure.

Destinations are the opaque keys of ``Claimed.destinations``. With a smarthost every destination has the same server.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from relay.outcomes import Outcome
from relay.policy.breaker import Breaker
from relay.settings import DeliverySettings
from relay.smtp.client.reply_outcome import BROKEN_OFF, UNREACHABLE, from_a_server

_LOOK_AFTER = timedelta(seconds=1)
"""After a second without a look into the queue, the next slot given back is reason for one: another process may have
queued something."""
_LEFT_ALONE = 30.0
"""Seconds for which a server that does not reply is left alone at first; ten times as long at most."""
SMARTHOST = "smarthost"


@dataclass(frozen=True, slots=True)
class Slot:
    """Permission to try one delivery: its ``destination``, and ``until`` when no other process may try it (aware
    UTC)."""

    destination: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """What one look into the queue may claim: at most ``limit`` deliveries, none to ``exclude``, and to one destination
    no more than ``cap``, counting those ``in_hand``. ``down`` are the excluded whose server is left alone. No other
    process may try what is claimed before ``until``."""

    limit: int
    exclude: tuple[str, ...]
    in_hand: Mapping[str, int]
    cap: int
    down: frozenset[str]
    until: datetime


@dataclass(frozen=True, slots=True)
class ServerDown:
    """``server`` (a destination, or SMARTHOST) gave no reply several times in a row: left alone for ``seconds``."""

    server: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ServerBack:
    """``server``, which had been left alone, replied."""

    server: str


class Slots:
    """How many deliveries are in hand: ``most`` in all, ``cap`` to one destination."""

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
        """Take a slot; False, and nothing taken, when there is none."""
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
    """For which destinations deliveries wait in the queue, as far as is known. A letter that arrives for one of them
    does not pass them."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._since_look: set[str] = set()
        self._any = True  # nobody has looked yet

    def has(self, destination: str) -> bool:
        """Whether a delivery to this destination may be waiting."""
        return self._any or destination in self._known or destination in self._since_look

    def add(self, destination: str) -> None:
        """A delivery to this destination has to wait."""
        self._since_look.add(destination)

    def add_any(self) -> None:
        """Deliveries may wait for any destination."""
        self._any = True

    def look(self) -> None:
        """A look begins, which will find all that has to wait so far."""
        self._known |= self._since_look
        self._since_look = set()

    def found(self, destinations: Iterable[str], *, more: bool) -> None:
        """The look found deliveries to these, and with ``more`` perhaps to any. Those that had to wait since it began
        wait still: it cannot have seen them."""
        self._known, self._any = set(destinations), more


class Admission:
    """Decides for one process. ``delivery`` has the limits; times are aware UTC."""

    def __init__(self, delivery: DeliverySettings, now: datetime) -> None:
        self.slots = Slots(delivery.concurrency, _cap(delivery))
        self.waiting = Waiting()
        waits = delivery.retry_after
        self.breaker = Breaker(min(waits[0], _LEFT_ALONE), min(waits[-1], _LEFT_ALONE * 10))
        self._one_server = delivery.smarthost is not None
        self._lease = timedelta(seconds=delivery.lease)
        self._looked_at = now
        self._closed = False
        self.look_due = True
        """Something in the queue may be due that nobody tries."""

    def reserve(self, destination: str, now: datetime) -> Slot | None:
        """A slot for a letter about to be accepted. None when it has to wait in the queue: others wait for the same
        destination, there is no slot, or the server is left alone."""
        if self._closed:
            return None
        down = self._server(destination) in self.breaker.down(now)
        if self.waiting.has(destination) or down or not self.slots.take(destination):
            self.waiting.add(destination)
            return None
        return Slot(destination, now + self._lease)

    def release(self, slot: Slot, now: datetime) -> bool:
        """Free a slot. Whether a look into the queue is worth it now."""
        self.slots.give_back(slot.destination)
        if self.waiting.has(slot.destination) or now - self._looked_at > _LOOK_AFTER:
            self.look_due = True
        return self.look_due

    def look(self, now: datetime) -> Look | None:
        """What a look into the queue may claim; None when none is worth it. Report its result with ``looked``, or set
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
        """The result of ``look``: destinations of what was ``claimed``, in order, and of what is due ``behind`` it;
        with ``more`` not all that is due was seen.

        Returns a slot for each of ``claimed``, or None for what must be given back: a letter that was accepted
        meanwhile has its slot, or this was closed.
        """
        passed = {*look.exclude, *behind}
        self.waiting.found(passed, more=more)
        begun = [self._begin(destination, look.until) for destination in claimed]
        # Slots that became free during the look are for those it passed over.
        if self.slots.free > 0 and (more or passed.difference(look.down, self.slots.full())):
            self.look_due = True
        return begun

    def learn(self, destination: str, outcome: Outcome, now: datetime) -> ServerDown | ServerBack | None:
        """What the outcome of a try says about the server, when that is news. Only a server's reply, or its silence,
        says anything: trouble in DNS and faults of our own do not."""
        server = self._server(destination)
        if outcome.status in (UNREACHABLE, BROKEN_OFF):
            seconds = self.breaker.failed(server, now)
            return ServerDown(server, seconds) if seconds else None
        if from_a_server(outcome.status) and self.breaker.answered(server):
            return ServerBack(server)
        return None

    def held_up(self, now: datetime) -> bool:
        """Whether what is due may have to wait: for a slot, or for a server that is left alone."""
        return bool(self.slots.taken or self.breaker.down(now))

    def close(self) -> None:
        """Give out no slot any more."""
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
    """How many deliveries to one destination may be in hand: never all, or a slow one would stop every other."""
    if delivery.smarthost is None:
        return delivery.per_destination
    return max(1, delivery.concurrency * 3 // 4)
