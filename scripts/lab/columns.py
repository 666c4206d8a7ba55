"""Prints two letters side by side on a terminal: the one sent on the left, the one that arrived on the right."""

from __future__ import annotations

import os
import re
import shutil
import sys
import unicodedata
from itertools import zip_longest

from lab.changes import GONE, NEW, Cell, rows, words
from lab.letters import Look

FAINT, STRONG = "faint", "strong"
_SGR = {GONE: "9;31", NEW: "32", FAINT: "2", STRONG: "1"}  # ECMA-48 8.3.117
_SHOWN = ("from", "subject")
_GAP = " │ "
_ROOMY = 100  # a narrower terminal gets no blank lines between paragraphs, so that two letters fit on its screen


class Columns:
    """Writes to standard output in two columns. Colour only on a terminal and without NO_COLOR.

    Without colour, what changed is put between ‹ and ›.
    """

    def __init__(self) -> None:
        self.colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self.width = max(60, min(shutil.get_terminal_size((100, 24)).columns, 140))
        self._half = (self.width - len(_GAP)) // 2

    def title(self, words: str) -> None:
        """Print a heading."""
        rule = "─" * max(3, self.width - measure(words) - 4)
        print(f"{self._styled('── ' + words, STRONG)} {self._styled(rule, FAINT)}")

    def say(self, words: str, style: str = "") -> None:
        """Print a line across both columns."""
        print(self._styled(words, style))

    def heads(self, left: str, right: str) -> None:
        """Print a heading over each column."""
        rules = [f"── {words} " + "─" * max(0, self._half - measure(words) - 4) for words in (left, right)]
        print(self._styled(f"{rules[0]}─┬─{rules[1]}", STRONG))

    def letter(self, before: Look, after: Look) -> None:
        """Print a letter before and after: who and what, the text, the files, and how many header fields are left."""
        for name in _SHOWN:
            left, right = _field(before.field(name), after.field(name).replace('"', ""))
            self._row([(f"{name.capitalize()}: ", FAINT), *left], [(f"{name.capitalize()}: ", FAINT), *right], False)
        self._row([], [])
        for left, right in rows(before.text, after.text):
            if self.width >= _ROOMY or left[0][0] or right[0][0]:
                self._row(left, right)
        for was, became in zip_longest(_files(before), _files(after), fillvalue=""):
            self._row(*words(was, became))
        kept = {name.lower() for name, _ in after.fields}
        total, gone = len(before.fields), sum(name.lower() not in kept for name, _ in before.fields)
        self._row([(f"{total} header fields", FAINT)], [(f"{gone} removed, {total - gone} written anew", FAINT)])

    def _row(self, left: Cell, right: Cell, wrap: bool = True) -> None:
        cells = [self._marked(left), self._marked(right)]
        halves = [folded(cell, self._half) if wrap else [shortened(cell, self._half)] for cell in cells]
        for one, other in zip_longest(*halves, fillvalue=list[tuple[str, str]]()):
            room = self._half - sum(measure(text) for text, _ in one)
            line = self._printed(one) + " " * room + self._styled(_GAP, FAINT) + self._printed(other)
            print(line.rstrip())

    def _marked(self, cell: Cell) -> Cell:
        """The cell, with marks around what changed where there is no colour to show it."""
        if self.colour:
            return cell
        return [(f"‹{text.strip()}›" if style in (GONE, NEW) and text.strip() else text, style) for text, style in cell]

    def _printed(self, cell: Cell) -> str:
        return "".join(self._styled(text, style) for text, style in cell)

    def _styled(self, text: str, style: str) -> str:
        return f"\x1b[{_SGR[style]}m{text}\x1b[0m" if self.colour and style and text else text


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


def _field(before: str, after: str) -> tuple[Cell, Cell]:
    """A header field's two values; of two different mailboxes nothing is the same."""
    if "@" in before and before != after:
        return [(before, GONE)], [(after, NEW)]
    return words(before, after)


def _files(letter: Look) -> list[str]:
    """The parts that a reader sees besides the text: the HTML form of the text is none."""
    return [f"[{part}]" for part in letter.parts if not part.startswith("text/html")]
