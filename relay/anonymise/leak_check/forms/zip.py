"""Proves a ZIP archive (APPNOTE.TXT 6.3.10): members one after the other, without dates, owners, comments and extra
fields, and a directory that says the same. Documents are read by their own readers."""

from __future__ import annotations

import re
import struct
import zlib

from relay.anonymise.leak_check.forms.reading import NotOurForm, Proof, need

_LOCAL, _ENTRY, _END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s4H2LH")
_FIRST_DAY = 1 << 5 | 1  # 4.4.6: 1980-01-01 (year 0, month 1, day 1)
_UTF_8 = 0x800
_STORED, _DEFLATED = 0, 8
_MOST_MEMBERS = 20_000
_OWNERS = (0, 0o600 << 16)
"""The permissions of every member (4.4.15): none, or those that a packing library sets when there are none."""
# Folders in which a system keeps its users, files that programs make for themselves, and ways out of the archive.
_NAME = re.compile(r"(?!/|[A-Za-z]:|\.\./)(?!.*/\.\./)[^\\\0-\x1f\x7f\u200e\u200f\u2028-\u202e\u2066-\u2069]{1,4000}")
_OF_SYSTEMS = re.compile(
    r"(?:^|/)(?:__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._[^/]*$|~\$[^/]*$)", re.IGNORECASE
)
_OF_PACKAGES = frozenset(("[Content_Types].xml", "META-INF/manifest.xml", "META-INF/container.xml", "mimetype"))
Members = dict[str, bytes]


def read_zip(octets: bytes, proof: Proof) -> None:
    """Raises NotOurForm for an archive of another form, and for a member that is not proven."""
    members = members_of(octets, proof)
    need(members and not _OF_PACKAGES.intersection(members), "no member, or a package of another kind")
    names = frozenset(members)
    for name, content in members.items():
        need(not _OF_SYSTEMS.search(name), "a file of a system")
        proof.inside(content, name, names)


def members_of(octets: bytes, proof: Proof) -> Members:
    """The members by name, in order, unpacked. Raises NotOurForm for anything else in the archive."""
    members: Members = {}
    entries: list[tuple[tuple[bytes | int, ...], int, bytes]] = []
    at = 0
    while octets.startswith(b"PK\3\4", at):
        need(at + _LOCAL.size <= len(octets) and len(members) < _MOST_MEMBERS, "a member beyond the end")
        fields = _LOCAL.unpack_from(octets, at)
        version, flags, method, time, day, crc, packed, size, length, extra = fields[1:]
        need(time == 0 and day == _FIRST_DAY and extra == 0, "a time or extra field")
        need(version == 20 and not flags & ~_UTF_8 and method in (_STORED, _DEFLATED), "a member of another form")
        begin = at + _LOCAL.size + length
        need(begin + packed <= len(octets), "a member beyond the end")
        raw, data = octets[at + _LOCAL.size : begin], octets[begin : begin + packed]
        need(bool(flags) != raw.isascii(), "the charset of a name")
        name = raw.decode("utf-8", "replace")
        need(_NAME.fullmatch(name) and name not in members, "the name of a member")
        content = proof.inflated(data, raw=True) if method == _DEFLATED else data
        need(len(content) == size and zlib.crc32(content) == crc, "the size of a member")
        members[name] = content
        entries.append(((b"PK\1\2", 20, *fields[1:10], 0, 0, 0, 0), at, raw))
        at = begin + packed
    for owner in _OWNERS:
        directory = b"".join(_ENTRY.pack(*entry, owner, place) + raw for entry, place, raw in entries)
        count = len(entries)
        end = _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), at, 0)
        if octets[at:] == directory + end:
            return members
    raise NotOurForm("a directory of another form")
