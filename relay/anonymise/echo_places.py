"""The words around each mention of a reader, wherever it was written: by them it is known again in a quotation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

import regex

from relay.anonymise.identities import folded_letters
from relay.model import Echoes

CONTEXT = 2
"""Words before and behind a mention that have to be the same."""
NEAR = 8
"""Words before and behind a mention that are remembered: whoever shortens a quotation leaves some of them."""
NEAREST = 3
"""Words on each side of a mention in a quotation, most of which have to be among those."""
_PARTS = 8
"""Words of a mention that may be found apart."""
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_Words = tuple[str, ...]
_Side = tuple[str, _Words]
_Sides = set[tuple[_Words, _Words]]
Written = dict[str, tuple[_Sides, set[str]]]
"""For the letters of a mention: the words right before and behind it, wherever it was written; and all words near."""


class Places:
    """The words around one mention, wherever it was written: looked up in the same time however many there are."""

    def __init__(self, sides: _Sides, near: set[str]) -> None:
        self._before: set[_Words] = set()
        self._behind: set[_Words] = set()
        self._both: set[tuple[_Words, _Words]] = set()
        self._cut: set[tuple[_Side, _Side]] = set()
        self._near = near
        for before, behind in sides:
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
        known = sum(word.casefold() in self._near for word in around)
        return known > 1 and 2 * known >= len(around)


def _cuts(side: _Words) -> Iterator[_Side]:
    """The words on one side, nearest first, as whoever quotes them may cut them, and complete."""
    yield from (("cut", side[:length]) for length in range(len(side) + 1))
    yield "complete", side


def _matches(side: _Words) -> Iterator[_Side]:
    """What of ``_cuts`` the words found on one side are like: a part of what was written, or more than it."""
    yield "cut", side
    yield from (("complete", side[:length]) for length in range(len(side)))


def written_places(echoes: Echoes) -> Written:
    """For each mention and each part of one, which is what is found when lines are wrapped anew: the words around."""
    written: Written = {}
    for echo in echoes.mentions:
        all_before, all_behind = _WORD.findall(echo.before), _WORD.findall(echo.behind)
        near = {word.casefold() for word in (*all_before, *all_behind)}
        before, behind = folded_words(all_before[-CONTEXT:]), folded_words(all_behind[:CONTEXT])
        parts = _WORD.findall(echo.words)
        words = folded_words(parts)
        _add(written, folded_letters(echo.words), (before, behind), near)
        near = near.union(map(str.casefold, parts)) if len(parts) > 1 else near
        for first in range(min(len(words), _PARTS)):
            for end in range(first + 1, min(len(words), _PARTS) + 1):
                around = (*before, *words[:first])[-CONTEXT:], (*words[end:], *behind)[:CONTEXT]
                _add(written, "".join(words[first:end]), around, near)
    return written


def _add(written: Written, letters: str, around: tuple[_Words, _Words], near: set[str]) -> None:
    sides, all_near = written.setdefault(letters, (set(), set()))
    sides.add(around)
    all_near.update(near)


def folded_words(words: Iterable[str]) -> _Words:
    """Words as they are compared."""
    return tuple(map(folded_letters, words))
