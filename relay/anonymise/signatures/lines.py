"""Cuts a text into lines with their quote level, and into bodies: each letter of a conversation for itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from relay.anonymise.signatures.languages import ORIGIN_LABELS

PICTURE = "\ufffc"
"""Stands for a picture in the text of a formatted letter (Unicode: object replacement character)."""

# The pattern of a signature is looked for in lines up to this length; a longer one is prose.
MAX_LINE = 240

_QUOTE = re.compile(r"[ \t\xa0]{0,3}(?:>[ \t]{0,2})+")
_RULE = re.compile(r"[-_=*~#─—–‐. ]{4,200}")
_RULED_TITLE = re.compile(r"[-_=*‐–—]{2,40}[ \t]*[^\W\d_][^\n]{1,58}?[ \t]*[-_=*‐–—]{4,40}")
_ORIGIN = re.compile(rf"\**(?:{ORIGIN_LABELS})\**[ \t\xa0]?[:：]\**[ \t\xa0]*\S", re.IGNORECASE)
_LABELLED = re.compile(r"\**[^\W\d][^\d:：\n]{0,24}[:：]")
_DIGIT = re.compile(r"\d")
_DATED = re.compile(r"\d{1,2}[:.h時时点][ \t]?\d{2}|(?<!\d)\d{4}(?!\d)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: [begin, end) of the text without its line end, its quote ``level``, and its ``words`` without quote
    marks and the blanks around them. ``raw`` keeps the blanks at the end ("-- " is not "--")."""

    begin: int
    end: int
    level: int
    words: str
    raw: str


def lines_of(text: str) -> Iterator[Line]:
    """The lines of the text, in order; of many empty ones in a row, the first two."""
    begin = empty = 0
    for row in text.split("\n"):
        empty = 0 if row else empty + 1
        if empty > 2:
            begin += 1
            continue
        marks = _QUOTE.match(row)
        inner = row[marks.end() :] if marks else row
        yield Line(begin, begin + len(row), marks[0].count(">") if marks else 0, inner.strip(), inner)
        begin += len(row) + 1


def bodies_of(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """The letters that a text is made of, outermost first: cut where the quote level changes, and where a line or a
    block of header fields introduces quoted history; those lines belong to none."""
    runs = list(_runs(lines))
    for run, following in pairwise([*runs, []]):
        deeper = bool(following) and following[0].level > run[0].level
        yield from _without_introductions(run, deeper)


def own_passages(text: str) -> Iterator[tuple[int, int]]:
    """Where, as (start, end), somebody writes themselves: outside of quotations, above quoted history without marks."""
    for run in _runs(list(lines_of(text))):
        if run[0].level:
            continue
        for at, line in enumerate(run):
            if _RULED_TITLE.fullmatch(line.words[:MAX_LINE]) or _header_fields(run, at):
                yield run[0].begin, line.begin
                return
        yield run[0].begin, run[-1].end


def _runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines of one quote level; blank lines go with those before them, whatever their marks."""
    run: list[Line] = []
    for line in lines:
        if run and line.words and line.level != run[0].level and any(other.words for other in run[:1]):
            yield run
            run = []
        if run or line.words:
            run.append(line)
    if run:
        yield run


def _without_introductions(run: list[Line], deeper: bool) -> Iterator[list[Line]]:
    body: list[Line] = []
    at = 0
    last = _last_paragraph(run) if deeper else len(run)
    while at < len(run):
        length = len(run) - last if at == last else introduction(run, at)
        if length:
            yield body
            body = []
            at += length
        else:
            body.append(run[at])
            at += 1
    yield body


def _last_paragraph(run: list[Line]) -> int:
    """Where the last paragraph begins, if it ends like "… wrote:"; else behind the end."""
    at = len(run) - 1
    while at >= 0 and not run[at].words:
        at -= 1
    if at < 0 or not run[at].words.endswith((":", "：")):
        return len(run)
    first = at
    while first > 0 and at - first < 3 and run[first - 1].words:
        first -= 1
    # A letter that goes on without an empty line before "she wrote:": only what holds a date is the introduction.
    while first < at and not _DATED.search(run[first].words[:MAX_LINE]):
        first += 1
    return first


def introduction(lines: Sequence[Line], at: int) -> int:
    """How many lines, from ``at`` on, introduce quoted history: "-- Original Message --", "From: … Sent: …",
    "On 3 Nov 2026 at 14:05, … wrote:"; 0 when none does."""
    words = lines[at].words
    if not words or len(words) > MAX_LINE:
        return 0
    if _RULED_TITLE.fullmatch(words):
        return 1
    if is_rule(words):
        above = 2 if at + 1 < len(lines) and not lines[at + 1].words else 1
        fields = _header_fields(lines, at + above)
        return above + fields if fields else 0
    return _header_fields(lines, at) or _attribution(lines, at)


def is_rule(words: str) -> bool:
    """Is this a line drawn across the page?"""
    return bool(_RULE.fullmatch(words))


def _header_fields(lines: Sequence[Line], at: int) -> int:
    if at >= len(lines) or not _ORIGIN.match(lines[at].words[:MAX_LINE]):
        return 0
    length = 1
    while length < 8 and at + length < len(lines) and _labelled(lines[at + length].words):
        length += 1
    return length if length > 2 else 0


def _labelled(words: str) -> bool:
    return not words or bool(_LABELLED.match(words))


def _attribution(lines: Sequence[Line], at: int) -> int:
    if not _DIGIT.search(lines[at].words):
        return 0
    joined = ""
    for length in (1, 2, 3):
        if at + length > len(lines) or not lines[at + length - 1].words:
            return 0
        joined += " " + lines[at + length - 1].words[:MAX_LINE]
        if joined.endswith((":", "：")):
            return length if len(joined) >= 20 and _DATED.search(joined) else 0
    return 0
