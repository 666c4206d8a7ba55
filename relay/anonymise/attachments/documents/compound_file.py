"""Reads the directory and streams of a compound file (MS-CFB), the container of old Office documents.

Only what decides about a document is read: which streams it has, and a few octets of them.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from relay.anonymise.attachments.documents.xml_trees import broken

_HEADER = 512
_IN_HEADER = 109  # FAT sectors that the header lists
_NO_STREAM = 0xFFFF_FFFF
_LAST_SECTOR = 0xFFFF_FFFA  # greater numbers mark the end of a chain and the like
_ROOT = 5  # the kind of the first entry
_ENTRY = 128
_MAX_ENTRIES = 50_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One storage or stream. ``name`` is in lower case, ``start`` a sector, ``size`` in octets."""

    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


class CompoundFile:
    """A compound file. Raises CannotAnonymise when its structure is invalid: chains and trees are followed at most once
    through each of their members, so that a loop ends."""

    def __init__(self, content: bytes) -> None:
        if len(content) < _HEADER:
            raise broken()
        shift = int.from_bytes(content[30:32], "little")
        if shift not in (9, 12):
            raise broken()
        self._content, self._size = content, 1 << shift
        self._count = max(len(content) // self._size, 1)
        directory, self._cutoff, mini = (int.from_bytes(content[at : at + 4], "little") for at in (48, 56, 60))
        self._fat = self._table(self._fat_sectors())
        self._entries = _entries(self._chained(directory))
        self._mini_fat = self._numbers(self._chained(mini)) if mini < _LAST_SECTOR else ()

    def names(self) -> frozenset[str]:
        """The names of all storages and streams, also those of embedded objects."""
        return frozenset(entry.name for entry in self._entries)

    def top(self) -> dict[str, Entry]:
        """The storages and streams of the document itself, by name."""
        root = self._entries[0]
        found: dict[str, Entry] = {}
        seen: set[int] = set()
        waiting = [root.child]
        while waiting:
            number = waiting.pop()
            if number == _NO_STREAM:
                continue
            if number in seen or number >= len(self._entries):
                raise broken()
            seen.add(number)
            entry = self._entries[number]
            found[entry.name] = entry
            waiting += (entry.left, entry.right)
        return found

    def read(self, entry: Entry) -> bytes:
        """The content of a stream."""
        if entry.size >= self._cutoff:
            return self._chained(entry.start)[: entry.size]
        mini = self._chained(self._entries[0].start)
        pieces = [mini[number * 64 : number * 64 + 64] for number in _followed(entry.start, self._mini_fat)]
        return b"".join(pieces)[: entry.size]

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self._size
        if at >= len(self._content):
            raise broken()
        return self._content[at : at + self._size]

    def _chained(self, start: int) -> bytes:
        if start >= _LAST_SECTOR:
            return b""
        return b"".join(self._sector(number) for number in _followed(start, self._fat))

    def _fat_sectors(self) -> list[int]:
        """The sectors of the FAT: listed in the header, and in the DIFAT for large files (MS-CFB 2.5)."""
        listed = self._numbers(self._content[76 : 76 + 4 * _IN_HEADER])
        found = [number for number in listed if number < _LAST_SECTOR]
        following = int.from_bytes(self._content[68:72], "little")
        for _ in range(self._count):
            if following >= _LAST_SECTOR:
                return found
            *more, following = self._numbers(self._sector(following))
            found += [number for number in more if number < _LAST_SECTOR]
        raise broken()

    def _table(self, sectors: list[int]) -> tuple[int, ...]:
        if len(sectors) > self._count:
            raise broken()
        return self._numbers(b"".join(map(self._sector, sectors)))

    @staticmethod
    def _numbers(octets: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(octets) // 4}I", octets[: len(octets) // 4 * 4])


def _followed(start: int, table: tuple[int, ...]) -> list[int]:
    """The chain that begins at ``start``. Raises CannotAnonymise for a loop."""
    chain: list[int] = []
    while start < _LAST_SECTOR:
        if start >= len(table) or len(chain) > len(table):
            raise broken()
        chain.append(start)
        start = table[start]
    return chain


def _entries(octets: bytes) -> list[Entry]:
    if not octets or len(octets) > _MAX_ENTRIES * _ENTRY:
        raise broken()
    found = []
    for at in range(0, len(octets) // _ENTRY * _ENTRY, _ENTRY):
        entry = octets[at : at + _ENTRY]
        length = int.from_bytes(entry[64:66], "little")
        name = entry[: min(max(length - 2, 0), 62)].decode("utf-16-le", "replace").lower()
        left, right, child = struct.unpack_from("<3I", entry, 68)
        start, size = struct.unpack_from("<2I", entry, 116)
        found.append(Entry(name, entry[66], left, right, child, start, size))
    if not found or found[0].kind != _ROOT:
        raise broken()
    return found
