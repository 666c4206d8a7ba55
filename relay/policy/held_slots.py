"""Which of the letters that nobody could prove wait for their member: a few in all, fewer of each network. Pure.

Whoever forges letters must neither flood a member with questions nor keep the member's own letter from being asked
about: a network that is new here always finds room, at the cost of the one that holds most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

MOST = 5
MOST_OF_A_NETWORK = 3

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Slot(Generic[T]):
    """One that waits: ``what``, and the opaque name of the ``network`` it came from."""

    what: T
    network: str


def make_room(waiting: Sequence[Slot[T]], network: str) -> list[T] | None:
    """Those of ``waiting``, oldest first, that go so that one more of ``network`` may wait; None when it may not."""
    counts = Counter(slot.network for slot in waiting)
    if counts[network] >= MOST_OF_A_NETWORK:
        return None
    left, displaced = list(waiting), []
    while len(left) >= MOST:
        counts = Counter(slot.network for slot in left)
        most = max(counts.values())
        oldest = next(slot for slot in left if counts[slot.network] == most)
        left.remove(oldest)
        displaced.append(oldest.what)
    return displaced
