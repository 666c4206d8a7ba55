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


def split(content: bytes) -> Head:
    """The header fields (names in lower case, values as received, folding line ends included) and the offset of the
    body. Raises Malformed beyond MAX_OCTETS or MAX_FIELDS.

    A line that is no field ends the header section, as in mail programs.
    """
    found, body = _found(content)
    return [(_name(field), field[2].strip(b" \t\r\n")) for field in found], body


def split_whole(content: bytes) -> Head:
    """Like ``split``, but each field with its name and colon, octet for octet as received, line end included: the input
    of signatures."""
    found, body = _found(content)
    return [(_name(field), field[0]) for field in found], body


def _found(content: bytes) -> tuple[list[re.Match[bytes]], int]:
    fields: list[re.Match[bytes]] = []
    # Match at most one octet beyond the limit: a body may look like one field folded for ever.
    position, limit = _after_envelope_line(content), min(len(content), MAX_OCTETS + 1)
    while position < limit:
        field = _FIELD.match(content, position, limit)
        if field is None:
            end = _EMPTY.match(content, position)
            return fields, end.end() if end else position
        if len(fields) >= MAX_FIELDS:
            raise Malformed("this message has too many header fields; please send it from an ordinary mail program")
        fields.append(field)
        position = field.end()
    if position < len(content) or position > MAX_OCTETS:
        raise Malformed("the header of this message is too long; please send it from an ordinary mail program")
    return fields, position


def _name(field: re.Match[bytes]) -> str:
    return field[1].decode("ascii").lower()


def _after_envelope_line(content: bytes) -> int:
    """The offset of the first field: an mbox "From " line is skipped."""
    if not content.startswith((b"From ", b">From ")) or _FIELD.match(content, 0, MAX_OCTETS):
        return 0
    line = _LINE.match(content, 0, MAX_OCTETS)
    return line.end() if line else len(content)


def first(fields: Iterable[tuple[str, bytes]], name: str) -> bytes | None:
    """The value of the first field called ``name`` (lower case), or None."""
    for key, value in fields:
        if key == name:
            return value
    return None


def decoded_values(fields: Fields, except_for: tuple[str, ...] = ()) -> list[str]:
    """Every header field's value as shown to people, except the fields named (lower case)."""
    return [decoded(value) for name, value in fields if name not in except_for]
