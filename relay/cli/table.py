"""Lays out a table for a terminal: columns as wide as their values, folded where the terminal is narrower."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import zip_longest

_GAP = "  "
_TIME = re.compile(r"\d\d [A-Z][a-z]{2} \d[\d:]+")
_NARROWEST = 8  # columns: a value is not folded to fewer


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> Iterator[str]:
    """The lines of a table in ``room`` columns. Columns without a value are left out; headings may all be ""."""
    kept = [number for number, column in enumerate(zip(*rows, strict=True)) if any(column)]
    shown = [[row[number] for number in kept] for row in ([headings, *rows] if any(headings) else rows)]
    columns = list(zip(*shown, strict=True))
    floors = [max(width(piece) for cell in column for piece in _pieces(cell)) for column in columns]
    widths = _fitted([max(map(width, column)) for column in columns], floors, room)
    widths = _fitted(widths, [_NARROWEST] * len(widths), room)
    for row in shown:
        folded = [_folded(cell, wide) for cell, wide in zip(row, widths, strict=True)]
        for line in zip_longest(*folded, fillvalue=""):
            yield _GAP.join(cell + " " * (wide - width(cell)) for cell, wide in zip(line, widths, strict=True)).rstrip()


def width(text: str) -> int:
    """Columns that a text takes on a terminal (Unicode Standard Annex 11)."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _fitted(widths: list[int], floors: list[int], room: int) -> list[int]:
    """The widths, the widest of them made narrower until all fit into ``room``, but none narrower than its floor."""
    fitted = list(widths)
    while sum(fitted) + len(_GAP) * (len(fitted) - 1) > room:
        slack = [(wide, number) for number, wide in enumerate(fitted) if wide > floors[number]]
        if not slack:
            break
        fitted[max(slack)[1]] -= 1
    return fitted


def _pieces(text: str) -> list[str]:
    """The pieces between which a value may be broken: after blanks, and before a capital letter within a name. A time
    stays whole."""
    if _TIME.fullmatch(text):
        return [text]
    if text.isalpha() and text.isascii():
        return re.findall(r"[A-Z]?[^A-Z]+|[A-Z]+", text)
    return re.findall(r"\S+\s*|\s+", text) or [""]


def _folded(text: str, wide: int) -> list[str]:
    """The text in lines of at most ``wide`` columns, broken between its pieces where they are short enough."""
    lines = [""]
    for piece in _pieces(text):
        if lines[-1] and width(lines[-1]) + width(piece.rstrip()) > wide:
            lines.append("")
        for char in piece:
            if width(lines[-1]) + width(char) > wide and char != " ":
                lines.append("")
            lines[-1] += char
    return [line.rstrip() for line in lines]
