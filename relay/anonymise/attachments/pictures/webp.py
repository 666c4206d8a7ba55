"""Rewrites a WebP with only the chunks of the picture itself (RFC 9649)."""

from __future__ import annotations

from relay.anonymise.attachments.cleaning import BrokenPicture
from relay.anonymise.attachments.pictures.colour_profiles import fresh_profile

_KEPT = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"))
# RFC 9649 2.7: flags of the extended header for ICC profile, EXIF and XMP.
_ICC, _EXIF, _XMP = 0x20, 0x08, 0x04


def clean_webp(content: bytes) -> tuple[bytes, bytes]:
    """The picture without EXIF, XMP and unknown chunks, with a new colour profile; and its EXIF (for the orientation).
    Raises BrokenPicture."""
    exif = b""
    profile: bytes | None = None
    out: list[tuple[bytes, bytes]] = []
    size = int.from_bytes(content[4:8], "little")
    end_of_file = min(8 + size, len(content))
    place = 12
    while place + 8 <= end_of_file:
        kind = content[place : place + 4]
        length = int.from_bytes(content[place + 4 : place + 8], "little")
        body = content[place + 8 : place + 8 + length]
        if len(body) < length:
            raise BrokenPicture
        if kind == b"EXIF" and not exif:
            exif = body.removeprefix(b"Exif\0\0")
        elif kind == b"ICCP":
            profile = profile or fresh_profile(body)
        elif kind in _KEPT and (kind != b"VP8X" or not out):
            out.append((kind, _frame(body) if kind == b"ANMF" else body))
        place += 8 + length + (length & 1)
    if not out:
        raise BrokenPicture
    if out[0][0] == b"VP8X":
        # RFC 9649 2.7: the profile follows the extended header, which announces it.
        out[:1] = [(b"VP8X", _flags_cleared(out[0][1], profile)), *([(b"ICCP", profile)] if profile else [])]
    body = b"".join(_chunk(kind, chunk) for kind, chunk in out)
    return b"RIFF" + (4 + len(body)).to_bytes(4, "little") + b"WEBP" + body, exif


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + len(body).to_bytes(4, "little") + body + (b"\0" if len(body) & 1 else b"")


def _flags_cleared(body: bytes, profile: bytes | None) -> bytes:
    if len(body) < 10:
        raise BrokenPicture
    flags = body[0] & ~(_ICC | _EXIF | _XMP) & 0xFF
    return bytes((flags | (_ICC if profile else 0),)) + body[1:10]


def _frame(body: bytes) -> bytes:
    """An animation frame with its picture and alpha only, because frames may hold unknown chunks too."""
    out, place = [body[:16]], 16
    while place + 8 <= len(body):
        kind, length = body[place : place + 4], int.from_bytes(body[place + 4 : place + 8], "little")
        if place + 8 + length > len(body):
            raise BrokenPicture
        if kind in (b"VP8 ", b"VP8L", b"ALPH"):
            out.append(_chunk(kind, body[place + 8 : place + 8 + length]))
        place += 8 + length + (length & 1)
    return b"".join(out)
