"""Finds header blocks whose fields follow one another on a line, or as a paragraph, as programs that fill lines leave
them: "-----Original Message----- From: Jane <jane@…> Sent: Tuesday, 3 February 2026 21:14 To: … Subject: …".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from relay.anonymise.history.blocks import HEADER, NAME, is_header
from relay.anonymise.history.labels import Field, field_of
from relay.anonymise.history.lines import Lines
from relay.anonymise.history.markers import is_marker
from relay.anonymise.history.parts import Parts, holds_year
from relay.anonymise.history.people import People
from relay.anonymise.history.tokens import tokens
from relay.anonymise.history.unmarked import Labelled
from relay.anonymise.identities import Finding
from relay.message.clock import LIKE_HOURS_APART

_COLON = re.compile(r"(?<=[^\W\d_])[*_]{0,2}[ \xa0]?[:：][*_]{0,2}(?!//)")
_WORD = re.compile(r"[^\s:：|<>()\[\]\"“”\-–—‐_]{1,24}(?:-[^\s:：|<>()\[\]\"“”\-–—‐_]{1,24})?")
_MARKS = re.compile(r"[-–—‐*_\s]*\Z")
_WHOLE = frozenset({Field.FROM, Field.TO, Field.SUBJECT})
_MAILBOX = re.compile(r"[^\n]{0,120}?@[^\s<>@,;]{1,200}>?|[^\n]{1,60}\Z")
_PARTING = " \t\r\n\xa0*_|;,"
_MOST_WORDS, _MOST_LINES, _MOST = 3, 6, 700
_FEWEST = 3
_WHEN = frozenset({Field.SENT, Field.DATE})


class _Label(NamedTuple):
    """A label with its colon at [start, end)."""

    field: Field
    name: str
    start: int
    end: int


def in_running_lines(lines: Lines, people: People) -> Iterator[Finding]:
    """What has to be removed from such blocks, in order: dates and copies, and whom they name. Linear."""
    done = 0
    for clock in LIKE_HOURS_APART.finditer(lines.text):
        if clock.start() < done:
            continue
        start, done = _paragraph(lines, clock.start(), done)
        if len(_COLON.findall(lines.text, start, done)) > _FEWEST and holds_year(lines.text[start:done]):
            yield from _cleaned(lines.text, people, _block(lines, start, done))


def _paragraph(lines: Lines, place: int, lowest: int) -> tuple[int, int]:
    """The adjacent lines of one depth around an offset, some above and below."""
    number = lines.at(place)
    line = lines[number]
    first = last = number
    while first > max(0, number - _MOST_LINES) and _goes_on(lines, first - 1, line.depth):
        first -= 1
    while last < min(len(lines) - 1, number + _MOST_LINES) and _goes_on(lines, last + 1, line.depth):
        last += 1
    return max(lowest, lines[first].body, place - _MOST), min(lines[last].end, place + _MOST)


def _goes_on(lines: Lines, number: int, depth: int) -> bool:
    return not lines[number].blank and lines[number].depth == depth


def _block(lines: Lines, start: int, end: int) -> list[Labelled]:
    """The fields in text[start:end] that make a header block, each with its value up to the next label; [] if there is
    none, or if each stands on a line of its own."""
    labels = list(_labels(lines.text, start, end))
    for first in range(len(labels) - _FEWEST + 1):
        several = labels[first:]
        fields = {label.field for label in several}
        if not (_may_begin(lines, labels[first]) or fields > _WHOLE):
            continue
        if len(fields) < _FEWEST or len({lines.at(label.start) for label in several}) == len(several):
            return []
        ends = [*(label.start for label in several[1:]), end]
        block = [_labelled(lines, label, stop) for label, stop in zip(several, ends, strict=True)]
        return block if is_header(block, [lines.text[field.value : field.end] for field in block]) else []
    return []


def _labels(text: str, start: int, end: int) -> Iterator[_Label]:
    """The labels in text[start:end], each field once."""
    met: set[Field] = set()
    for colon in _COLON.finditer(text, start, end):
        label = _label_before(text, start, colon)
        if label is not None and label.field is not Field.RAW and label.field not in met:
            met.add(label.field)
            yield label


def _label_before(text: str, start: int, colon: re.Match[str]) -> _Label | None:
    """The longest label of up to three words that ends at this colon."""
    words = list(_WORD.finditer(text, max(start, colon.start() - 60), colon.start()))[-_MOST_WORDS:]
    for word in words:
        name = text[word.start() : colon.start()].strip("*_ \xa0")
        field = field_of(name.replace(">", " "))
        if field is not None and not (name[:1].isascii() and name[:1].islower()):  # in prose, "to:" is a word
            return _Label(field, name.lower(), word.start(), colon.end())
    return None


def _may_begin(lines: Lines, label: _Label) -> bool:
    """Whether nothing stands before the label on its line, or what announces an earlier letter."""
    line = lines[lines.at(label.start)]
    before = lines.text[line.body : label.start]
    return _MARKS.match(before) is not None or is_marker(before.strip())


def _labelled(lines: Lines, label: _Label, end: int) -> Labelled:
    text, value = lines.text, label.end
    while value < end and text[value].isspace():
        value += 1
    stop = max(value, value + len(_without_marks(text[value:end])))
    return Labelled(label.field, label.name, label.start, value, stop, lines.at(label.start), lines.at(stop))


def _without_marks(value: str) -> str:
    """A value without what parts it from the next label: emphasis, bars, and the quote marks of the next line."""
    value = value.rstrip(_PARTING)
    while value.endswith(">") and not value[value.rfind("\n") + 1 :].strip("> ") and "\n" in value:
        value = value[: value.rfind("\n")].rstrip(_PARTING)
    return value


def _cleaned(text: str, people: People, block: Sequence[Labelled]) -> Iterator[Finding]:
    """Times and copies go with their labels; a person is replaced. The subject, and what follows it, stays."""
    for field, below in zip_longest(block, block[1:]):
        if field.value >= field.end or field.field in (Field.SUBJECT, Field.OTHER):
            continue
        end = field.end if below is not None else _last(text, field)
        if field.field in _WHEN or (field.field is Field.COPY and not people.named(field.value, end)):
            yield Finding(field.start, end if below is None else below.start, "", HEADER)
        elif end > field.value and not people.harmless(field.value, end):
            yield Finding(field.value, end, people.instead(field.value, end), NAME)


def _last(text: str, field: Labelled) -> int:
    """Where the value of the last field ends: words of the letter may follow it."""
    value = text[field.value : field.end]
    if field.field in _WHEN:
        several = list(tokens(value, 0, len(value), {}))
        date = Parts(value, several).date
        return field.value + several[date[-1]].end if date else field.value
    mailbox = _MAILBOX.match(value.partition("\n")[0])
    return field.value + (mailbox.end() if mailbox else 0)
