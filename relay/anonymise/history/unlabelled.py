"""Recognises header blocks with labels in unknown languages, by the values after the colons."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from relay.anonymise.history.labels import Field
from relay.anonymise.history.lines import Lines
from relay.anonymise.history.parts import tells_time, tells_year
from relay.anonymise.history.unmarked import Labelled

_LABEL = re.compile(r"(?P<label>[^\s\d:：>*@][^\n\d:：@]{0,29}?)[ \t]{0,4}[:：][*_]{0,2}[ \t\xa0]{0,4}")
# What begins with a bracket is found quickly; a mailbox is read only where a line begins.
_ADDRESS = re.compile(r"[<(\[][^\s<>()\[\]@]{1,80}@[^\s<>()\[\]@]{1,200}[>)\]]")
_MAILBOX = re.compile(rf"[^<>@\n]{{0,120}}{_ADDRESS.pattern}")
_MOST_LINES = 8


def unlabelled_fields(lines: Lines, known: Mapping[int, Labelled]) -> Iterator[Labelled]:
    """The fields with unknown labels in each run of lines that begins with a mailbox and has a second mailbox, a date
    with a time, and a fourth field: no list of an author's has all of these. ``known`` are the fields with known
    labels. Linear in the text."""
    done = -1
    for found in _ADDRESS.finditer(lines.text) if ":" in lines.text or "：" in lines.text else ():
        first = lines.at(found.end() - 1)
        if first > done:
            block = list(_block(lines, first))
            done = block[-1].first if block else first
            fields = [field.field for field in block]
            if len(block) > 3 and {Field.FROM, Field.TO, Field.SENT} <= set(fields):
                yield from (field for field in block if field.first not in known)


def _block(lines: Lines, first: int) -> Iterator[Labelled]:
    """The lines from ``first`` on, each with its field by position; the last unknown one is the subject."""
    met: list[Field] = []
    for number in range(first, min(first + _MOST_LINES, len(lines))):
        line = lines[number]
        label = _LABEL.match(lines.text, line.body, line.end)
        if line.blank or line.depth != lines[first].depth or label is None:
            return
        field = _field(lines.text[label.end() : line.end], met)
        if field is None:
            return
        met.append(field)
        yield Labelled(field, label["label"].lower(), line.body, label.end(), line.end, number, number)


def _field(text: str, met: list[Field]) -> Field | None:
    if _MAILBOX.match(text):
        return next((field for field in (Field.FROM, Field.TO) if field not in met), Field.COPY)
    if tells_time(text) and tells_year(text) and Field.SENT not in met:
        return Field.SENT
    return Field.SUBJECT if met and Field.SUBJECT not in met else None
