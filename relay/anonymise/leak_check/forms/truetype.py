"""Proves a TrueType font of an e-book (OpenType 1.9): tables that draw, with neutral names and no times."""

from __future__ import annotations

import struct

from relay.anonymise.leak_check.forms.reading import need

_LISTED = frozenset(
    str.encode(tag.ljust(4))
    for tag in str.split("""
        head hhea hmtx maxp OS/2 cmap glyf loca fpgm prep gasp GDEF GPOS GSUB BASE JSTF kern vhea vmtx VORG hdmx LTSH
        VDMX COLR CPAL cvt name post
    """)
)
_NAMES = ("Book", "Regular", "Book", "Book", "Version 1.000", "Book")


def read_truetype(octets: bytes) -> None:
    """Raises NotOurForm for any other table, a name, a maker, a time, and octets that belong to no table."""
    need(octets[:4] == b"\0\1\0\0" and len(octets) >= 12, "no font")
    (count,) = struct.unpack_from(">H", octets, 4)
    end = 12 + 16 * count
    need(end <= len(octets), "no font")
    tables: dict[bytes, bytes] = {}
    for entry in range(12, end, 16):
        tag, _, start, length = struct.unpack_from(">4s3L", octets, entry)
        need(tag in _LISTED and tag not in tables and start == end, "a table that is not listed")
        tables[tag] = octets[start : start + length]
        end = start + length + -length % 4
        need(not any(octets[start + length : end]), "octets between tables")
    need(end == len(octets), "octets behind the tables")
    need(not any(tables.get(b"head", b"")[20:36]), "a time")
    need(tables.get(b"OS/2", bytes(58) + b"    ")[58:62] in (b"    ", b""), "a maker")
    need(tables.get(b"name", b"").endswith("".join(_NAMES).encode("utf-16-be")), "a name")
    need(len(tables[b"name"]) == 6 + 12 * len(_NAMES) + 2 * len("".join(_NAMES)), "names")
    need(len(tables.get(b"post", b"")) == 32, "names of glyphs")
