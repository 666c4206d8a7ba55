"""Splits a text into lines, with the quote depth of each and the offset of its words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

# Quote marks, blanks, and invisible direction marks.
_BEFORE = re.compile("[ \t\r\xa0\u3000>\u200b\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]*")
UNSEEN_MARKS = "\u200b\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
"""Invisible marks, most of them for the direction of writing."""

_UNSEEN = " \t\r\xa0\u3000" + UNSEEN_MARKS


class Line(NamedTuple):
    """One line: [start, end) without its line end, ``body`` the offset of its words, ``depth`` its quote depth."""

    number: int
    start: int
    body: int
    end: int
    depth: int

    @property
    def blank(self) -> bool:
        """Whether it has no words."""
        return self.body >= self.end


class Lines:
    """The lines of one text, parsed on first use."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = list(_starts(text))
        self._read: dict[int, Line] = {}

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, number: int) -> Line:
        line = self._read.get(number)
        if line is None:
            line = self._read[number] = self._line(number)
        return line

    def at(self, place: int) -> int:
        """The number of the line that contains an offset of the text."""
        return bisect_right(self._starts, place) - 1

    def words_after(self, number: int, within: int) -> Line | None:
        """The next line that has words, at most ``within`` lines below."""
        for after in range(number + 1, min(number + 1 + within, len(self))):
            line = self[after]
            if not line.blank:
                return line
        return None

    def _line(self, number: int) -> Line:
        start = self._starts[number]
        end = self._starts[number + 1] - 1 if number + 1 < len(self._starts) else len(self.text)
        before = _BEFORE.match(self.text, start, end)
        body = before.end() if before else start
        depth = self.text.count(">", start, body)
        end = body + len(self.text[body:end].rstrip(_UNSEEN))
        return Line(number, start, body, end, depth)


def _starts(text: str) -> Iterator[int]:
    yield 0
    start = text.find("\n") + 1
    while start:
        yield start
        start = text.find("\n", start) + 1
