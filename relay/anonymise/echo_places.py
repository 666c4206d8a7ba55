"""The words around each mention of a reader, wherever it was written: by them it is known again in a quotation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import regex

from relay.anonymise.identities import folded_letters
from relay.model import Echoes

CONTEXT = 2
"""Words before and behind a mention that have to be the same."""
NEAR = 8
"""Words before and behind a mention that are remembered: a quotation that is cut short keeps some of them."""
NEAREST = 3
"""Words on each side of a mention in a quotation, most of which have to be among those."""
_PARTS = 8
"""Words of a mention that may be found apart."""
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_BESIDE = 4
"""What it counts that the words right beside a mention are the same; one of those near counts 1."""
_Words = tuple[str, ...]
_Side = tuple[str, _Words]


class Written(NamedTuple):
    """Where a mention, or a part of one, was written: the words right before and behind it, those near on each side,
    the words that it is (each by the number of the mention, and its own there), and how often it was written there."""

    before: _Words
    behind: _Words
    above: frozenset[str]
    below: frozenset[str]
    words: tuple[tuple[int, int], ...]
    times: int

    def likeness(self, above: _Words, below: _Words) -> int:
        """How much the words around, the nearest first, are like those between which it was written."""
        beside = bool(above and above[:1] == self.before[-1:]) + bool(below and below[:1] == self.behind[:1])
        return _BESIDE * beside + len(self.above.intersection(above)) + len(self.below.intersection(below))


class Places:
    """The words around one mention, wherever it was written: looked up in the same time however many there are."""

    def __init__(self, written: Sequence[Written]) -> None:
        self.written = written
        self._before: set[_Words] = set()
        self._behind: set[_Words] = set()
        self._both: set[tuple[_Words, _Words]] = set()
        self._cut: set[tuple[_Side, _Side]] = set()
        self._near = {word for one in written for word in (*one.above, *one.below)}
        for before, behind in {(one.before, one.behind) for one in written}:
            # At the very beginning or end of a letter there are fewer words, and the other side decides; a mention
            # alone is the whole letter.
            if len(before) == CONTEXT or not behind:
                self._before.add(before)
            if len(behind) == CONTEXT or not before:
                self._behind.add(behind)
            self._both.add((before, behind))
            self._cut.update(product(_cuts(before[::-1]), _cuts(behind)))

    def has_both(self, above: _Words, below: _Words) -> bool:
        """Whether all words around are the same, and as many as are looked at."""
        return len(above) == len(below) == CONTEXT and (above, below) in self._both

    def has_one(self, above: _Words, below: _Words) -> bool:
        """Whether those on one side are the same."""
        shorter = range(CONTEXT + 1)
        return any(above[max(0, len(above) - n) :] in self._before for n in shorter) or any(
            below[:n] in self._behind for n in shorter
        )

    def has_cut(self, above: _Words, below: _Words) -> bool:
        """Whether those on both sides are the same, as far as there are any."""
        return any(pair in self._cut for pair in product(_matches(above[::-1]), _matches(below)))

    def has_near(self, around: Sequence[str]) -> bool:
        """Whether the words around, whatever their order, are some of those near which it was written."""
        known = sum(word in self._near for word in around)
        return known > 1 and 3 * known >= 2 * len(around)


def _cuts(side: _Words) -> Iterator[_Side]:
    """The words on one side, nearest first, cut as in a quotation, and complete."""
    yield from (("cut", side[:length]) for length in range(len(side) + 1))
    yield "complete", side


def _matches(side: _Words) -> Iterator[_Side]:
    """What of ``_cuts`` the words found on one side are like: a part of what was written, or more than it."""
    yield "cut", side
    yield from (("complete", side[:length]) for length in range(len(side)))


def written_places(echoes: Echoes) -> dict[str, list[Written]]:
    """For the letters of each mention and of each part of one, which is what is found when lines are wrapped anew:
    where it was written."""
    written: dict[str, list[Written]] = {}
    for number, echo in enumerate(echoes.mentions):
        above, below = (folded_words(_WORD.findall(side)) for side in (echo.before, echo.behind))
        before, behind = above[-CONTEXT:], below[:CONTEXT]
        near = frozenset(above), frozenset(below)
        words = folded_words(_WORD.findall(echo.words))
        whole = folded_letters(echo.words)
        every = tuple((number, at) for at in range(len(words)))
        written.setdefault(whole, []).append(Written(before, behind, *near, every, echo.times))
        for first in range(min(len(words), _PARTS)):
            for end in range(first + 1, min(len(words), _PARTS) + 1):
                around = (*before, *words[:first])[-CONTEXT:], (*words[end:], *behind)[:CONTEXT]
                sides = near[0].union(words[:first]), near[1].union(words[end:])
                letters = "".join(words[first:end])
                if letters != whole:
                    written.setdefault(letters, []).append(Written(*around, *sides, every[first:end], echo.times))
    return written


def folded_words(words: Iterable[str]) -> _Words:
    """Words as they are compared."""
    return tuple(map(_folded, words))


@lru_cache(maxsize=4096)
def _folded(word: str) -> str:
    return folded_letters(word) or word
