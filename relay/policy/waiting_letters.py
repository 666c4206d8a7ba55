"""Limits the unproven letters that wait for an answer of one member: in total, and from one network. Pure.

A forger can neither flood a member with confirmation requests nor keep the member's own letter out: a letter from a new
network always displaces one of the network that has most.
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
    """A waiting letter, represented by ``what``, and the opaque name of the ``network`` it came from."""

    what: T
    network: str


def make_room(waiting: Sequence[WaitingLetter[T]], network: str) -> list[T] | None:
    """The items of ``waiting`` (oldest first) to drop so that one more from ``network`` can wait; None when it must
    not."""
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
