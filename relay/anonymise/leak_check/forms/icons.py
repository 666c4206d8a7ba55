"""Proves icons and cursors (Microsoft, ICONDIR and ICONDIRENTRY): pictures one after the other, and nothing else."""

from __future__ import annotations

import struct

from relay.anonymise.leak_check.forms.png import read_png
from relay.anonymise.leak_check.forms.reading import Proof, need

_HEAD, _ENTRY, _BITMAP = struct.Struct("<3H"), struct.Struct("<4B2H2L"), struct.Struct("<LllHHLLllLL")
_DEPTHS = frozenset((1, 4, 8, 16, 24, 32))
_MOST = 64


def read_icons(octets: bytes, proof: Proof) -> None:
    """Raises NotOurForm for octets of no icon, a resolution, compression, and a PNG that is not proven."""
    need(len(octets) >= _HEAD.size, "no icon")
    _, _, count = _HEAD.unpack_from(octets)
    at = _HEAD.size + count * _ENTRY.size
    need(0 < count <= _MOST and at <= len(octets), "no icon")
    for number in range(count):
        entry = _ENTRY.unpack_from(octets, _HEAD.size + number * _ENTRY.size)
        size, start = entry[6:]
        need(entry[3] == 0 and start == at and at + size <= len(octets), "octets between icons")
        picture = octets[at : at + size]
        if picture.startswith(b"\x89PNG"):
            read_png(picture, proof)
        else:
            _read_bitmap(picture)
        at += size
    need(at == len(octets), "octets behind the icons")


def _read_bitmap(picture: bytes) -> None:
    """A BITMAPINFOHEADER, colours, the picture, and which of its pixels are shown."""
    need(len(picture) >= _BITMAP.size, "a bitmap without a head")
    head, width, height, _, depth, compression, size, across, down, used, important = _BITMAP.unpack_from(picture)
    need(head == _BITMAP.size and depth in _DEPTHS, "a bitmap of another form")
    need(not any((compression, size, across, down, important)), "a resolution")
    colours = (used or 1 << depth) if depth <= 8 else 0
    rows = height // 2
    pixels = rows * ((width * depth + 31) // 32 * 4 + (width + 31) // 32 * 4)
    need(width > 0 and rows > 0 and len(picture) == head + 4 * colours + pixels, "octets behind a bitmap")
