"""Finds the fields of a header block that eM Client and NetEase write without colons: "From Jane <jane@…>"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from relay.anonymise.folding import skeleton_of
from relay.anonymise.history.labels import LABELS, Field
from relay.anonymise.history.lines import Line, Lines
from relay.anonymise.history.markers import is_marker

_MARKER = re.compile(r"^[> \t]*[-–—‐]{4,40}[^\n]{3,90}[-–—‐]{4}", re.MULTILINE)
# A label of up to three words, or a cell of its own in a table drawn with strokes.
_LABEL = re.compile(
    r"\|?[ \t]*(?P<label>[^\s|:]{1,24}(?:[ ][^\s|:]{1,24}){0,2})(?P<gap>[ \t\xa0]*\|[ \t]*|[ \t\xa0]+|\Z)"
)
_MOST_FIELDS = 12


@dataclass(slots=True)
class Labelled:
    """One field of a block: ``start`` where its label begins, its value at [value, end), on lines first to last."""

    field: Field
    name: str
    start: int
    value: int
    end: int
    first: int
    last: int


def unmarked_fields(lines: Lines) -> Iterator[Labelled]:
    """The fields without colons that stand below a line such as "------ Original Message ------", a sender among them.
    Linear in the text."""
    for found in _MARKER.finditer(lines.text) if "---" in lines.text or "‐‐‐" in lines.text else ():
        marker = lines[lines.at(found.start())]
        if is_marker(lines.text[marker.body : marker.end]):
            block = list(_below(lines, marker))
            if len(block) > 1 and any(field.field is Field.FROM for field in block):
                yield from block


def _below(lines: Lines, marker: Line) -> Iterator[Labelled]:
    first = lines.words_after(marker.number, 3)
    if first is None:
        return
    for number in range(first.number, min(len(lines), first.number + _MOST_FIELDS)):
        line = lines[number]
        field = None if line.blank or line.depth != first.depth else _field(lines.text, line)
        if field is None:
            return
        yield field


def _field(text: str, line: Line) -> Labelled | None:
    found = _LABEL.match(text, line.body, line.end)
    if found is None:
        return None
    words = found["label"].split(" ")
    for count in range(len(words), 0, -1):
        label = " ".join(words[:count])
        field = LABELS.get(" ".join(skeleton_of(label).split()))
        if field is not None:
            value = found.end() if count == len(words) else found.start("label") + len(label) + 1
            end = line.end
            while end > value and text[end - 1] in "| \t":
                end -= 1
            return Labelled(field, label.lower(), found.start("label"), value, end, line.number, line.number)
    return None
