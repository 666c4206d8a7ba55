"""Rewrites icons and cursors (ICO, CUR): each picture in them without metadata, and nothing between them.

Source: Microsoft, Icons (Win32), ICONDIR and ICONDIRENTRY; BITMAPINFOHEADER.
"""

from __future__ import annotations

import struct

from relay.anonymise.attachments.cleaning import BrokenPicture
from relay.anonymise.attachments.pictures.png import clean_png

_PNG = b"\x89PNG\r\n\x1a\n"
_HEAD, _ENTRY, _BITMAP = 6, 16, 40
MAX_ICONS = 64
_MAX_SIDE = 1024
_DEPTHS = frozenset({1, 4, 8, 16, 24, 32})


def clean_icons(content: bytes) -> bytes:
    """The icons, in their order. Raises BrokenPicture, also for bitmaps that are compressed."""
    reserved, kind, count = struct.unpack_from("<3H", content)
    if reserved or kind not in (1, 2) or not 1 <= count <= MAX_ICONS:
        raise BrokenPicture
    entries, pictures = [], []
    place = _HEAD + count * _ENTRY
    for number in range(count):
        entry = content[_HEAD + number * _ENTRY : _HEAD + (number + 1) * _ENTRY]
        size, start = struct.unpack_from("<2L", entry, 8)
        picture = _picture(content[start : start + size])
        # The fourth octet is reserved; the next four are planes and depth, or the hot spot of a cursor.
        entries.append(entry[:3] + b"\0" + entry[4:8] + struct.pack("<2L", len(picture), place))
        pictures.append(picture)
        place += len(picture)
    return struct.pack("<3H", 0, kind, count) + b"".join((*entries, *pictures))


def _picture(content: bytes) -> bytes:
    return clean_png(content) if content.startswith(_PNG) else _bitmap(content)


def _bitmap(content: bytes) -> bytes:
    """A bitmap of colours and of transparency, as long as its header says; its resolution is removed."""
    head, width, height, planes, depth, compression = struct.unpack_from("<LllHHL", content)
    if head != _BITMAP or compression or depth not in _DEPTHS or not (0 < width <= _MAX_SIDE):
        raise BrokenPicture
    if not 0 < height <= 2 * _MAX_SIDE or height % 2:
        raise BrokenPicture
    (used,) = struct.unpack_from("<L", content, 32)
    colours = (used or 1 << depth) if depth <= 8 else 0
    if colours > 256:
        raise BrokenPicture
    rows = height // 2
    size = 4 * colours + rows * ((width * depth + 31) // 32 * 4) + rows * ((width + 31) // 32 * 4)
    pixels = content[_BITMAP : _BITMAP + size]
    if len(pixels) < size:
        raise BrokenPicture
    return (
        struct.pack("<LllHHLLllLL", _BITMAP, width, height, planes, depth, 0, 0, 0, 0, used if depth <= 8 else 0, 0)
        + pixels
    )
