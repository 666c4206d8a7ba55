"""Detects the Content-Transfer-Encoding of a body from the body alone (RFC 2045 6)."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from enum import Enum

from relay.message.dkim_canonical import pieces
from relay.message.read.transfer import decode_transfer

_PIECE = 64 * 1024
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BLANKS = b" \t\r\n"
_LONG_LINE = 60  # base64 letters without a blank; longer than words that people write
_SHORT = 1000  # letters
_ESCAPE = re.compile(rb"=(?:[0-9A-F]{2}|[ \t]*(?:\r?\n|\Z))")
# What only an encoder writes: =3D, octets beyond ASCII, blanks at line ends, soft line breaks.
_ENCODER = re.compile(rb"=(?:3D|[89A-F][0-9A-F]|(?:20|09)[ \t]*(?:\r?\n|\Z)|[ \t]*(?:\r?\n|\Z))")
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]")


class Encoding(Enum):
    """The content transfer encodings."""

    IDENTITY = ""
    QUOTED_PRINTABLE = "quoted-printable"
    BASE64 = "base64"

    @classmethod
    def named(cls, value: str) -> Encoding | None:
        """The encoding that a Content-Transfer-Encoding value names; None for any other value."""
        name = value.strip().lower()
        if name in ("", "7bit", "8bit", "binary"):
            return cls.IDENTITY
        return next((one for one in (cls.QUOTED_PRINTABLE, cls.BASE64) if one.value == name), None)


def encodings_that_fit(content: bytes, begin: int) -> frozenset[Encoding]:
    """The encodings that the body from ``begin`` on can have. A body without "=" is the same in two of them."""
    if _is_base64(content, begin):
        return frozenset({Encoding.BASE64})
    encoded, escapes = _quoted_printable(content, begin)
    if encoded:
        return frozenset({Encoding.QUOTED_PRINTABLE})
    return frozenset({Encoding.IDENTITY} if escapes else {Encoding.IDENTITY, Encoding.QUOTED_PRINTABLE})


def first_decoded(content: bytes, begin: int, encoding: Encoding, most: int) -> bytes:
    """The decoded beginning of the body, from at most ``most`` encoded octets."""
    octets = content[begin : begin + most]
    if len(octets) == most:
        octets = octets[: octets.rfind(b"\n") + 1] or octets
    return decode_transfer(octets, encoding.value)


def _quoted_printable(content: bytes, begin: int) -> tuple[bool, bool]:
    """Whether an encoder wrote the body, and whether anything in it distinguishes quoted-printable from plain text."""
    encoder = escapes = False
    for piece in pieces(content, begin):
        if not piece.isascii():
            return False, True
        if b"=" in piece:
            escapes = True
            if b"=" in _ESCAPE.sub(b"", piece):
                return False, True
            encoder = encoder or _ENCODER.search(piece) is not None
    return encoder, escapes


def _is_base64(content: bytes, begin: int) -> bool:
    """Whether the body is entirely base64. A short one, which could be a word, must decode to text."""
    letters = padding = 0
    short = b""
    for piece in _windows(content, begin):
        rest = piece.translate(None, _BLANKS)
        data = rest.rstrip(b"=")
        if (padding and data) or data.translate(None, _LETTERS):
            return False
        letters += len(data)
        padding += len(rest) - len(data)
        if letters <= _SHORT:
            short += rest[:_SHORT]
    if not letters or padding > 2 or (letters + padding) % 4:
        return False
    return _first_line(content, begin) >= _LONG_LINE or (letters <= _SHORT and _carries_text(short))


def _windows(content: bytes, begin: int) -> Iterator[bytes]:
    return (content[at : at + _PIECE] for at in range(begin, len(content), _PIECE))


def _first_line(content: bytes, begin: int) -> int:
    return len(content[begin : begin + 1000].lstrip(_BLANKS).partition(b"\n")[0].rstrip(_BLANKS))


def _carries_text(octets: bytes) -> bool:
    try:
        text = binascii.a2b_base64(octets)
        text.decode("utf-8")
    except ValueError:
        return False
    return _CONTROLS.search(text) is None
