"""The backup file: a plain tar of known names, each once, with a seal over all of them at its end.

It is read here and not by tarfile, whose extraction filter Debian 12's Python 3.11.2 does not have: links, devices,
absolute names and sparse files need no filter where nobody understands them.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import os
import stat
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from relay.upkeep.backup_layout import (
    DATABASE,
    FORM,
    LARGEST,
    MANIFEST,
    MOST_MEMBERS,
    SEAL,
    SETTINGS,
    UnfitError,
    check_name,
)
from relay.vault import Vault

_BLOCK = 512
_CHUNK = 1024 * 1024
_LONGEST_EXTENSION = 8192  # octets of a pax header: a path and a size
_SEAL_HEAD = "relay backup seal 1\n"
_SEAL_TAIL = b"seal "


@dataclass(frozen=True, slots=True)
class Contents:
    """What was unpacked: ``listing`` is made of what was found, ``claimed`` and ``mac`` are the seal, if it has one."""

    form: int
    listing: bytes
    claimed: bytes = b""
    mac: bytes = b""

    def altered(self, vault: Vault) -> str | None:
        """What is not as it was when a holder of the vault key made the file: the name of a member, or "" when the seal
        itself does not hold; None when everything is as it was."""
        if not hmac.compare_digest(vault.vouch(self.claimed), self.mac):
            return ""
        if hmac.compare_digest(self.claimed, self.listing):
            return None
        found, said = _by_name(self.listing), _by_name(self.claimed)
        return next((name for name in {**said, **found} if found.get(name) != said.get(name)), "")


def pack(out: BinaryIO, vault: Vault, members: Iterable[tuple[str, bytes | Path]]) -> None:
    """Write a backup of ``members``, name and content (a path: of a file that nobody changes meanwhile), and seal it.

    Each octet is read once. Raises UnfitError for what could not be read back, OSError.
    """
    lines: list[str] = []
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in members:
            if len(lines) == MOST_MEMBERS:
                raise UnfitError(f"there are more than {MOST_MEMBERS} files in templates and keys")
            check_name(name)
            with io.BytesIO(content) if isinstance(content, bytes) else content.open("rb") as file:
                lines.append(_add(tar, name, file))
        listing = _listing(lines)
        seal = listing + _SEAL_TAIL + vault.vouch(listing).hex().encode() + b"\n"
        _add(tar, SEAL, io.BytesIO(seal))


def _add(tar: tarfile.TarFile, name: str, file: BinaryIO) -> str:
    """Write one member; returns its line of the listing."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = file.seek(0, os.SEEK_END), 0o600
    file.seek(0)
    if entry.size > LARGEST and name != DATABASE:
        raise UnfitError(f"{name} has more than {LARGEST // 1024**2} MiB")
    reading = _Hashing(file)
    tar.addfile(entry, reading)  # type: ignore[arg-type]  # of a file it only reads
    return _line(name, entry.size, reading.digest.hexdigest())


class _Hashing:
    """A file whose content is hashed while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


def unpack(file: Path, folder: Path) -> Contents:
    """Unpack a backup into an empty ``folder`` of ours, durably. Nothing of it is to be trusted before ``altered`` was
    asked.

    Raises UnfitError when it is no backup, is cut short, or holds what no backup holds; OSError.
    """
    lines: list[str] = []
    names: set[str] = set()
    form = 0
    # O_NONBLOCK: a pipe that nobody writes to must not be waited for.
    with closing(os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK), "rb")) as tar:
        for member in _members(tar):
            if member.name in names:
                raise UnfitError(f"{member.name} is in it twice")
            if SEAL in names or len(names) > MOST_MEMBERS or (member.name == MANIFEST) != (not names):
                raise UnfitError("its contents are not in the order of a backup")
            names.add(member.name)
            digest = _written(member, folder)
            if member.name == MANIFEST:
                form = _form(folder / MANIFEST)
            if member.name != SEAL:
                lines.append(_line(member.name, member.size, digest))
    if not {SETTINGS, DATABASE} <= names:
        raise UnfitError("it holds no settings, or no database")
    if form == FORM and SEAL not in names:
        raise UnfitError("its seal is missing")
    claimed, mac = _sealed((folder / SEAL).read_bytes()) if SEAL in names else (b"", b"")
    return Contents(form, _listing(lines), claimed, mac)


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    size: int
    content: Iterator[bytes]


def _members(tar: BinaryIO) -> Iterator[_Member]:
    """The members of a tar; the content of each is to be read before the next is asked for."""
    status = os.fstat(tar.fileno())
    if not stat.S_ISREG(status.st_mode):
        raise UnfitError("it is no file")
    extension: dict[str, str] = {}
    while (block := tar.read(_BLOCK)).strip(b"\0"):
        name, size, kind = _header(block)
        name, size = extension.get("path", name), _number(extension.get("size", str(size)), 10)
        if size > status.st_size - tar.tell():
            raise UnfitError("it is cut short")
        if kind == b"x" and not extension:
            extension = _extension(tar, size)
            continue
        if kind not in (b"0", b"\0"):
            raise UnfitError("it holds something other than files: a link, a folder or a device")
        check_name(name)
        if size > LARGEST and name != DATABASE:
            raise UnfitError(f"{name} in it is too large")
        extension = {}
        yield _Member(name, size, _content(tar, size))
    if len(block) < _BLOCK:
        raise UnfitError("it is cut short")


def _header(block: bytes) -> tuple[str, int, bytes]:
    """Name, size and kind that a header block gives (POSIX.1-2017, pax, "ustar Interchange Format")."""
    blanked = block[:148] + b" " * 8 + block[156:]
    magic, prefix = block[257:263], block[345:500]
    if len(block) < _BLOCK or magic != b"ustar\0" or sum(blanked) != _octal(block[148:156]) or prefix.strip(b"\0"):
        raise UnfitError("it is no backup of relay, or is damaged")
    return block[:100].rstrip(b"\0").decode("ascii", "replace"), _octal(block[124:136]), block[156:157]


def _extension(tar: BinaryIO, size: int) -> dict[str, str]:
    """The records of a pax header: of ours only paths and sizes that have no room in a ustar header."""
    if size > _LONGEST_EXTENSION:
        raise UnfitError("a header in it is none that relay writes: it was altered, or is damaged")
    rest, records = b"".join(_content(tar, size)), {}
    while rest:
        length = _number(rest.partition(b" ")[0].decode("ascii", "replace"), 10)
        key, equals, value = rest[:length].partition(b" ")[2].removesuffix(b"\n").partition(b"=")
        if not equals or not 0 < length <= len(rest) or key not in (b"path", b"size"):
            raise UnfitError("a header in it is none that relay writes: it was altered, or is damaged")
        records[key.decode()] = value.decode("utf-8", "replace")
        rest = rest[length:]
    return records


def _content(tar: BinaryIO, size: int) -> Iterator[bytes]:
    """``size`` octets, and the zeros that fill their last block."""
    left = size
    while left:
        chunk = tar.read(min(left, _CHUNK))
        if not chunk:
            raise UnfitError("it is cut short")
        left -= len(chunk)
        yield chunk
    tar.read(-size % _BLOCK)


def _written(member: _Member, folder: Path) -> str:
    """Write a member into ``folder``; returns its SHA-256."""
    path, digest = folder / member.name, hashlib.sha256()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    except (FileExistsError, NotADirectoryError):
        raise UnfitError("it holds a file and a folder of one name") from None
    with os.fdopen(handle, "wb") as out:
        for chunk in member.content:
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


def _form(manifest: Path) -> int:
    try:
        form = json.loads(manifest.read_bytes())["form"]
    except (ValueError, LookupError, TypeError, RecursionError):
        form = None
    if not isinstance(form, int) or form < 1:
        raise UnfitError("it is no backup of relay, or is damaged")
    if form > FORM:
        raise UnfitError("a newer relay made it", "install that version, or a later one")
    return form


def _sealed(seal: bytes) -> tuple[bytes, bytes]:
    """The listing in a seal, and its MAC."""
    start = seal.rstrip(b"\n").rfind(b"\n") + 1
    try:
        return seal[:start], bytes.fromhex(seal[start:].removeprefix(_SEAL_TAIL).decode("ascii"))
    except ValueError:
        raise UnfitError("its seal cannot be read") from None


def _line(name: str, size: int, digest: str) -> str:
    return f"{digest} {size} {name}\n"


def _listing(lines: list[str]) -> bytes:
    return (_SEAL_HEAD + "".join(lines)).encode()


def _by_name(listing: bytes) -> dict[str, str]:
    """Digest and size of each member."""
    rows = [line.split(" ", 2) for line in listing.decode("utf-8", "replace").split("\n")[1:-1]]
    return {row[-1]: " ".join(row[:-1]) for row in rows}


def _octal(number: bytes) -> int:
    return _number(number.strip(b"\0 ").decode("ascii", "replace"), 8)


def _number(digits: str, base: int) -> int:
    if not digits.isascii() or not digits.isdigit() or len(digits) > 16:
        raise UnfitError("a header in it is none that relay writes: it was altered, or is damaged")
    try:
        return int(digits, base)
    except ValueError:
        raise UnfitError("a header in it is none that relay writes: it was altered, or is damaged") from None
