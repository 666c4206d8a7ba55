"""Tells the header block of an earlier letter from other lists of labels, and says what of it may stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from relay.anonymise.history.fields import Labelled, blocks
from relay.anonymise.history.labels import Field
from relay.anonymise.history.lines import Lines
from relay.anonymise.history.markers import is_marker
from relay.anonymise.history.people import People
from relay.anonymise.history.tokens import Kind, tokens
from relay.anonymise.identities import Finding

NAME, HEADER = "quoted-name", "quoted-header"

_ADDRESS = re.compile(r"[^\s<>()\[\]:;,@]{1,80}@[^\s<>()\[\]:;,@]{1,200}\.[^\s<>()\[\]:;,@]{1,80}")
_MAILBOX = re.compile(r"[^<>@\n]{0,120}<(?:mailto:)?[^\s<>@]{1,80}@[^\s<>@]{1,200}>\s*\Z")
_ROUTED = re.compile(r"<[^\s<>@]{1,250}@[^\s<>]{1,250}>|\[[\d.:a-fA-F]{7,45}\]|\bfrom\s.{1,200}\bby\s|\A[\d.]{7,15}\Z")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}[:：hH時时點点시.]\s?\d{2}(?!\d{2})")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)|\d{1,2}[./\-]\d{1,2}[./\-]\d{2}(?!\d)")


def in_blocks(lines: Lines, people: People) -> Iterator[Finding]:
    """What has to leave the header blocks of a text, in order: names, addresses, time zones, everything technical."""
    for block in blocks(lines):
        said = [lines.text[field.value : field.end] for field in block]
        if _is_header(block, said) or (len(block) > 1 and _is_announced(lines, block) and _names_sender(block)):
            for field in block:
                yield from _cleaned(lines, people, field)
        elif _is_route(block, said):
            for field in block:
                if field.field is Field.RAW:
                    yield _line(lines, field)
        elif _is_sender(block[0], said[0]):
            yield from _cleaned(lines, people, block[0])


def _is_header(block: Sequence[Labelled], said: Sequence[str]) -> bool:
    """From, with an address in it, and one more; or without an address so many that no list of labels has."""
    fields = {field.field for field in block}
    routed = Field.RAW in fields and _is_route(block, said)
    if Field.FROM not in fields:
        return False
    people = [value for field, value in zip(block, said, strict=True) if field.field in {Field.FROM, Field.TO}]
    if len(fields) > 1 and (routed or any(_ADDRESS.search(value) for value in people)):
        return True
    dates = [value for field, value in zip(block, said, strict=True) if field.field in {Field.SENT, Field.DATE}]
    dated = any(_YEAR.search(value) for value in dates)
    if Field.SENT in fields and dated:
        return bool(fields & {Field.TO, Field.SUBJECT})
    timed = any(_CLOCK.search(value) for value in dates)
    return dated and timed and Field.SUBJECT in fields


def _is_route(block: Sequence[Labelled], said: Sequence[str]) -> bool:
    """Two fields of a header section or more, one of them such as no letter has; or one that tells a route."""
    told = [
        (field.name, value)
        for field, value in zip(block, said, strict=True)
        if field.field is Field.RAW
        and (field.name in _TELLING or (len(block) > 1 and field.name.startswith(("x-", "arc-", "resent-"))))
    ]
    if any(_ROUTED.search(value[:500]) for _, value in told):
        return True
    return len(block) > 1 and any(name in _TELLING and value for name, value in told)


_TELLING = frozenset(
    str.split("""
        received message-id return-path delivered-to envelope-to dkim-signature domainkey-signature x-mailer
        authentication-results received-spf in-reply-to x-originating-ip x-received x-original-to x-mimeole thread-index
    """)
)


def _is_announced(lines: Lines, block: Sequence[Labelled]) -> bool:
    """Does a line above say that a letter is forwarded or quoted here?"""
    for number in range(block[0].first - 1, max(-1, block[0].first - 5), -1):
        line = lines[number]
        if not line.blank:
            return is_marker(lines.text[line.body : line.end])
    return False


def _names_sender(block: Sequence[Labelled]) -> bool:
    return any(field.field is Field.FROM and field.value < field.end for field in block)


def _is_sender(field: Labelled, said: str) -> bool:
    """Is a From line that stands alone so exactly what mail programs write that it is one?"""
    return field.field is Field.FROM and _MAILBOX.match(said) is not None


def _cleaned(lines: Lines, people: People, field: Labelled) -> Iterator[Finding]:
    if field.value >= field.end and field.field is not Field.RAW:
        return
    if field.field in {Field.FROM, Field.TO}:
        if not people.harmless(field.value, field.end):
            yield Finding(field.value, field.end, people.instead(field.value, field.end), NAME)
    elif field.field is Field.COPY:
        named = people.named(field.value, field.end)
        if not named:
            yield _line(lines, field)
        elif not people.harmless(field.value, field.end):
            yield Finding(field.value, field.end, people.instead(field.value, field.end), NAME)
    elif field.field in {Field.SENT, Field.DATE}:
        yield from _without_zone(lines.text, field)
    elif field.field is Field.RAW:
        yield _line(lines, field)


def _line(lines: Lines, field: Labelled) -> Finding:
    """The whole field, with its line end."""
    start = lines[field.first].start
    end = lines[field.last + 1].start if field.last + 1 < len(lines) else len(lines.text)
    return Finding(start, end, "", HEADER)


def _without_zone(text: str, field: Labelled) -> Iterator[Finding]:
    """After the time stands nothing but its half of the day; everything else there tells of a place."""
    several = [token for token in tokens(text, field.value, field.end, {}) if token.kind is not Kind.SIGN]
    clock = next(
        (n for n, token in enumerate(several) if _CLOCK.fullmatch(text, token.start, min(token.end, token.start + 5))),
        None,
    )
    last = -1
    for n, token in enumerate(several):
        if token.kind is Kind.ZONE:
            continue
        if clock is None or n <= clock or token.kind is Kind.NUMBER or (token.kind is Kind.DATE and token.is_after()):
            last = n
    for n, token in enumerate(several[: last + 1]):
        if token.kind is Kind.ZONE and n:
            yield Finding(several[n - 1].end, token.end, "", HEADER)
    if 0 <= last < len(several) - 1:
        end = several[last].end
        if any(sign.isalnum() for sign in text[end : field.end]):
            yield Finding(end, field.end, "", HEADER)
