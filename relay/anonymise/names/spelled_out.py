"""Finds a word of a name whose letters stand one by one ("o d e t t e"), or with emphasis inside ("**Od**ette")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

SHORTEST = 3
_SHORT = 4
# One sign, or the end of a line, beside blanks.
_APART = r"(?=[\W_])[ \t\xa0]{0,3}(?:[-.,·•*_/|+~:;=][ \t\xa0]{0,3})?(?:\n[ \t>]{0,4}){0,3}"
# One letter, also one that the skeleton writes as two: þ, æ, œ, ß.
_ONE = r"(?:th|ae|oe|ss|[^\W\d_])"
_RUN = re.compile(rf"(?<![^\W_]){_ONE}(?:{_APART}{_ONE}(?![^\W_])){{2,}}")
_LETTER = re.compile(r"[^\W\d_]")
# Of a short word "A, D, A" may be marks, and "I.D.A." a firm: only with blanks, line ends or hyphens.
_PLAIN = re.compile(r"[ \t\xa0\n>-]*")
_EMPHASIS = "*_~"
_SIGNS = r"[*_~]{0,3}"
_MARKS = re.compile(r"[*_~]+")


class Run(NamedTuple):
    """Letters that stand one by one, with the place of each in the skeleton."""

    letters: str
    places: Sequence[int]


def spelled_runs(text: str) -> list[Run]:
    """Each run of three single letters or more in a skeleton. Linear."""
    runs = []
    for found in _RUN.finditer(text):
        places = [each.start() for each in _LETTER.finditer(text, found.start(), found.end())]
        runs.append(Run("".join(text[place] for place in places), places))
    return runs


def in_runs(text: str, runs: Sequence[Run], stem: str) -> Iterator[tuple[int, int]]:
    """Where the letters ``stem`` stand one by one; a short word only where wider gaps are beside it."""
    for run in runs:
        at = run.letters.find(stem)
        while at >= 0:
            start, end = run.places[at], run.places[at + len(stem) - 1] + 1
            plain = _PLAIN.fullmatch(_LETTER.sub("", text[start:end]))
            if len(stem) >= _SHORT or (plain and _stands_apart(run.places, at, at + len(stem))):
                yield start, end
            at = run.letters.find(stem, at + len(stem))


def _stands_apart(places: Sequence[int], first: int, last: int) -> bool:
    """Whether the gaps beside these letters, if there are any, are wider than those between them."""
    widest = max(after - before for before, after in pairwise(places[first:last]))
    before = first == 0 or places[first] - places[first - 1] > widest
    return before and (last == len(places) or places[last] - places[last - 1] > widest)


def emphasised(text: str, stem: str) -> Iterator[tuple[int, int]]:
    """Where the letters ``stem`` stand with signs of emphasis inside, and the sign before or behind that belongs to the
    one inside. Linear."""
    if not any(sign in text for sign in _EMPHASIS):
        return
    for found in _with_signs(stem).finditer(text):
        start, end = found.span()
        inside = _MARKS.findall(found[0])
        if len(inside) % 2:
            sign = inside[0]
            if text.endswith(sign, 0, start):
                start -= len(sign)
            elif text.startswith(sign, end):
                end += len(sign)
        if inside:
            yield start, end


@lru_cache(maxsize=512)
def _with_signs(stem: str) -> re.Pattern[str]:
    return re.compile(_SIGNS.join(stem))
