"""The canonical forms of DKIM, in linear time (RFC 6376 3.4)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

_RUNS = re.compile(rb"[ \t]{2,}|\t")
_BLANKS = re.compile(rb"[ \t]+")
_SOLID = re.compile(rb"[^ \t\r\n]")
_PIECE = 64 * 1024
_LONGEST = 4 * _PIECE


def field_form(field: bytes, *, relaxed: bool) -> bytes:
    """One whole header field, ending in CRLF (RFC 6376 3.4.1, 3.4.2)."""
    if not relaxed:
        return field
    name, _, value = field.partition(b":")
    flat = _BLANKS.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")
    return name.strip(b" \t").lower() + b":" + flat + b"\r\n"


def body_hash(content: bytes, begin: int, *, relaxed: bool) -> bytes:
    """The SHA-256 of the body at ``begin`` in canonical form (RFC 6376 3.4.3, 3.4.4).

    Works piece by piece, so that other threads can run while a large letter is hashed in a thread.
    """
    digest, empty, anything = hashlib.sha256(), 0, False
    for piece in pieces(content, begin):
        form = _relaxed(piece) if relaxed else piece
        text = form.rstrip(b"\r\n")
        if text:
            digest.update(b"\r\n" * empty + text)
            empty, anything = 0, True
        empty += form.count(b"\n", len(text))
    if anything or not relaxed:  # an empty body is one empty line in the simple form, nothing in the relaxed one
        digest.update(b"\r\n")
    return digest.digest()


def pieces(content: bytes, begin: int) -> Iterator[bytes]:
    """The body at ``begin`` in pieces, cut after line ends, or in a very long line after a non-blank octet. So no run
    of blanks is cut."""
    while begin < len(content):
        end = content.find(b"\n", begin + _PIECE, begin + _LONGEST) + 1
        if not end:
            solid = _SOLID.search(content, begin + _LONGEST)
            end = solid.end() if solid else len(content)
        yield content[begin:end]
        begin = end


def _relaxed(lines: bytes) -> bytes:
    if b"  " in lines or b"\t" in lines:  # most pieces of a large letter have neither
        lines = _RUNS.sub(b" ", lines)
    return lines.replace(b" \r\n", b"\r\n")
