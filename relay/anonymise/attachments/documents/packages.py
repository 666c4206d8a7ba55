"""Opens ZIP-based documents within limits, and packs new ones without times and origin."""

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
# Exceptions of the standard library for damaged or malicious packages.
_ZIP_STUMBLES = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
_PACKED = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF")


@dataclass(slots=True)
class Package:
    """A document's members by name, unpacked on first use."""

    archive: zipfile.ZipFile
    cleaning: Cleaning
    members: dict[str, zipfile.ZipInfo]
    _read: dict[str, bytes] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.members

    def names(self) -> list[str]:
        """The names of all members, as written."""
        return [member.filename for member in self.members.values()]

    def read(self, name: str) -> bytes:
        """The content of one member; names are compared without case (ECMA-376 part 2). Raises CannotAnonymise when it
        is missing, damaged or locked, or exceeds the limits."""
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
        # The declared size may be false: the unpacked size counts, and unpacking stops at the limit.
        limit = self.cleaning.room.octets
        try:
            with self.archive.open(member) as file:
                content = _read(file, min(limit, MAX_RATIO * max(member.compress_size, 4096)))
        except _ZIP_STUMBLES as error:
            raise broken() from error
        self.cleaning.room.take(len(content))
        return content


def _read(file: IO[bytes], limit: int) -> bytes:
    """All of a member, piece by piece. Raises CannotAnonymise as soon as it exceeds ``limit`` octets."""
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
            # Different programs could read different documents out of this.
            raise broken()
        if member.is_dir():
            continue
        members[member.filename.lower()] = member
    return Package(archive, cleaning, members)


def packed(parts: Iterable[tuple[str, bytes]], *, stored: frozenset[str] = frozenset()) -> bytes:
    """A ZIP of the parts, in order, all dated 1980-01-01; pictures and ``stored`` members are not compressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts:
            member = zipfile.ZipInfo(name, _EPOCH)
            member.create_system = 0
            member.external_attr = 0
            plain = name in stored or content.startswith(_PACKED)
            archive.writestr(member, content, zipfile.ZIP_STORED if plain else zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


def renamed(filename: str | None, extension: str) -> str | None:
    """The file name with the extension for the document's type."""
    if filename is None or filename.lower().endswith("." + extension):
        return filename
    stem, dot, old = filename.rpartition(".")
    return f"{stem if dot and stem and len(old) < 6 else filename}.{extension}"
