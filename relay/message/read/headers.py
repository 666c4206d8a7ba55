"""Splits a header section into fields, within limits (RFC 5322 2.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from relay.message.read.header_words import decoded
from relay.refusals import Malformed

MAX_OCTETS = 256 * 1024
MAX_FIELDS = 1000

Fields = list[tuple[str, bytes]]
Head = tuple[Fields, int]
"""A header section: its fields, and the offset of the body."""

# A name, a colon, and everything up to the last folded line. Each octet is examined once: the first octet of a line
# tells whether it continues the field.
_FIELD = re.compile(rb"([!-9;-~]++)[ \t]*+:([^\n]*+(?>(?:\n[ \t][^\n]*+)*))(?:\n|\Z)")
_LINE = re.compile(rb"[^\n]*+(?>(?:\n[ \t][^\n]*+)*)(?:\n|\Z)")
_EMPTY = re.compile(rb"\r?\n")


def split(content: bytes, start: int = 0, end: int | None = None) -> Head:
    """The header fields (names in lower case, values as received, folding line ends included) and the offset of the
    body, of the octets of ``content`` from ``start`` to ``end``. Raises Malformed beyond MAX_OCTETS or MAX_FIELDS.

    A line that is no field ends the header section, as in mail programs.
    """
    found, body = _found(content, start, len(content) if end is None else end)
    return [(field[1].decode("ascii").lower(), field[2].strip(b" \t\r\n")) for field in found], body


def split_whole(content: bytes) -> Head:
    """Like ``split``, but each field with its name and colon, octet for octet as received, line end included: the input
    of signatures."""
    found, body = _found(content, 0, len(content))
    return [(field[1].decode("ascii").lower(), field[0]) for field in found], body


def _found(content: bytes, start: int, end: int) -> tuple[list[re.Match[bytes]], int]:
    fields: list[re.Match[bytes]] = []
    # Match at most one octet beyond the limit: a body may look like one field folded for ever.
    position, limit = _after_envelope_line(content, start, end), min(end, start + MAX_OCTETS + 1)
    while position < limit:
        field = _FIELD.match(content, position, limit)
        if field is None:
            empty = _EMPTY.match(content, position, end)
            return fields, empty.end() if empty else position
        if len(fields) >= MAX_FIELDS:
            raise Malformed("this message has too many header fields; please send it from an ordinary mail program")
        fields.append(field)
        position = field.end()
    if position < end or position - start > MAX_OCTETS:
        raise Malformed("the header of this message is too long; please send it from an ordinary mail program")
    return fields, position


def _after_envelope_line(content: bytes, start: int, end: int) -> int:
    """The offset of the first field: an mbox "From " line is skipped."""
    limit = min(end, start + MAX_OCTETS)
    if not content.startswith((b"From ", b">From "), start, end) or _FIELD.match(content, start, limit):
        return start
    line = _LINE.match(content, start, limit)
    return line.end() if line else end


def first(fields: Iterable[tuple[str, bytes]], name: str) -> bytes | None:
    """The value of the first field called ``name`` (lower case), or None."""
    for key, value in fields:
        if key == name:
            return value
    return None


def decoded_values(fields: Fields, except_for: tuple[str, ...] = ()) -> list[str]:
    """Every header field's value as shown to people, except the fields named (lower case)."""
    return [decoded(value) for name, value in fields if name not in except_for]
