"""Rebuilds the TrueType fonts of an e-book (OpenType 1.9): outlines and metrics stay; names, licences, dates go.

Fonts of other forms (CFF outlines, WOFF) hold names inside of their outlines or compressed; they are left out, and the
reading program shows the text in a font of its own.
"""

from __future__ import annotations

import struct

_TRUETYPE = (b"\x00\x01\x00\x00", b"true")
# What is needed to lay out and draw text. Signatures, names of glyphs and
# tables of editors are not.
_KEPT = frozenset(
    str.encode(tag)
    for tag in str.split("""
        head hhea hmtx maxp OS/2 cmap glyf loca fpgm prep gasp GDEF GPOS GSUB BASE JSTF kern vhea vmtx VORG hdmx LTSH
        VDMX COLR CPAL
    """)
)
_NEEDED = frozenset((b"head", b"hhea", b"hmtx", b"maxp", b"cmap", b"glyf", b"loca"))
_MAX_TABLES = 64
_MAGIC = 0xB1B0AFBA


def clean_font(content: bytes) -> bytes | None:
    """The font with neutral names; None when it is no TrueType font, or damaged."""
    if not content.startswith(_TRUETYPE) or len(content) < 12:
        return None
    count = int.from_bytes(content[4:6], "big")
    if count > _MAX_TABLES or len(content) < 12 + 16 * count:
        return None
    tables: dict[bytes, bytes] = {}
    for number in range(count):
        tag, _, start, length = struct.unpack_from(">4s3I", content, 12 + 16 * number)
        if start + length > len(content) or tag in tables:
            return None
        if tag in _KEPT or tag == b"cvt ":
            tables[tag] = content[start : start + length]
    if not tables.keys() >= _NEEDED or len(tables[b"head"]) < 54:
        return None
    head = bytearray(tables[b"head"])
    head[4:12] = bytes(8)  # revision, and the checksum, which is written below
    head[20:36] = bytes(16)  # created, modified
    tables[b"head"] = bytes(head)
    if b"OS/2" in tables and len(tables[b"OS/2"]) >= 62:
        tables[b"OS/2"] = tables[b"OS/2"][:58] + b"    " + tables[b"OS/2"][62:]  # the maker
    tables[b"name"] = _names()
    tables[b"post"] = struct.pack(">I", 0x00030000) + bytes(28)  # without names of glyphs
    return _written(tables)


def _names() -> bytes:
    """The names that programs need, all neutral (Windows, Unicode, English)."""
    told = {1: "Book", 2: "Regular", 3: "Book", 4: "Book", 5: "Version 1.000", 6: "Book"}
    records, strings = b"", b""
    for number, words in told.items():
        octets = words.encode("utf-16-be")
        records += struct.pack(">6H", 3, 1, 0x409, number, len(octets), len(strings))
        strings += octets
    return struct.pack(">3H", 0, len(told), 6 + len(records)) + records + strings


def _written(tables: dict[bytes, bytes]) -> bytes:
    count = len(tables)
    power = count.bit_length() - 1
    directory = struct.pack(">I4H", 0x00010000, count, 16 << power, power, 16 * (count - (1 << power)))
    body, records, start = b"", [], 12 + 16 * count
    pieces: list[bytes] = []
    for tag, table in sorted(tables.items()):
        records.append(struct.pack(">4s3I", tag, _sum(table), start, len(table)))
        padded = table + bytes(-len(table) % 4)
        pieces.append(padded)
        start += len(padded)
    body = directory + b"".join(records) + b"".join(pieces)
    at = struct.unpack(">I", next(one for one in records if one.startswith(b"head"))[8:12])[0]
    return body[: at + 8] + struct.pack(">I", (_MAGIC - _sum(body)) & 0xFFFFFFFF) + body[at + 12 :]


def _sum(octets: bytes) -> int:
    padded = octets + bytes(-len(octets) % 4)
    numbers: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(numbers) & 0xFFFFFFFF
