"""Tells generic colour profiles from those that name a device or its owner (ICC.1:2022)."""

from __future__ import annotations

import hashlib
import struct

# Only profiles known to the octet may pass: a profile's description, maker and identifier fields hold any text.
_GENERIC_NAMES = ("srgb", "display p3", "adobe rgb (1998)", "gray gamma 2.2", "dot gain 20%", "generic")
_MAX = 4096


def is_generic(profile: bytes) -> bool:
    """Is it a small, well-formed sRGB or Display P3 profile with no text of its own in it?

    All text tags must be those of the well-known profiles; anything else (device names, serial numbers) is no generic
    profile. Without it the picture is read as sRGB.
    """
    if len(profile) < 132 or len(profile) > _MAX or profile[36:40] != b"acsp":
        return False
    (size,) = struct.unpack_from(">L", profile)
    (count,) = struct.unpack_from(">L", profile, 128)
    if size != len(profile) or not 0 < count <= 40:
        return False
    for entry in range(132, 132 + 12 * count, 12):
        if entry + 12 > len(profile):
            return False
        signature, offset, length = struct.unpack_from(">4sLL", profile, entry)
        if offset + length > size or signature not in _TAGS:
            return False
        if signature in (b"desc", b"cprt", b"dmnd", b"dmdd", b"vued") and not _says_nothing(profile[offset : offset + length]):
            return False
    return True


_TAGS = frozenset(
    (b"desc", b"cprt", b"wtpt", b"bkpt", b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"chad")
    + (b"dmnd", b"dmdd", b"vued", b"view", b"lumi", b"meas", b"tech", b"chrm", b"cicp")
)
