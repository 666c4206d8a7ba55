"""Finds header blocks whose labels have no colon, around a date: Notes' table, fields in columns or on bare lines.

Notes writes "Jane ⏎ 24/11/2026 17:42 ⏎ To ⏎ … ⏎ cc ⏎ Subject ⏎ …", each in a cell; others "From   Jane ⏎ Sent   …";
Zendesk writes a name and below it a date with its zone.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, cached_property

from relay.anonymise.history.labels import Field, field_of
from relay.anonymise.history.lines import Line, Lines
from relay.anonymise.history.parts import Parts, tells_time, tells_year
from relay.anonymise.history.tokens import tokens
from relay.anonymise.history.unmarked import Labelled
from relay.anonymise.zones import IN_CAPITALS, UTC
from relay.message.clock import LIKE_HOURS

_LABEL = re.compile(r"(?P<label>[^\s\d:：|@]{1,20}(?: [^\s\d:：|@]{1,20}){0,2})(?=[ \t\xa0]|\Z)")
_NAME = re.compile(r"[^\W\d_][^\d:：;!?@|\n]{2,60}\Z")
_SENTENCE = re.compile(r"[^\W\d_]{3,}\.\Z|[.,]\Z")
_ZONED = re.compile(rf"{UTC}\s*\Z")
_ZONED_IN_TICKET = re.compile(rf"(?:{UTC}|\b(?:{IN_CAPITALS}))\s*\Z")
# What tickets hold besides: the line above which to answer, the name of the service, the number of a ticket.
_OF_TICKET = re.compile(r"##-|-##|\bzendesk\b|\[[A-Z0-9]{6}-[A-Z0-9]{4,5}\]", re.IGNORECASE)
_PERSON = re.compile(r"(?:[^\W\d_][\w'’.-]{0,30} ){1,3}(?:[^\W\d_][\w'’.-]{0,30}|\([^()\n]{2,60}\))\Z")
_NEAR = 3  # lines
_MOST_LINES, _MOST_ABOVE = 12, 6  # with words
_APART = 6  # lines between paragraphs of a page
_LONGEST_DATE = 60
_WHEN = frozenset({Field.SENT, Field.DATE})
_IN_CELLS = frozenset({Field.TO, Field.COPY, Field.SUBJECT})


def bare_blocks(lines: Lines) -> Iterator[list[Labelled]]:
    """Every such block, in order: a sender, a date with a year and a time, a reader and a subject. Linear in the
    text."""
    search: _Search | None = None
    done = -1
    for clock in LIKE_HOURS.finditer(lines.text):
        dated = lines[lines.at(clock.start())]
        if dated.number > done and tells_year(lines.text[dated.body : dated.end]):
            search = search or _Search(lines)
            block = search.around(dated)
            done = block[-1].last if block else dated.number
            if block:
                yield block


class _Search:
    """Searches around the dates of one text. What a line is, is found once."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._worded = [line for line in map(lines.__getitem__, range(len(lines))) if not line.blank]
        self._numbers = [line.number for line in self._worded]
        self._field = cache(self._read_field)
        self._is_date = cache(self._read_date)
        self._is_name = cache(self._read_name)

    @cached_property
    def _is_ticket(self) -> bool:
        """Whether something in the text shows a ticket."""
        return _OF_TICKET.search(self._lines.text) is not None

    def around(self, dated: Line) -> list[Labelled]:
        """The block that this date belongs to; [] if there is none."""
        at = bisect_left(self._numbers, dated.number)
        first = max(0, at - _MOST_LINES)
        near = [line for line in self._worded[first : at + _MOST_LINES] if line.depth == dated.depth]
        zoned = _ZONED_IN_TICKET if self._is_ticket else _ZONED
        if zoned.search(self._lines.text, dated.body, dated.end) and (block := self._of_ticket(near, dated)):
            return block
        fields = {field.field for field in map(self._field, near) if field is not None}
        if not fields >= {Field.TO, Field.SUBJECT}:
            return []
        at = near.index(dated)
        head = self._field(dated)
        if head is not None and head.field in _WHEN:
            return self._on_lines(near, at) if Field.FROM in fields else []
        if not self._is_date(dated):
            return []
        found = (self._in_cells(near[above:]) for above in range(at - 1, max(-1, at - _MOST_ABOVE - 1), -1))
        return next((block for block in found if any(field.first == dated.number for field in block)), [])

    def _of_ticket(self, near: Sequence[Line], dated: Line) -> list[Labelled]:
        """A name, its firm in brackets or none, and below it a date with its zone, as Zendesk and Odoo write them. What
        somebody invites to begins at a round minute, if no quotation is below and nothing else shows a ticket."""
        at = near.index(dated)
        text, clock = self._lines.text, LIKE_HOURS.search(self._lines.text, dated.body, dated.end)
        if at == 0 or clock is None or dated.number - near[at - 1].number > _NEAR or not self._is_date(dated):
            return []
        below = self._lines.words_after(dated.number, _NEAR)
        quoted = below is not None and below.depth > dated.depth
        name = near[at - 1]
        if below is None or not _PERSON.match(text, name.body, name.end):
            return []
        if not (quoted or int(clock[0][-2:]) % 5 or self._is_ticket):
            return []
        return [_whole(Field.FROM, name), _whole(Field.SENT, dated)]

    def _on_lines(self, near: Sequence[Line], at: int) -> list[Labelled]:
        """The fields on adjacent lines around the date, one a line or a paragraph."""
        first = at
        while first and near[first].number - near[first - 1].number <= _APART and self._field(near[first - 1]):
            first -= 1
        block: list[Labelled] = []
        for line in near[first:]:
            field = self._field(line) if not block or line.number - block[-1].last <= _APART else None
            if field is None or field.value >= field.end or any(field.field is one.field for one in block):
                break
            block.append(replace(field))
        return block if {field.field for field in block} >= {Field.FROM, Field.TO, Field.SUBJECT} else []

    def _in_cells(self, near: Sequence[Line]) -> list[Labelled]:
        """The block that begins with a name without a label, then has a date and cells of fields, in any order."""
        if not self._is_name(near[0]):
            return []
        block = [_whole(Field.FROM, near[0])]
        for line in near[1:]:
            last, field = block[-1], self._field(line)
            if field is not None and field.field in _IN_CELLS and self._is_cell(field):
                field = replace(field)
            elif last.value >= last.end:
                last.value, last.end, last.last = line.body, line.end, line.number
                continue
            elif self._is_date(line):
                field = _whole(Field.SENT, line)
            else:
                break
            if any(field.field is one.field for one in block):
                break
            block.append(field)
        return block if {field.field for field in block} >= {Field.SENT, Field.TO, Field.SUBJECT} else []

    def _is_cell(self, field: Labelled) -> bool:
        """Whether the label is a cell of its own, or a gap is behind it."""
        gap = self._lines.text[field.start + len(field.name) : field.value]
        return field.value >= field.end or "\t" in gap or len(gap) > 1

    def _read_field(self, line: Line) -> Labelled | None:
        """The field whose label without a colon begins this line; the label may be alone in its cell."""
        text = self._lines.text
        found = _LABEL.match(text, line.body, min(line.end, line.body + 80))
        words = found["label"].split(" ") if found else []
        for count in range(len(words), 0, -1):
            label = " ".join(words[:count])
            field = field_of(label)
            if field is not None and (label == "cc" or not label.islower()):
                value = line.body + len(label)
                while value < line.end and text[value] in " \t\xa0":
                    value += 1
                if text[value : value + 1] in (":", "："):  # French writes a blank before it
                    return None
                return Labelled(field, label.lower(), line.body, value, line.end, line.number, line.number)
        return None

    def _read_date(self, line: Line) -> bool:
        """Whether the line is a date with a year and a time, and nothing else."""
        text = self._lines.text[line.body : line.end]
        if len(text) > _LONGEST_DATE or not (tells_time(text) and tells_year(text)):
            return False
        return not Parts(text, list(tokens(text, 0, len(text), {}))).regions

    def _read_name(self, line: Line) -> bool:
        """Whether a line may be nothing but a name, with a firm or not."""
        text = self._lines.text[line.body : line.end]
        return (
            _NAME.match(text) is not None
            and not _SENTENCE.search(text)
            and not any(word[0].islower() and len(word) > 3 for word in text.split())
        )


def _whole(field: Field, line: Line) -> Labelled:
    """A field without a label, which is the whole line."""
    return Labelled(field, "", line.body, line.body, line.end, line.number, line.number)
