"""Header section → fields, read once, in bounds (RFC 5322 2.2)."""

from __future__ import annotations

from collections.abc import Iterable

from relay.message.words import decoded
from relay.refusals import Malformed

MAX_OCTETS = 256 * 1024
MAX_FIELDS = 1000

Fields = list[tuple[str, bytes]]


def split(content: bytes) -> tuple[Fields, int]:
    """The header fields (names lower case, values as received but for the folding's line ends left in), and where the
    body begins. Raises Malformed beyond MAX_OCTETS or MAX_FIELDS.

    A line that is no field ends the header section, as readers of mail do it.
    """
    fields, body = split_whole(content)
    return [(name, field.partition(b":")[2].strip(b" \t\r\n")) for name, field in fields], body


def split_whole(content: bytes) -> tuple[Fields, int]:
    """As ``split``, but each field with its name and colon, octet for octet as received, line end included: what a
    signature is made over."""
    fields: Fields = []
    position, limit = 0, min(len(content), MAX_OCTETS)
    while position < limit:
        end = _field_end(content, position)
        line = content[position:end]
        if line in (b"\r\n", b"\n"):
            return fields, end
        name, colon, _ = line.partition(b":")
        key = name.rstrip(b" \t")
        if not colon or not key or not key.isascii() or any(c <= 32 or c == 127 for c in key):
            if position == 0 and line.startswith((b"From ", b">From ")):
                position = end
                continue
            return fields, position
        if len(fields) >= MAX_FIELDS:
            raise Malformed("this message has too many header fields; please send it from an ordinary mail program")
        fields.append((key.decode("ascii").lower(), line))
        position = end
    if position < len(content):
        raise Malformed("the header of this message is too long; please send it from an ordinary mail program")
    return fields, position


def _field_end(content: bytes, start: int) -> int:
    """Where the field that begins at ``start`` ends: after its last folded line."""
    at = start
    while True:
        newline = content.find(b"\n", at)
        if newline < 0:
            return len(content)
        at = newline + 1
        if newline - start < 2 and content[start : newline + 1] in (b"\n", b"\r\n"):
            return at
        if content[at : at + 1] not in (b" ", b"\t"):
            return at
        if at - start > MAX_OCTETS:
            raise Malformed("the header of this message is too long; please send it from an ordinary mail program")


def first(fields: Iterable[tuple[str, bytes]], name: str) -> bytes | None:
    """The value of the first field called ``name`` (lower case), or None."""
    return next((value for key, value in fields if key == name), None)


def decoded_values(content: bytes, except_for: tuple[str, ...] = ()) -> list[str]:
    """Every header field's value as people read it, but for the fields named (lower case)."""
    fields, _ = split(content)
    return [decoded(value) for name, value in fields if name not in except_for]
