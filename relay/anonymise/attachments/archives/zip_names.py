"""Decodes the file names in a ZIP archive in the charset of the system that packed it."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence

from relay.message.read import charset_guess as charset

_UTF_8 = 0x800
_UNICODE_PATH = 0x7075


def names_in(members: Sequence[zipfile.ZipInfo], registered: Iterable[str] = ()) -> list[str]:
    """The name of each member: UTF-8 where flagged (APPNOTE.TXT 4.4.4, 4.6.9), else in the one charset that fits all
    other names best; ``registered`` are names of people that may occur."""
    octets = [b"" if member.flag_bits & _UTF_8 else _octets(member) for member in members]
    plain = b"\n".join(name for name in octets if not name.isascii())
    codec = charset.of_names_in_zip(plain, registered) if plain else "ascii"
    return [
        _unicode_path(member, name) or (name.decode(codec, "replace") if not name.isascii() else member.filename)
        for member, name in zip(members, octets, strict=True)
    ]


def _octets(member: zipfile.ZipInfo) -> bytes:
    """The name as stored: the standard library decodes names that are not UTF-8 as code page 437."""
    try:
        return member.filename.encode("cp437")
    except UnicodeEncodeError:
        return b""


def _unicode_path(member: zipfile.ZipInfo, name: bytes) -> str | None:
    """The name in the Info-ZIP Unicode Path extra field, if it matches the stored name (APPNOTE.TXT 4.6.9)."""
    extra = member.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and len(field) > 5 and field[1:5] == struct.pack("<I", zlib.crc32(name)):
            return field[5:].decode("utf-8", "replace")
    return None
