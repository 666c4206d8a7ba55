"""Unwraps plain text: joins lines that a mail program broke, so that paragraphs have one form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Programs break lines at 65 to 80 columns; a longer line was not broken by one.
_NARROWEST, _WIDEST = 60, 80
# Two spaces, as HTML editors write them with no-break spaces; a single no-break space was typed.
_MADE_HARD = re.compile(r"[ \xa0]{2,}|^\xa0|\xa0$", re.MULTILINE)
_QUOTE = re.compile(r"(?:>[ ]?)+")
# Beginnings of lines that were broken on purpose: list and table marks, indents, rules, headers, addresses.
_DELIBERATE = re.compile(r"[\s\-*+#=|_~>\u2022\u00b7\u2013\u2014]|\d{1,3}[.)]\s|https?://|[A-Z][\w-]{0,20}:\s")


def unwrapped(text: str) -> str:
    """The text without line ends that a program inserted at its line width, with uniform quote marks, and without
    trailing blanks. Line ends that a person typed stay: poems, addresses, tables, code."""
    if "  " in text or "\xa0" in text:
        text = _MADE_HARD.sub(_soft, text)
    lines = [_one_mark(line) for line in text.split("\n")]
    width = max(map(len, lines), default=0)
    if _NARROWEST <= width <= _WIDEST:
        lines = list(_joined(lines, width))[:-1]
    return "\n".join(lines).strip("\n") + ("\n" if text.endswith("\n") and any(lines) else "")


def _soft(spaces: re.Match[str]) -> str:
    return " " * len(spaces[0])


def _one_mark(line: str) -> str:
    """The line without trailing blanks ("-- " keeps its own, RFC 3676 4.3); "> > " and ">>" become ">> "."""
    if line == "-- ":
        return line
    marks = _QUOTE.match(line)
    if marks is None:
        return line.rstrip()
    return (">" * marks[0].count(">") + " " + line[marks.end() :].rstrip()).rstrip()


def _joined(lines: list[str], width: int) -> Iterator[str]:
    """Paragraph by paragraph, each split where a line ends on purpose."""
    paragraph: list[list[str]] = []
    for line in [*lines, ""]:
        if line and paragraph and _goes_on(paragraph[-1][-1], line, width):
            paragraph[-1].append(line)
        elif line:
            paragraph.append([line])
        else:
            yield from _as_one(paragraph)
            paragraph = []
            yield line


def _goes_on(line: str, following: str, width: int) -> bool:
    """Whether the first word of the following line would not have fitted on this one."""
    if not line or _DELIBERATE.match(following) or _DELIBERATE.match(line[:1]) or line.endswith(":"):
        return False
    word = following.split(" ", 1)[0]
    return len(line) >= _NARROWEST and len(line) + 1 + len(word) > width and _spaced(line[-1], following[0])


def _spaced(before: str, after: str) -> bool:
    """Whether the script separates words by spaces."""
    both = before + after
    return both.isascii() or all(unicodedata.east_asian_width(sign) not in ("W", "F") for sign in both)


def _as_one(paragraph: list[list[str]]) -> Iterator[str]:
    """Join the lines that belong together. A single long line among several may be a verse: it stays unless it follows
    a greeting."""
    for number, piece in enumerate(paragraph):
        if len(piece) > 2 or number + 1 == len(paragraph) <= 2:
            yield " ".join(piece)
        else:
            yield from piece
