"""Removes metadata from a JPEG 2000 picture (ISO/IEC 15444-1, annexes A and I)."""

from __future__ import annotations

from relay.anonymise.attachments.cleaning import BrokenPicture

_SIGNATURE = b"\0\0\0\x0cjP  \r\n\x87\n"
_KEPT = frozenset((b"jP  ", b"ftyp", b"jp2h", b"jp2c"))
_HEADER_KEPT = frozenset((b"ihdr", b"bpcc", b"colr", b"pclr", b"cmap", b"cdef"))
_SOC, _SOT, _SOD, _EOC, _COM = 0xFF4F, 0xFF90, 0xFF93, 0xFFD9, 0xFF64


def clean_jpx(content: bytes) -> bytes:
    """Keep the boxes of the picture; comments in its code stream are blanked. Raises BrokenPicture."""
    if content.startswith(b"\xff\x4f"):
        return _without_comments(content)
    if not content.startswith(_SIGNATURE):
        raise BrokenPicture
    return b"".join(_boxes(content, _KEPT))


def _boxes(content: bytes, kept: frozenset[bytes]) -> list[bytes]:
    out: list[bytes] = []
    place = 0
    while place + 8 <= len(content):
        length, kind = int.from_bytes(content[place : place + 4], "big"), content[place + 4 : place + 8]
        start = place + 8
        if length == 1:
            length, start = int.from_bytes(content[place + 8 : place + 16], "big"), place + 16
        end = len(content) if length == 0 else place + length
        if end < start or end > len(content):
            raise BrokenPicture
        if kind in kept:
            body = content[start:end]
            if kind == b"jp2h":
                body = b"".join(_boxes(body, _HEADER_KEPT))
            elif kind == b"jp2c":
                body = _without_comments(body)
            out.append((len(body) + 8).to_bytes(4, "big") + kind + body)
        place = end
    return out


def _without_comments(codestream: bytes) -> bytes:
    """Blank the comments of the main header and of every tile part; lengths stay, so that offsets remain valid."""
    out = bytearray(codestream)
    place, tile_end = 2, 0
    while place + 4 <= len(out):
        marker = int.from_bytes(out[place : place + 2], "big")
        if marker == _EOC:
            return bytes(out[: place + 2])
        length = int.from_bytes(out[place + 2 : place + 4], "big")
        if marker == _SOD:
            # Compressed data up to the next tile part.
            if tile_end <= place:
                return bytes(out)
            place = tile_end
            continue
        if marker < 0xFF00 or length < 2:
            raise BrokenPicture
        if marker == _SOT:
            size = int.from_bytes(out[place + 6 : place + 10], "big")
            tile_end = place + size if size else 0
        elif marker == _COM:
            out[place + 4 : place + 2 + length] = bytes(length - 2)
        place += 2 + length
    return bytes(out)
