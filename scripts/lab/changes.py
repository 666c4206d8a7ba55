"""Compares two texts by paragraph and word. A text that was only wrapped anew is unchanged."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from itertools import zip_longest

SAME, GONE, NEW = "", "gone", "new"
Cell = list[tuple[str, str]]  # runs of text, each with SAME, GONE, NEW or a style of its caller
_WRAPPED_AT = 60  # no mail program wraps narrower; a shorter line was ended by its author


def paragraphs(text: str) -> list[str]:
    """The text as paragraphs, one string each, without the line ends that a mail program put in.

    A line is joined to the next one when the next one's first word did not fit on it, or when it ends with the space
    of format=flowed (RFC 3676 4.1). Quoted lines, lists and short lines stay. Several blank lines become one "".
    """
    found: list[str] = []
    open_line = ""  # the last line as it was written, when the next one may belong to it
    for line in text.rstrip().split("\n"):
        bare = line.strip()
        if open_line and bare and _continues(open_line, bare):
            found[-1] += " " + bare
        elif bare or (found and found[-1]):
            found.append(bare if not line.startswith(" ") else line.rstrip())
        open_line = line if bare and not bare.startswith(">") else ""
    return found


def _continues(line: str, following: str) -> bool:
    if re.match(r"[>*•-] |\d+[.)] |>", following):
        return False
    return line.endswith(" ") or len(line.rstrip()) + len(following.split(maxsplit=1)[0]) >= _WRAPPED_AT + 12


def rows(before: str, after: str) -> Iterator[tuple[Cell, Cell]]:
    """The paragraphs of both texts side by side, their words marked GONE and NEW where they differ."""
    was, became = paragraphs(before), paragraphs(after)
    for kind, a, b, c, d in difflib.SequenceMatcher(None, was, became, autojunk=False).get_opcodes():
        for left, right in zip_longest(was[a:b], became[c:d], fillvalue=""):
            yield ([(left, SAME)], [(right, SAME)]) if kind == "equal" else words(left, right)


def words(before: str, after: str) -> tuple[Cell, Cell]:
    """Both texts, with the words that only one of them has marked GONE and NEW."""
    was, became = (re.findall(r"\s+|[^\s\w]|\w+", text) for text in (before, after))
    left: Cell = []
    right: Cell = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, was, became, autojunk=False).get_opcodes():
        same = kind == "equal"
        left.append(("".join(was[a:b]), SAME if same else GONE))
        right.append(("".join(became[c:d]), SAME if same else NEW))
    return _joined(left), _joined(right)


def _joined(cell: Cell) -> Cell:
    """The runs without empty ones; a blank between two changed words belongs to the change."""
    runs = [run for run in cell if run[0]]
    joined: Cell = []
    for number, (text, style) in enumerate(runs):
        between = 0 < number < len(runs) - 1 and not text.strip() and runs[number - 1][1] == runs[number + 1][1] != SAME
        kind = runs[number - 1][1] if between else style
        if joined and joined[-1][1] == kind:
            joined[-1] = (joined[-1][0] + text, kind)
        else:
            joined.append((text, kind))
    return joined
