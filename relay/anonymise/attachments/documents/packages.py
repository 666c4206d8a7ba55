"""Opens the ZIP that a document is, bounded, and packs a new one that tells nothing of when and where it was made."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import IO

from relay.anonymise.attachments.cleaning import Cleaning
from relay.anonymise.attachments.documents.xml_trees import broken
from relay.refusals import CannotAnonymise

MAX_MEMBERS = 10_000
MAX_RATIO = 300
_LOCKED = "a document in this letter is locked with a password; please save it without one and attach it anew"
_BOMB = "a document in this letter unpacks to far more than a document should; please save it again or leave it out"
_ENTRY = b"PK\x01\x02"
_EPOCH = (1980, 1, 1, 0, 0, 0)
# What the standard library says to packages that are damaged, or made to damage.
_ZIP_STUMBLES = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
_PACKED = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF")


@dataclass(slots=True)
class Package:
    """A document's members by name. Each is unpacked when it is first read."""

    archive: zipfile.ZipFile
    cleaning: Cleaning
    members: dict[str, zipfile.ZipInfo]
    _read: dict[str, bytes] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.members

    def names(self) -> list[str]:
        """The names of all members, as they are written."""
        return [member.filename for member in self.members.values()]

    def read(self, name: str) -> bytes:
        """The content of one member (names differ by more than case, ECMA-376 part 2). Raises CannotAnonymise when
        there is none, it is damaged or locked, or there is no room for it."""
        key = name.lower()
        if key not in self._read:
            self._read[key] = self._unpacked(key)
        return self._read[key]

    def _unpacked(self, key: str) -> bytes:
        member = self.members.get(key)
        if member is None or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise broken()
        if member.flag_bits & 0x1:
            raise CannotAnonymise(_LOCKED)
        # The declared size is a claim: what counts is what comes out, and it is never asked for more than there is
        # room for.
        limit = self.cleaning.room.octets
        try:
            with self.archive.open(member) as file:
                content = _read(file, min(limit, MAX_RATIO * max(member.compress_size, 4096)))
        except _ZIP_STUMBLES as error:
            raise broken() from error
        self.cleaning.room.take(len(content))
        return content


def _read(file: IO[bytes], limit: int) -> bytes:
    """All of a member, piece by piece. Raises CannotAnonymise as soon as it is more than ``limit`` octets."""
    out = bytearray()
    while piece := file.read(1 << 18):
        out += piece
        if len(out) > limit:
            raise CannotAnonymise(_BOMB)
    return bytes(out)


def opened(content: bytes, cleaning: Cleaning) -> Package:
    """The package in ``content``. Raises CannotAnonymise when it is damaged or has too many members."""
    if content.count(_ENTRY) > MAX_MEMBERS:
        raise CannotAnonymise(_BOMB)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except _ZIP_STUMBLES as error:
        raise broken() from error
    members: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        if not member.filename or member.filename.lower() in members:
            # Two programs may read two different documents out of this.
            raise broken()
        if member.is_dir():
            continue
        members[member.filename.lower()] = member
    return Package(archive, cleaning, members)


def packed(parts: Iterable[tuple[str, bytes]], *, stored: frozenset[str] = frozenset()) -> bytes:
    """A ZIP of the parts, in their order, all of them dated 1980-01-01; pictures and ``stored`` are not deflated."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts:
            member = zipfile.ZipInfo(name, _EPOCH)
            member.create_system = 0
            member.external_attr = 0
            plain = name in stored or content.startswith(_PACKED)
            archive.writestr(member, content, zipfile.ZIP_STORED if plain else zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()
