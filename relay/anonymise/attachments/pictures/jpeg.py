"""Rewrites a JPEG without metadata; the compressed pixels stay bit for bit (ITU-T T.81)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from relay.anonymise.attachments.cleaning import BrokenPicture
from relay.anonymise.attachments.pictures.colour_profiles import fresh_profile
from relay.anonymise.attachments.pictures.files import minimal_exif, orientation_of

_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_STANDALONE = frozenset((0x01, *range(0xD0, 0xD8)))
# Frames, tables, scans and the number of lines (Table B.1). What is reserved or for extensions no program shows.
_SHOWN = frozenset((*range(0xC0, 0xC8), *range(0xC9, 0xD0), _SOS, 0xDB, 0xDC, 0xDD))
_EXIF, _ICC = b"Exif\0\0", b"ICC_PROFILE\0"


def clean_jpeg(content: bytes) -> bytes:
    """Keep frame, tables and scans; of the application segments a bare JFIF, Adobe's colour transform, a generic colour
    profile, and the orientation. Everything after the end of the picture is cut. Raises BrokenPicture."""
    out = [b"\xff\xd8"]
    rest: list[bytes] = []
    icc: list[bytes] = []
    orientation = 1
    place = 2
    for marker, payload, end in _segments(content):
        place = end
        if marker == 0xE0 and payload.startswith(b"JFIF\0") and len(out) == 1:
            # Version and density; a thumbnail after them is dropped.
            out.append(_segment(0xE0, payload[:12] + b"\0\0"))
        elif marker == 0xE1 and payload.startswith(_EXIF) and orientation == 1:
            orientation = orientation_of(payload[6:])
        elif marker == 0xEE and payload.startswith(b"Adobe") and len(payload) >= 12:
            rest.append(_segment(0xEE, payload[:12]))
        elif marker == 0xE2 and payload.startswith(_ICC):
            icc.append(payload)
        elif marker in _SHOWN:
            rest.append(_segment(marker, payload))
        if marker == _SOS:
            break
    if orientation != 1:
        out.append(_segment(0xE1, _EXIF + minimal_exif(orientation)))
    profile = fresh_profile(b"".join(payload[14:] for payload in icc))
    if profile is not None:
        out.append(_segment(0xE2, _ICC + b"\1\1" + profile))
    return b"".join((*out, *rest, *_scans(content, place)))


def _segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def _next_marker(content: bytes, place: int) -> tuple[int, int]:
    """The marker at ``place`` and the offset of its payload. Fill bytes (T.81 B.1.1.2) are skipped."""
    if content[place : place + 1] != b"\xff":
        raise BrokenPicture
    while content[place : place + 1] == b"\xff":
        place += 1
    if place >= len(content):
        raise BrokenPicture
    return content[place], place + 1


def _payload(content: bytes, place: int) -> tuple[bytes, int]:
    if place + 2 > len(content):
        raise BrokenPicture
    end = place + int.from_bytes(content[place : place + 2], "big")
    if end < place + 2 or end > len(content):
        raise BrokenPicture
    return content[place + 2 : end], end


def _segments(content: bytes) -> Iterator[tuple[int, bytes, int]]:
    place = 2
    while True:
        marker, place = _next_marker(content, place)
        if marker in _STANDALONE:
            continue
        if marker in (_SOI, _EOI, 0):
            raise BrokenPicture
        payload, place = _payload(content, place)
        yield marker, payload, place


def _scans(content: bytes, place: int) -> Iterator[bytes]:
    """Compressed data and the tables between scans, up to the end of the picture."""
    while True:
        start = place
        place = _end_of_data(content, place)
        yield content[start:place]
        if place >= len(content):
            # Truncated in transfer: the part received can still be shown.
            yield b"\xff\xd9"
            return
        marker, place = _next_marker(content, place)
        if marker == _EOI:
            yield b"\xff\xd9"
            return
        payload, place = _payload(content, place)
        if marker in _SHOWN:
            yield _segment(marker, payload)
        if marker != _SOS:
            place = _end_of_data(content, place)  # only a scan has data; other octets between segments are dropped


def _end_of_data(content: bytes, place: int) -> int:
    """The end of entropy-coded data: the next marker that is neither a stuffed byte nor a restart."""
    while True:
        place = content.find(b"\xff", place)
        if place < 0 or place + 1 >= len(content):
            return len(content)
        after = content[place + 1]
        if after == 0 or 0xD0 <= after <= 0xD7:
            place += 2
        elif after == 0xFF:
            place += 1
        else:
            return place
