"""Which unproven letters wait for their member: a few in total, fewer from one network. Pure.

A forger can neither flood a member with confirmation requests nor keep the member's own letter out: a new network
always finds room, at the expense of the network that holds most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

MOST = 5
MOST_PER_NETWORK = 3

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WaitingLetter(Generic[T]):
    """A waiting item ``what``, and the opaque name of the ``network`` it came from."""

    what: T
    network: str


def make_room(waiting: Sequence[WaitingLetter[T]], network: str) -> list[T] | None:
    """The items of ``waiting``, oldest first, that are dropped so that one more from ``network`` may wait; None when it
    may not."""
    counts = Counter(letter.network for letter in waiting)
    if counts[network] >= MOST_PER_NETWORK:
        return None
    left, displaced = list(waiting), []
    while len(left) >= MOST:
        counts = Counter(letter.network for letter in left)
        most = max(counts.values())
        oldest = next(letter for letter in left if counts[letter.network] == most)
        left.remove(oldest)
        displaced.append(oldest.what)
    return displaced
