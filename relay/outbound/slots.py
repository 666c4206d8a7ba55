"""How many deliveries are under way, and to where: never so many to one destination that a slow one stops others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Kept for a letter that is about to be accepted: where it goes (an opaque key), and ``until`` when nobody else may
    try it."""

    destination: str
    until: datetime


class Places:
    """``most`` in all, ``cap`` to one destination (an opaque key)."""

    def __init__(self, most: int, cap: int) -> None:
        self._most, self.cap = most, cap
        self.taken: Counter[str] = Counter()

    @property
    def free(self) -> int:
        """How many more there may be."""
        return self._most - self.taken.total()

    def full(self) -> list[str]:
        """The destinations that have no place left."""
        return [destination for destination, count in self.taken.items() if count >= self.cap]

    def enter(self, destination: str) -> bool:
        """Take a place; False, and nothing taken, when there is none."""
        if self.free <= 0 or self.taken[destination] >= self.cap:
            return False
        self.taken[destination] += 1
        return True

    def leave(self, destination: str) -> None:
        """Give a place back."""
        self.taken[destination] -= 1
        if not self.taken[destination]:
            del self.taken[destination]


class Line:
    """What is known of those that wait in the queue: nobody passes them at the door."""

    def __init__(self) -> None:
        self._destinations: set[str] = set()
        self._any = True  # nobody has looked yet

    def has(self, destination: str) -> bool:
        """Whether somebody may be waiting for a place to this destination."""
        return self._any or destination in self._destinations

    def join(self, destination: str) -> None:
        """Somebody found no place."""
        self._destinations.add(destination)

    def grow(self) -> None:
        """Nobody can say any more for where somebody waits."""
        self._any = True

    def see(self, destinations: Iterable[str], *, more: bool) -> None:
        """After a look: for these somebody may wait, and with ``more`` for any."""
        self._destinations, self._any = set(destinations), more
