"""Proves a PNG (third edition, W3C 2025): listed chunks only, right checksums, and nothing behind the end."""

from __future__ import annotations

import re
import zlib

from relay.anonymise.leak_check.forms.colours import prove_common
from relay.anonymise.leak_check.forms.reading import Proof, need, needed

# Chunk → the lengths it may have (11.2, 11.3). Texts (tEXt, zTXt, iTXt), times (tIME), EXIF (eXIf), palettes with names
# (sPLT) and private chunks are not listed.
_LENGTHS: dict[bytes, range | tuple[int, ...]] = {
    b"IHDR": (13,),
    b"PLTE": range(3, 769, 3),
    b"IDAT": range(1 << 31),
    b"IEND": (0,),
    b"tRNS": range(257),
    b"gAMA": (4,),
    b"sRGB": (1,),
    b"sBIT": range(1, 5),
    b"bKGD": range(1, 7),
    b"pHYs": (9,),
    b"cICP": (4,),
    b"cHRM": (32,),
    b"iCCP": range(1 << 20),
    b"acTL": (8,),
    b"fcTL": (26,),
    b"fdAT": range(4, 1 << 31),
}
_SEVERAL = frozenset((b"IDAT", b"fcTL", b"fdAT"))
_PROFILE = re.compile(rb"icc\0\0(.+)", re.DOTALL)
# 11.3.2.1: white D65, and the primaries of sRGB, Display P3, Adobe RGB (1998) and BT.2020. Others are of one screen.
_WHITE = (31270, 32900)
_PRIMARIES = frozenset(
    (
        (64000, 33000, 30000, 60000, 15000, 6000),
        (68000, 32000, 26500, 69000, 15000, 6000),
        (64000, 33000, 21000, 71000, 15000, 6000),
        (70800, 29200, 17000, 79700, 13100, 4600),
    )
)


def read_png(octets: bytes, proof: Proof) -> None:
    """Raises NotOurForm for any other chunk, and for octets behind the last one."""
    need(octets[:8] == b"\x89PNG\r\n\x1a\n", "no PNG")
    at, kind, seen = 8, b"", set[bytes]()
    view = memoryview(octets)
    while kind != b"IEND":
        need(at + 12 <= len(octets), "no end")
        length, kind = int.from_bytes(view[at : at + 4], "big"), octets[at + 4 : at + 8]
        end = at + 12 + length
        need(end <= len(octets), "a chunk beyond the end")
        need(length in _LENGTHS.get(kind, ()) and (seen or kind == b"IHDR"), "a chunk that is not listed")
        need(kind not in seen or kind in _SEVERAL, "a chunk twice")
        need(zlib.crc32(view[at + 4 : end - 4]) == int.from_bytes(view[end - 4 : end], "big"), "a wrong checksum")
        if kind == b"cHRM":
            _prove_primaries(octets[at + 8 : end - 4])
        elif kind == b"iCCP":
            profile = needed(_PROFILE.fullmatch(octets, at + 8, end - 4), "the name of a colour profile")
            prove_common(proof.inflated(profile[1]))
        seen.add(kind)
        at = end
    need(at == len(octets), "octets behind the picture")


def _prove_primaries(body: bytes) -> None:
    numbers = tuple(int.from_bytes(body[at : at + 4], "big") for at in range(0, 32, 4))
    need(numbers[:2] == _WHITE and numbers[2:] in _PRIMARIES, "the colours of a screen")
