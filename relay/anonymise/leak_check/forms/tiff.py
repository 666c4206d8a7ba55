"""Proves a TIFF (TIFF 6.0): listed tags only, and no octet that no tag refers to but padding."""

from __future__ import annotations

import re
import struct

from relay.anonymise.leak_check.forms.jpeg import read_segments
from relay.anonymise.leak_check.forms.reading import Proof, need

# Sections 8 and 14 to 22: what a page consists of. Artist, software, host, time, description, EXIF, GPS, XMP, IPTC,
# colour profiles, sub-files and private tags are not listed. 254 SubfileType … 532 ReferenceBlackWhite.
_LISTED = frozenset(
    (
        *(254, 256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 282, 283, 284, 292, 293, 296, 297, 317, 320),
        *(322, 323, 324, 325, 338, 339, 340, 341, 347, 512, 513, 514, 530, 531, 532),
    )
)
# Section 2: numbers of all kinds; 2 is text.
_SIZES = {1: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_STRIPS = {273: 279, 324: 325, 513: 514}
_COMPRESSION, _JPEG, _TABLES = 259, 7, 347
_PLACES = frozenset((*_STRIPS, *_STRIPS.values(), _COMPRESSION))
_MOST_PAGES = 1000
# Between pages: zeros, and the head with which Pillow writes each.
_PADDING = re.compile(rb"\0{0,16}(?:(?:II\*\0|MM\0\*).{4})?\0{0,16}", re.DOTALL)


def read_tiff(octets: bytes, _proof: Proof) -> None:
    """Raises NotOurForm for any other tag, for a page twice, and for octets between what the tags refer to."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(octets[:4], "")
    need(order and len(octets) >= 8, "no TIFF")
    (at,) = struct.unpack_from(order + "L", octets, 4)
    used = [(0, 8)]
    for _ in range(_MOST_PAGES):
        if not at:
            break
        at = _read_page(octets, order, at, used)
    need(not at, "too many pages")
    used.sort()
    end = 0
    for start, stop in used:
        need(_PADDING.fullmatch(octets, end, max(start, end)), "octets that belong to no tag")
        need(stop <= len(octets), "a value beyond the end")
        end = max(end, stop)
    need(_PADDING.fullmatch(octets, end), "octets behind the pages")


def _read_page(octets: bytes, order: str, at: int, used: list[tuple[int, int]]) -> int:
    """Note the places of one page, and return that of the next (section 2)."""
    need(at + 2 <= len(octets), "a page beyond the end")
    (count,) = struct.unpack_from(order + "H", octets, at)
    end = at + 2 + 12 * count
    need(end + 4 <= len(octets), "a page beyond the end")
    used.append((at, end + 4))
    values: dict[int, tuple[int, ...]] = {}
    for entry in range(at + 2, end, 12):
        tag, kind, number = struct.unpack_from(order + "HHL", octets, entry)
        need(tag in _LISTED and kind in _SIZES, "a tag that is not listed")
        need(tag not in values, "a tag twice")
        size = _SIZES[kind] * number
        place = entry + 8 if size <= 4 else struct.unpack_from(order + "L", octets, entry + 8)[0]
        need(place + size <= len(octets), "a value beyond the end")
        if size > 4:
            used.append((place, place + size))
        values[tag] = ()
        if tag in _PLACES:
            need(kind in (3, 4), "a place of another kind")
            values[tag] = struct.unpack_from(f"{order}{number}{'H' if kind == 3 else 'L'}", octets, place)
        elif tag == _TABLES:
            read_segments(octets[place : place + size])
    for places, sizes in _STRIPS.items():
        several = zip(values.get(places, ()), values.get(sizes, ()), strict=False)
        strips = [(start, start + length) for start, length in several]
        used += strips
        for start, stop in strips if values.get(_COMPRESSION) == (_JPEG,) else ():
            read_segments(octets[start:stop])
    return int(struct.unpack_from(order + "L", octets, end)[0])
