"""Recognises header blocks of earlier letters among other labelled lists, and finds what must be removed from them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from relay.anonymise.history.dates import YEAR_OF_ERA
from relay.anonymise.history.example import is_example
from relay.anonymise.history.fields import Labelled, blocks
from relay.anonymise.history.labels import Field
from relay.anonymise.history.language import language_of_letter
from relay.anonymise.history.lines import Lines
from relay.anonymise.history.markers import is_dated_marker, is_marker
from relay.anonymise.history.parts import tells_time, tells_year
from relay.anonymise.history.people import People
from relay.anonymise.history.prefixes import edits
from relay.anonymise.identities import Finding
from relay.message.clock import LIKE_HOURS_APART

NAME, HEADER = "quoted-name", "quoted-header"

_ADDRESS = re.compile(r"[^\s<>()\[\]:;,@]{1,80}@[^\s<>()\[\]:;,@]{1,200}\.[^\s<>()\[\]:;,@]{1,80}")
_MAILBOX = re.compile(r"[^<>@\n]{0,120}<(?:mailto:)?[^\s<>@]{1,80}@[^\s<>@]{1,200}>\s*\Z")
_ROUTED = re.compile(r"<[^\s<>@]{1,250}@[^\s<>]{1,250}>|\[[\d.:a-fA-F]{7,45}\]|\bfrom\s.{1,200}\bby\s|\A[\d.]{7,15}\Z")
_GO_WHOLLY = frozenset({Field.SENT, Field.DATE, Field.RAW})
_NEAR = 3  # lines
# A time with a label of its own, below a date: no program writes one, but people do, of a train.
_OF_ITS_OWN = re.compile(r"\n[^\w\n]{0,20}[^\W\d_][^\d\n:：]{0,30}[:：][^\n]*")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)|\d{1,2}[./\-]\d{1,2}[./\-]\d{2}(?!\d)")


def in_blocks(lines: Lines, people: People) -> Iterator[Finding]:
    """What has to be removed from the header blocks of a text, in order: names, addresses, dates, technical fields."""
    for block in blocks(lines):
        values = [lines.text[field.value : field.end] for field in block]
        if is_example(lines, block, values):
            continue
        if _is_header_block(lines, block, values):
            yield from _dated_title(lines, block)
            for field in block:
                yield from _cleaned(lines, people, field)
        elif _is_route(block, values):
            for field in block:
                if field.field is Field.RAW:
                    yield _line(lines, field)
        elif _is_sender(block[0], values[0]):
            yield from _cleaned(lines, people, block[0])


def header_blocks(lines: Lines) -> Iterator[Sequence[Labelled]]:
    """The header blocks of earlier letters in a text, in order."""
    for block in blocks(lines):
        values = [lines.text[field.value : field.end] for field in block]
        if _is_header_block(lines, block, values) and not is_example(lines, block, values):
            yield block


def _is_header_block(lines: Lines, block: Sequence[Labelled], values: Sequence[str]) -> bool:
    if not block[0].name:  # a name without a label, found with all that belongs to it
        return True
    if is_header(block, values) or (len(block) > 1 and _is_announced(lines, block) and _names_sender(block)):
        return True
    return _is_above_attribution(lines, block, values)


def _is_above_attribution(lines: Lines, block: Sequence[Labelled], values: Sequence[str]) -> bool:
    """Whether it is a date and a reader above the line that introduces a quotation, as Pegasus writes them."""
    if {field.field for field in block} not in ({Field.TO, Field.DATE}, {Field.TO, Field.SENT}):
        return False
    if not any(LIKE_HOURS_APART.search(value) and _holds_year(value) for value in values):
        return False
    line = lines.words_after(block[-1].last, _NEAR)
    below = lines.words_after(line.number, _NEAR) if line is not None else None
    return line is not None and below is not None and below.depth > line.depth and lines.text[line.end - 1] == ":"


def _holds_year(text: str) -> bool:
    return bool(_YEAR.search(text) or YEAR_OF_ERA.search(text))


def is_header(block: Sequence[Labelled], values: Sequence[str]) -> bool:
    """Whether the block is a header block: From with an address and one more field; or without an address, more fields
    than other lists have. In failure reports From may be missing: To, the time and Subject suffice."""
    fields = {field.field for field in block}
    routed = Field.RAW in fields and _is_route(block, values)
    if Field.FROM not in fields:
        sent = [value for field, value in zip(block, values, strict=True) if field.field is Field.SENT]
        return fields >= {Field.TO, Field.SUBJECT} and any(LIKE_HOURS_APART.search(value) for value in sent)
    people = [value for field, value in zip(block, values, strict=True) if field.field in {Field.FROM, Field.TO}]
    if len(fields) > 1 and (routed or any(_ADDRESS.search(value) for value in people)):
        return True
    dates = [value for field, value in zip(block, values, strict=True) if field.field in {Field.SENT, Field.DATE}]
    dated = any(map(_holds_year, dates))
    if Field.SENT in fields and dated:
        return bool(fields & {Field.TO, Field.SUBJECT})
    timed = any(LIKE_HOURS_APART.search(_OF_ITS_OWN.sub("", value)) for value in dates)
    return dated and timed and Field.SUBJECT in fields


def _is_route(block: Sequence[Labelled], values: Sequence[str]) -> bool:
    """Whether these are raw header fields: two or more, one of them purely technical; or one that shows a route."""
    technical = [
        (field.name, value)
        for field, value in zip(block, values, strict=True)
        if field.field is Field.RAW
        and (field.name in _TECHNICAL or (len(block) > 1 and field.name.startswith(("x-", "arc-", "resent-"))))
    ]
    if any(_ROUTED.search(value[:500]) for _, value in technical):
        return True
    return len(block) > 1 and any(name in _TECHNICAL and value for name, value in technical)


_TECHNICAL = frozenset(
    str.split("""
        received message-id return-path delivered-to envelope-to dkim-signature domainkey-signature x-mailer
        authentication-results received-spf in-reply-to x-originating-ip x-received x-original-to x-mimeole thread-index
    """)
)


def _is_announced(lines: Lines, block: Sequence[Labelled]) -> bool:
    """Whether a line above announces a forwarded or quoted letter."""
    for number in range(block[0].first - 1, max(-1, block[0].first - 9), -1):
        line = lines[number]
        if not line.blank:
            return is_marker(lines.text[line.body : line.end])
    return False


def _names_sender(block: Sequence[Labelled]) -> bool:
    return any(field.field is Field.FROM and field.value < field.end for field in block)


def _is_sender(field: Labelled, value: str) -> bool:
    """Whether a single From line has exactly the form that mail programs write."""
    return field.field is Field.FROM and _MAILBOX.match(value) is not None


def _cleaned(lines: Lines, people: People, field: Labelled) -> Iterator[Finding]:
    if field.field in _GO_WHOLLY:
        yield _line(lines, field)
    elif field.value >= field.end:
        return
    elif field.field in {Field.FROM, Field.TO}:
        if not people.harmless(field.value, field.end):
            yield Finding(field.value, field.end, people.instead(field.value, field.end), NAME)
    elif field.field is Field.COPY:
        named = people.named(field.value, field.end)
        if not named:
            yield _line(lines, field)
        elif not people.harmless(field.value, field.end):
            yield Finding(field.value, field.end, people.instead(field.value, field.end), NAME)
    elif field.field is Field.SUBJECT:
        subject = lines.text[field.value : field.end]
        for start, end, prefix in edits(subject, lambda: language_of_letter(lines).language):
            yield Finding(field.value + start, field.value + end, prefix, HEADER)


def _dated_title(lines: Lines, block: Sequence[Labelled]) -> Iterator[Finding]:
    """The line above a block that holds the date: "Message du 03/11/26 14:05"."""
    for number in range(block[0].first - 1, max(-1, block[0].first - 3), -1):
        line = lines[number]
        if not line.blank:
            text = lines.text[line.body : line.end]
            if is_dated_marker(text) and tells_time(text) and tells_year(text):
                yield Finding(line.start, lines[number + 1].start, "", HEADER)
            return


def _line(lines: Lines, field: Labelled) -> Finding:
    """The whole field, with its line end."""
    start = lines[field.first].start
    end = lines[field.last + 1].start if field.last + 1 < len(lines) else len(lines.text)
    return Finding(start, end, "", HEADER)
