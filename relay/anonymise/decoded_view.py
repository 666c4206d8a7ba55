"""A text with its escapes decoded, and the way back from each place in it to the text as it is written."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Place = Callable[[int, int], tuple[int, int]]
"""From a range of the decoded text to the range of the text as it is written."""


@dataclass(frozen=True, slots=True)
class View:
    """A text with its escapes decoded. ``plain_at`` and ``source_at`` are the offsets of its pieces in it and in the
    source; every other piece is an escape, which is indivisible."""

    plain: str
    plain_at: tuple[int, ...]
    source_at: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The range in the source for the view's [start, end)."""
        first = bisect_right(self.plain_at, start) - 1
        last = bisect_right(self.plain_at, end - 1) - 1
        begin = self.source_at[first] + (0 if first % 2 else start - self.plain_at[first])
        if last % 2:
            return begin, self.source_at[last + 1]
        return begin, self.source_at[last] + end - self.plain_at[last]


def undone(text: str, escapes: re.Pattern[str], meaning: Callable[[re.Match[str]], str]) -> View:
    """The text with each escape replaced by its meaning. Linear in the text."""
    pieces: list[str] = []
    plain_at, source_at = [0], [0]
    at = length = 0
    known: dict[str, str] = {}  # escapes repeat in a text
    for escape in escapes.finditer(text):
        means = known.get(escape[0])
        if means is None:
            means = known[escape[0]] = meaning(escape)
        literal = text[at : escape.start()]
        at = escape.end()
        pieces += (literal, means)
        plain_at += (length + len(literal), length + len(literal) + len(means))
        source_at += (escape.start(), at)
        length += len(literal) + len(means)
    pieces.append(text[at:])
    return View("".join(pieces), tuple(plain_at), tuple(source_at))


def mapped(views: Sequence[View]) -> Place:
    """The way back through several rounds of decoding, the first one first."""

    def place(start: int, end: int) -> tuple[int, int]:
        for view in reversed(views):
            start, end = view.span(start, end)
        return start, end

    return place
