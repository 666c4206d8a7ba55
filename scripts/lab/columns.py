"""Prints two letters side by side on a terminal: the one sent on the left, the one that arrived on the right."""

from __future__ import annotations

import difflib
import os
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterator
from itertools import zip_longest

from lab.letters import Look

PLAIN, GONE, NEW, FAINT, STRONG = "", "9;31", "32", "2", "1"
Cell = list[tuple[str, str]]  # runs of text, each with its style
_FIRST = ("from", "to", "subject", "date", "message-id", "in-reply-to", "references")
_GAP = " │ "


class Columns:
    """Writes to standard output in two columns. Colour only on a terminal and without NO_COLOR."""

    def __init__(self) -> None:
        self.colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self.width = max(60, min(shutil.get_terminal_size((120, 24)).columns, 200))
        self._half = (self.width - len(_GAP)) // 2

    def title(self, words: str) -> None:
        """Print a heading."""
        rule = "─" * max(3, self.width - measure(words) - 4)
        print(f"\n{self._styled('── ' + words, STRONG)} {self._styled(rule, FAINT)}")

    def say(self, words: str, style: str = PLAIN) -> None:
        """Print a line across both columns."""
        print(self._styled(words, style))

    def letter(self, before: Look, after: Look) -> None:
        """Print a letter before and after: header fields, then text, then the other parts."""
        self._row([("sent", FAINT)], [("arrived", FAINT)])
        for left, right in _fields(before, after):
            self._row(left, right, wrap=False)
        self._row([], [])
        for left, right in _lines(before.text, after.text):
            self._row(left, right)
        if before.parts or after.parts:
            self._row([], [])
        for was, became in zip_longest(before.parts, after.parts, fillvalue=""):
            same = was == became
            self._row([(_bracketed(was), PLAIN if same else GONE)], [(_bracketed(became), PLAIN if same else NEW)])

    def _row(self, left: Cell, right: Cell, wrap: bool = True) -> None:
        rows = [folded(cell, self._half) if wrap else [shortened(cell, self._half)] for cell in (left, right)]
        for one, other in zip_longest(*rows, fillvalue=list[tuple[str, str]]()):
            room = self._half - sum(measure(text) for text, _ in one)
            line = self._printed(one) + " " * room + self._styled(_GAP, FAINT) + self._printed(other)
            print(line.rstrip())

    def _printed(self, cell: Cell) -> str:
        return "".join(self._styled(text, style) for text, style in cell)

    def _styled(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour and style and text else text


def measure(text: str) -> int:
    """The columns that ``text`` takes on a terminal (UAX 11; combining marks and format characters take none)."""
    return sum(_measure(char) for char in text)


def _measure(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def shortened(cell: Cell, room: int) -> Cell:
    """``cell`` cut to one row of ``room`` columns, with an ellipsis if it was cut."""
    if sum(measure(text) for text, _ in cell) <= room:
        return cell
    kept: Cell = []
    left = room - 1
    for text, style in cell:
        count = _fitting(text, left)
        kept.append((text[:count] + ("…" if count < len(text) else ""), style))
        if count < len(text):
            break
        left -= measure(text)
    return kept


def folded(cell: Cell, room: int) -> list[Cell]:
    """``cell`` as rows of at most ``room`` columns, broken at blanks if possible."""
    rows: list[Cell] = [[]]
    used = 0
    for text, style in cell:
        for given in re.findall(r"\s*\S+|\s+", text):
            word = given
            if used and used + measure(word) > room:
                rows.append([])
                used, word = 0, word.lstrip()
            while measure(word) > room:
                count = _fitting(word, room)
                rows[-1].append((word[:count], style))
                rows.append([])
                word = word[count:]
            rows[-1].append((word, style))
            used += measure(word)
    return rows


def _fitting(text: str, room: int) -> int:
    used = 0
    for count, char in enumerate(text):
        used += _measure(char)
        if used > room:
            return count
    return len(text)


def _bracketed(words: str) -> str:
    return f"[{words}]" if words else ""


def _fields(before: Look, after: Look) -> Iterator[tuple[Cell, Cell]]:
    """The main fields, then the others of the sent letter, then those that only the arrived letter has."""
    rest = list(after.fields)
    ranked = sorted(before.fields, key=lambda item: _FIRST.index(item[0].lower()) if item[0].lower() in _FIRST else 99)
    for name, value in ranked:
        match = next((item for item in rest if item[0].lower() == name.lower()), None)
        if match is None:
            yield [(f"{name}: {value}", GONE)], []
            continue
        rest.remove(match)
        same = match[1] == value
        yield (
            [(f"{name}: ", PLAIN), (value, PLAIN if same else GONE)],
            [(f"{match[0]}: ", PLAIN), (match[1], PLAIN if same else NEW)],
        )
    for name, value in rest:
        yield [], [(f"{name}: {value}", NEW)]


def _lines(before: str, after: str) -> Iterator[tuple[Cell, Cell]]:
    was, became = before.rstrip().split("\n"), after.rstrip().split("\n")
    for kind, a, b, c, d in difflib.SequenceMatcher(None, was, became, autojunk=False).get_opcodes():
        for left, right in zip_longest(was[a:b], became[c:d], fillvalue=""):
            yield ([(left, PLAIN)], [(right, PLAIN)]) if kind == "equal" else _words(left, right)


def _words(before: str, after: str) -> tuple[Cell, Cell]:
    was, became = (re.findall(r"\s+|[^\s\w]|\w+", text) for text in (before, after))
    left: Cell = []
    right: Cell = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, was, became, autojunk=False).get_opcodes():
        same = kind == "equal"
        left.append(("".join(was[a:b]), PLAIN if same else GONE))
        right.append(("".join(became[c:d]), PLAIN if same else NEW))
    return left, right
