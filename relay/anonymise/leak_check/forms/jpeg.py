"""Proves a JPEG (ITU-T T.81): the segments of the picture, in order, and nothing behind its end."""

from __future__ import annotations

import re

from relay.anonymise.leak_check.forms.colours import prove_common
from relay.anonymise.leak_check.forms.reading import Proof, need, needed

# Table B.1: frames, tables, scans. COM (FE), JPG (C8), DNL, DHP and EXP (DC, DE, DF) carry other things or nothing.
_PICTURE = frozenset((*range(0xC0, 0xC8), *range(0xC9, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD))
_SOS, _EOI = 0xDA, 0xD9
# JFIF 1.02: version, unit, density; no thumbnail. ITU-T T.872 6.5.3: version, flags, colour transform of Adobe.
_APPLICATION = {
    0xE0: re.compile(rb"JFIF\0.{7}\0\0", re.DOTALL),
    0xE1: re.compile(rb"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0[\x01-\x08]\0\0\0\0\0\0"),
    0xEE: re.compile(rb"Adobe.{7}", re.DOTALL),
}
_ICC = re.compile(rb"ICC_PROFILE\0\x01\x01(.+)", re.DOTALL)
# B.1.1.5: the next marker that is neither a stuffed octet nor a restart.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def read_jpeg(octets: bytes, _proof: Proof) -> None:
    """Raises NotOurForm for any other segment, and for octets between segments or behind the picture."""
    need(_SOS in read_segments(octets), "no picture")


def read_segments(octets: bytes) -> set[int]:
    """The same for a part of a picture, as in a TIFF. Returns the markers."""
    need(octets[:2] == b"\xff\xd8", "no JPEG")
    at, seen = 2, set[int]()
    while True:
        need(octets[at : at + 1] == b"\xff", "octets between segments")
        marker = octets[at + 1 : at + 2]
        if marker == b"\xd9":
            need(at + 2 == len(octets), "octets behind the picture")
            return seen
        need(at + 4 <= len(octets), "no end")
        end = at + 2 + int.from_bytes(octets[at + 2 : at + 4], "big")
        need(at + 4 <= end <= len(octets), "a segment beyond the end")
        _prove_segment(marker[0], octets[at + 4 : end], seen)
        seen.add(marker[0])
        at = _end_of_scan(octets, end) if marker[0] == _SOS else end


def _prove_segment(marker: int, payload: bytes, seen: set[int]) -> None:
    if marker in _PICTURE:
        return
    need(marker not in seen, "a segment twice")
    if marker == 0xE2 and (profile := _ICC.fullmatch(payload)):
        prove_common(profile[1])
        return
    form = _APPLICATION.get(marker)
    need(form and form.fullmatch(payload), f"segment {marker:02X}")


def _end_of_scan(octets: bytes, at: int) -> int:
    return needed(_MARKER.search(octets, at), "no end").start()
