"""Collects adjacent lines of the form "From: …" into blocks, including values on separate lines or in table cells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from relay.anonymise.history.bare_fields import bare_blocks
from relay.anonymise.history.labels import ROUTE, Field, field_of
from relay.anonymise.history.lines import Line, Lines
from relay.anonymise.history.unlabelled import unlabelled_fields
from relay.anonymise.history.unmarked import Labelled, tabled_fields, unmarked_fields
from relay.anonymise.names.fold import skeleton_of

__all__ = ["Labelled", "blocks"]

_LABELLED = re.compile(
    # A lookahead skips most lines, which have no colon. (The colon may be the first character of the next line.)
    "^(?=[^՝:：\n]*+[\\s*_\u200e\u200f\u202c]{0,4}[՝:：])"
    "[ \t\r\xa0\u3000>*_\u200b\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]{0,200}+"
    "(?P<label>[^\\s՝:：*>][^\n՝:：]{0,40}?)[\\s*_\u200e\u200f\u202c]{0,4}[՝:：][*_]{0,2}",
    re.MULTILINE,
)
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+\Z")
_AGENT = re.compile(r"(?:on behalf of|im auftrag von|de la part de|en nombre de|per conto di|namens)\b", re.IGNORECASE)
_MOST_LINES = 200
_MOST_BLANKS = 6
_FROM_ITS_LINE = frozenset({Field.FROM, Field.TO, Field.COPY})


def blocks(lines: Lines) -> Iterator[list[Labelled]]:
    """Every run of labelled lines that may be a header block, in order. Linear in the text."""
    heads = _heads(lines)
    bare = {block[0].first: block for block in bare_blocks(lines)}
    done = 0
    for number in sorted({*heads, *bare}) if bare else heads:
        if number in bare and number >= done:
            yield bare[number]
            done = bare[number][-1].last + 1
        if number >= done:
            block = _Gathering(lines, heads, number).block
            done = block[-1].last + 1
            yield block


def _heads(lines: Lines) -> dict[int, Labelled]:
    """The lines that begin with a known label, by number."""
    found: dict[int, Labelled] = {field.first: field for field in (*tabled_fields(lines), *unmarked_fields(lines))}
    known: dict[str, Field | None] = {}
    for head in _LABELLED.finditer(lines.text):
        written = head["label"]
        if written not in known:
            known[written] = _field(written)
        field = known[written]
        if field is not None:
            line = lines[lines.at(head.start("label"))]
            value = head.end()
            while value < line.end and lines.text[value] in " \t\xa0":
                value += 1
            value = min(value, line.end)
            found[line.number] = Labelled(
                field, written.lower(), head.start("label"), value, line.end, line.number, line.number
            )
    found.update((field.first, field) for field in list(unlabelled_fields(lines, found)))
    return dict(sorted(found.items()))


def _field(written: str) -> Field | None:
    field = field_of(written.strip("."))
    if field is not None:
        return field
    name = " ".join(skeleton_of(written).split()).strip(".")
    return Field.RAW if name in ROUTE or _HEADER_NAME.match(name) else None


class _Gathering:
    """Extends a block downwards from its first labelled line."""

    def __init__(self, lines: Lines, heads: dict[int, Labelled], first: int) -> None:
        self._lines = lines
        self._heads = heads
        self._gap: int | None = None
        self._cells = False
        self.block = [heads[first]]
        number = first + 1
        blanks = 0
        depth = lines[first].depth
        while number < min(len(lines), first + _MOST_LINES):
            line = lines[number]
            if line.blank:
                blanks += 1
                if blanks > _MOST_BLANKS:
                    break
            elif line.depth != depth or not self._takes(line, blanks):
                break
            else:
                blanks = 0
            number += 1

    def _takes(self, line: Line, blanks: int) -> bool:
        head = self._heads.get(line.number)
        if head is not None and self._is_new(head) and not self._awaits_subject():
            if not self._near(blanks):
                return False
            self.block.append(head)
            return True
        if not self._goes_on(line, blanks):
            return False
        last = self.block[-1]
        if last.value >= last.end:
            last.value = line.body
        last.end, last.last = line.end, line.number
        return True

    def _awaits_subject(self) -> bool:
        """Whether the next cell is the value of "Subject", even if it looks like a label ("回复：…")."""
        last = self.block[-1]
        return self._cells and last.field is Field.SUBJECT and last.value >= last.end

    def _is_new(self, head: Labelled) -> bool:
        return head.field in {Field.RAW, Field.COPY, Field.OTHER} or all(
            head.field is not field.field for field in self.block
        )

    def _near(self, blanks: int) -> bool:
        """Whether the blank lines fit: they may separate two fields when they separate the first two."""
        if self._cells:
            return True
        if self._gap is None:
            self._gap = blanks
        return blanks == 0 or self._gap > 0

    def _goes_on(self, line: Line, blanks: int) -> bool:
        """Whether this line is the value of a label on its own line, or continues the value of the line above."""
        last, text = self.block[-1], self._lines.text
        if last.value >= last.end:
            if len(self.block) == 1 and (blanks or line.number not in self._heads):
                self._cells = True
            return self._cells or (
                blanks == 0 and (text[line.start : line.body].isspace() or "@" in self._line_text(line))
            )
        if last.field is Field.RAW and (blanks == 0 or (blanks == 1 and self._gap != 0)):
            before = text[line.start : line.body]
            return before.endswith(("  ", "\t")) or (line.depth == 0 and before.startswith(" "))
        if blanks:
            return False
        if line.number in self._heads:
            return False
        if last.field in _FROM_ITS_LINE and (
            "@" in self._line_text(line) or text[last.end - 1] in ",;<(،、" or _AGENT.match(text, line.body)
        ):
            return True
        below = self._heads.get(line.number + 1)
        return below is not None and below.field is not Field.RAW and self._is_new(below) and len(self.block) > 1

    def _line_text(self, line: Line) -> str:
        return self._lines.text[line.body : min(line.end, line.body + 300)]
