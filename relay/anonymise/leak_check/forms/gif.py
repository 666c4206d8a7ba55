"""Proves a GIF (GIF89a specification): frames, their timing, a loop count, and nothing behind the trailer."""

from __future__ import annotations

from relay.anonymise.leak_check.forms.reading import Proof, need

_TRAILER, _IMAGE, _EXTENSION, _CONTROL, _APPLICATION = 0x3B, 0x2C, 0x21, 0xF9, 0xFF
_LOOPS = (b"\x0bNETSCAPE2.0\x03\x01", b"\x0bANIMEXTS1.0\x03\x01")


def read_gif(octets: bytes, _proof: Proof) -> None:
    """Raises NotOurForm for a comment, plain text or other application data, and for octets behind the trailer."""
    need(octets[:6] in (b"GIF87a", b"GIF89a") and len(octets) > 13, "no GIF")
    at = 13 + _table(octets[10])
    while True:
        need(at + 1 <= len(octets), "no end")
        kind = octets[at]
        if kind == _TRAILER:
            need(at + 1 == len(octets), "octets behind the trailer")
            return
        at = _behind_image(octets, at) if kind == _IMAGE else _behind_extension(octets, at)


def _behind_image(octets: bytes, at: int) -> int:
    """Section 20 to 22: descriptor, local colour table, code size, and sub-blocks up to an empty one."""
    need(at + 10 < len(octets), "no end")
    at += 11 + _table(octets[at + 9])
    while True:
        need(at < len(octets), "no end")
        length = octets[at]
        at += 1 + length
        if not length:
            return at


def _behind_extension(octets: bytes, at: int) -> int:
    """Section 23: a graphic control of four octets; the loop count of an application extension."""
    need(octets[at] == _EXTENSION and at + 2 < len(octets), "a block that is not listed")
    label = octets[at + 1]
    if label == _CONTROL:
        need(octets[at + 2] == 4 and octets[at + 7 : at + 8] == b"\0", "a graphic control of another form")
        return at + 8
    need(label == _APPLICATION and octets[at + 2 : at + 16] in _LOOPS, "an extension that is not listed")
    need(octets[at + 18 : at + 19] == b"\0", "more than a loop count")
    return at + 19


def _table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0
