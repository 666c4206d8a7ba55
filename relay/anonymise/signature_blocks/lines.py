"""Splits the lines of a text into bodies, one per letter of a conversation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from relay.anonymise.history.words import VERBS
from relay.anonymise.names.fold import skeleton_of
from relay.anonymise.signature_blocks.rows import (
    Line,
    Rows,
    has_digit,
    is_labelled,
    is_origin,
    is_ruled_title,
    lines_of,
)
from relay.anonymise.signature_blocks.words_of_lines import MAX_LINE
from relay.message.clock import HOURS_APART

_DATED = re.compile(rf"{HOURS_APART}|(?<!\d)\d{{4}}(?!\d)")


def bodies_of(lines: Sequence[Line]) -> Iterator[tuple[list[Line], bool]]:
    """The letters in a text, outermost first: split where the quote level changes, and at lines or header blocks that
    introduce quoted history, which belong to none. Each with whether it is shown as an example: quoted below a line
    that ends in a colon, and says neither when nor that somebody wrote it."""
    runs = list(_runs(lines))
    example = False
    for run, following in pairwise([*runs, []]):
        deeper = bool(following) and following[0].level > run[0].level
        for body in _without_introductions(run, deeper):
            yield body, example
        example = deeper and _shows_example(run)


def _shows_example(run: list[Line]) -> bool:
    """Whether the last line above a quotation announces an example: "a model letter for you:"."""
    words = next((line.words for line in reversed(run) if line.words), "")
    if not words.endswith((":", "：")) or "@" in words or has_digit(words):
        return False
    return not any(word in VERBS for word in skeleton_of(words[:MAX_LINE]).strip(" :：").split())


def own_passages(text: str, rows: Rows) -> Iterator[tuple[int, int]]:
    """The ranges (start, end) of the author's own text: outside of quotations, above quoted history without quote
    marks."""
    for run in _runs(lines_of(text, rows)):
        if run[0].level:
            continue
        for at, line in enumerate(run):
            if is_ruled_title(line.words[:MAX_LINE]) or _header_fields(run, at):
                yield run[0].begin, line.begin
                return
        yield run[0].begin, run[-1].end


def quoted_passages(text: str, rows: Rows, name: str) -> Iterator[tuple[int, int, bool]]:
    """The ranges (start, end) of quotations, each of one quote level, and whether quote marks show them: what stands
    without marks below a line or header block that introduces history is one, too; so is what ``name``, the pseudonym
    of the quoted author, "wrote:"."""
    below = False
    for run in _runs(lines_of(text, rows)):
        if run[0].level:
            yield run[0].begin, run[-1].end, True
            continue
        at, first = 0, 0 if below else len(run)
        while at < len(run):
            words = run[at].words
            ours = len(words) <= MAX_LINE and words.endswith((":", "：")) and name in words
            length = introduction(run, at) or int(ours)
            if length:
                # Below a header block everything is history; below "On …, … wrote:" only what has the same marks.
                below = below or run[at].facts.is_ruled_title or not (ours or _attribution(run, at))
                first = min(first, at + 1)
            at += max(1, length)
        if first < len(run):
            yield run[first].begin, run[-1].end, False


def _runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines of one quote level; blank lines go with those before them, whatever their marks."""
    run: list[Line] = []
    for line in lines:
        if run and line.words and line.level != run[0].level:
            yield run
            run = []
        if run or line.words:
            run.append(line)
    if run:
        yield run


def _without_introductions(run: list[Line], deeper: bool) -> Iterator[list[Line]]:
    last = _last_paragraph(run) if deeper else len(run)
    if last == len(run) and not any(line.facts.may_introduce for line in run):
        yield run
        return
    body: list[Line] = []
    at = 0
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
    """Where the last paragraph begins, if it ends like "… wrote:"; else the end."""
    at = len(run) - 1
    while at >= 0 and not run[at].words:
        at -= 1
    if at < 0 or not run[at].words.endswith((":", "：")):
        return len(run)
    first = at
    while first > 0 and at - first < 3 and run[first - 1].words:
        first -= 1
    # A letter may go on without an empty line before "she wrote:"; the introduction begins at the date.
    while first < at and not _DATED.search(run[first].words[:MAX_LINE]):
        first += 1
    return first


def introduction(lines: Sequence[Line], at: int) -> int:
    """The number of lines, from ``at`` on, that introduce quoted history: "-- Original Message --", "From: … Sent: …",
    "On 3 Nov 2026 at 14:05, … wrote:"; 0 for none."""
    facts = lines[at].facts
    if not facts.may_introduce:
        return 0
    if facts.is_ruled_title:
        return 1
    if facts.is_rule:
        above = 2 if at + 1 < len(lines) and not lines[at + 1].words else 1
        fields = _header_fields(lines, at + above)
        return above + fields if fields else 0
    return _header_fields(lines, at) or _attribution(lines, at)


def _header_fields(lines: Sequence[Line], at: int) -> int:
    if at >= len(lines) or not is_origin(lines[at].words):
        return 0
    length = 1
    while length < 8 and at + length < len(lines) and is_labelled(lines[at + length].words):
        length += 1
    return length if length > 2 else 0


def _attribution(lines: Sequence[Line], at: int) -> int:
    if not has_digit(lines[at].words):
        return 0
    joined = ""
    for length in (1, 2, 3):
        if at + length > len(lines) or not lines[at + length - 1].words:
            return 0
        joined += " " + lines[at + length - 1].words[:MAX_LINE]
        if joined.endswith((":", "：")):
            return length if len(joined) >= 20 and _DATED.search(joined) else 0
    return 0
