"""Rewrites a PNG with only the chunks of the picture itself (PNG, third edition)."""

from __future__ import annotations

import struct
import zlib

from relay.anonymise.attachments.cleaning import BrokenPicture
from relay.anonymise.attachments.pictures.colour_profiles import fresh_profile

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SEVERAL, _HEADS = frozenset((b"IDAT", b"fcTL", b"fdAT")), frozenset((b"IHDR", b"PLTE"))
_KEPT = frozenset(bytes.split(b"IHDR PLTE IDAT IEND tRNS gAMA sRGB sBIT bKGD pHYs cICP acTL fcTL fdAT"))
# White, red, green and blue of common spaces: sRGB, Display P3, Adobe RGB, BT.2020. Others belong to one screen.
_SHARED_COLOURS = frozenset(
    struct.pack(">8L", 31270, 32900, *primaries)
    for primaries in (
        (64000, 33000, 30000, 60000, 15000, 6000),
        (68000, 32000, 26500, 69000, 15000, 6000),
        (64000, 33000, 21000, 71000, 15000, 6000),
        (70800, 29200, 17000, 79700, 13100, 4600),
    )
)


def clean_png(content: bytes) -> bytes:
    """Keep pixels, palette, transparency, colour space and animation; texts, times, EXIF, profiles and data after the
    end are removed, and so is a second chunk of a kind that may stand only once (5.6). Raises BrokenPicture on a wrong
    checksum or length, and for a second header or palette."""
    out, seen = [_SIGNATURE], set[bytes]()
    place = len(_SIGNATURE)
    while True:
        length = int.from_bytes(content[place : place + 4], "big")
        kind = content[place + 4 : place + 8]
        end = place + 12 + length
        if len(kind) < 4 or end > len(content) or length > 0x7FFFFFFF:
            raise BrokenPicture
        if kind in seen and kind not in _SEVERAL:
            if kind in _HEADS:
                raise BrokenPicture
        elif kind in _KEPT or (kind == b"cHRM" and content[place + 8 : end - 4] in _SHARED_COLOURS):
            chunk = content[place:end]
            if zlib.crc32(memoryview(chunk)[4:-4]) != int.from_bytes(chunk[-4:], "big"):
                raise BrokenPicture
            out.append(chunk)
        elif kind == b"iCCP":
            out.append(_profile(content[place + 8 : end - 4]))
        seen.add(kind)
        if kind == b"IEND":
            return b"".join(out)
        place = end


def _profile(body: bytes) -> bytes:
    """An iCCP chunk with a new profile for the same colour space; b"" when the picture needs none."""
    packed = body.partition(b"\0")[2][1:]
    try:
        # A common profile is smaller than a megabyte.
        profile = fresh_profile(zlib.decompressobj().decompress(packed, 1 << 20))
    except zlib.error as error:
        raise BrokenPicture from error
    if profile is None:
        return b""
    chunk = b"iCCP" + b"icc\0\0" + zlib.compress(profile)
    return (len(chunk) - 4).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")


def orientation_chunk(content: bytes) -> bytes:
    """The content of a PNG's eXIf chunk; b"" without one."""
    place = len(_SIGNATURE)
    while place + 12 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        if content[place + 4 : place + 8] == b"eXIf":
            return content[place + 8 : place + 8 + length]
        place += 12 + length
    return b""
