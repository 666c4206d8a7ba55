"""Finds header fields without colons, as eM Client and NetEase write them: "From Jane <jane@…>", "| From | Jane |"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from relay.anonymise.history.labels import Field, field_of
from relay.anonymise.history.lines import Line, Lines
from relay.anonymise.history.markers import is_marker
from relay.anonymise.history.parts import tells_year

_MARKER = re.compile(r"^[> \t]*[-–—‐]{4,40}[^\n]{3,90}[-–—‐]{4}", re.MULTILINE)
# A label of up to three words, or a cell of its own in a table drawn with vertical bars.
_LABEL = re.compile(
    r"\|?[ \t]*(?P<label>[^\s|:]{1,24}(?:[ ][^\s|:]{1,24}){0,2})"
    r"(?P<gap>[ \t\xa0]*[:：]?[*_ ]{0,3}\|[ \t]*|[ \t\xa0]+|\Z)"
)
_BARRED = re.compile(r"^[> \t]*+\|[ \t*_]*+[^\s|:]", re.MULTILINE)
_TABBED = re.compile(r"^[> \t]*+[^\s|:]{1,24}(?:[ ][^\s|:]{1,24}){0,2}\t", re.MULTILINE)
_DRAWN = re.compile(r"[|+][-:=|+ ]*\Z")
_FEWEST = 3
_MOST_LINES, _MOST_BLANKS = 40, 8


@dataclass(slots=True)
class Labelled:
    """One field of a block: ``start`` is the offset of its label, [value, end) its value, on lines ``first`` to
    ``last``."""

    field: Field
    name: str
    start: int
    value: int
    end: int
    first: int
    last: int


def unmarked_fields(lines: Lines) -> Iterator[Labelled]:
    """The fields without colons below a line such as "------ Original Message ------", if a sender is among them.
    Linear in the text."""
    for found in _MARKER.finditer(lines.text) if "---" in lines.text or "‐‐‐" in lines.text else ():
        marker = lines[lines.at(found.start())]
        if is_marker(lines.text[marker.body : marker.end]):
            block = list(_below(lines, marker))
            if any(field.field is Field.FROM for field in block) and any(_telling(lines, field) for field in block):
                yield from block


def tabled_fields(lines: Lines) -> Iterator[Labelled]:
    """The fields of a table of labels and values, with a sender, and an address or a date among them, in cells
    ("| From: | Jane |") or with tabs. Linear in the text."""
    text, done = lines.text, -1
    for row in (_BARRED, _TABBED):
        if ("|" not in text or "@" not in text) if row is _BARRED else "\t" not in text:
            continue
        for found in row.finditer(text):
            number = lines.at(found.end() - 1)
            if number < done:
                continue
            block = list(_rows(lines, number, row))
            done = max(number, block[-1].last) + 1 if block else number + 1
            kinds = {field.field for field in block}
            # Without an address it may be a timetable: "From", "To", "Date".
            named = "@" in text or Field.SUBJECT in kinds
            if len(kinds) >= _FEWEST and named and Field.FROM in kinds and any(_telling(lines, f) for f in block):
                yield from block
        done = -1


def _rows(lines: Lines, first: int, row: re.Pattern[str]) -> Iterator[Labelled]:
    """The fields from the row ``first`` on; the lines drawn between rows are passed over."""
    for number in range(first, min(len(lines), first + _MOST_LINES)):
        line = lines[number]
        if line.blank or line.depth != lines[first].depth:
            return
        field = _field(lines.text, line) if row.match(lines.text, line.start, line.end) else None
        if field is not None:
            yield field
        elif not _DRAWN.match(lines.text, line.body, line.end):
            return


def _telling(lines: Lines, field: Labelled) -> bool:
    """Whether the field holds an address or a year. "From the first day" does not."""
    end = field.end
    if field.value >= end and (value := lines.words_after(field.last, _MOST_BLANKS)):
        end = value.end
    text = lines.text[field.value : end]
    if field.field in (Field.SENT, Field.DATE):
        return tells_year(text)
    return field.field in (Field.FROM, Field.TO) and "@" in text


def _below(lines: Lines, marker: Line) -> Iterator[Labelled]:
    """The fields, each on one line; or label and value in separate cells, with blank lines between."""
    first = lines.words_after(marker.number, _MOST_BLANKS)
    if first is None:
        return
    cells = awaited = False
    for number in range(first.number, min(len(lines), first.number + _MOST_LINES)):
        line = lines[number]
        if line.blank and not cells:
            return
        field = None if line.blank or line.depth != first.depth else _field(lines.text, line)
        if field is not None:
            awaited = field.value >= field.end
            cells = cells or awaited
            yield field
        elif awaited and not line.blank:
            awaited = False  # the value of the label above
        elif not line.blank:
            return


def _field(text: str, line: Line) -> Labelled | None:
    found = _LABEL.match(text, line.body, line.end)
    if found is None:
        return None
    words = found["label"].split(" ")
    for count in range(len(words), 0, -1):
        label = " ".join(words[:count])
        field = field_of(label.strip("*_"))
        if field is not None:
            value = found.end() if count == len(words) else found.start("label") + len(label) + 1
            end = line.end
            while end > value and text[end - 1] in "| \t":
                end -= 1
            return Labelled(field, label.lower(), found.start("label"), value, end, line.number, line.number)
    return None
