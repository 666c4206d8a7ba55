"""Reads and writes the backup file: a tar whose last member is its seal.

The seal lists name, size and SHA-256 of every member, with an HMAC-SHA-256 that only a holder of the vault key can
make.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import os
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from relay.operations.backup_layout import (
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
from relay.operations.backup_tar import Member, members
from relay.vault import Vault

_SEAL_HEAD = "relay backup seal 1\n"
_SEAL_TAIL = b"seal "


@dataclass(frozen=True, slots=True)
class Contents:
    """What was unpacked. ``listing`` describes the members found; ``claimed`` and ``mac`` are the seal, if there is
    one."""

    form: int
    listing: bytes
    claimed: bytes = b""
    mac: bytes = b""

    def altered(self, vault: Vault) -> str | None:
        """The name of a member that was altered since the backup was made, "" when the seal itself is wrong, or None
        when nothing was altered."""
        if not vault.verify_backup_mac(self.claimed, self.mac):
            return ""
        if hmac.compare_digest(self.claimed, self.listing):
            return None
        found, claimed = _by_name(self.listing), _by_name(self.claimed)
        return next((name for name in {**claimed, **found} if found.get(name) != claimed.get(name)), "")


def pack(out: BinaryIO, vault: Vault, contents: Iterable[tuple[str, bytes | Path]]) -> None:
    """Write a backup with its seal. ``contents`` are (name, content), where content may be the path of a file.

    Nobody may change such a file meanwhile. Each octet is read once. Raises UnfitError for a member that ``unpack``
    would refuse, OSError.
    """
    lines: list[str] = []
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in contents:
            if len(lines) == MOST_MEMBERS:
                raise UnfitError(f"there are more than {MOST_MEMBERS} files in templates and keys")
            check_name(name)
            with io.BytesIO(content) if isinstance(content, bytes) else content.open("rb") as file:
                lines.append(_add(tar, name, file))
        listing = _listing(lines)
        seal = listing + _SEAL_TAIL + vault.backup_mac(listing).hex().encode() + b"\n"
        _add(tar, SEAL, io.BytesIO(seal))


def _add(tar: tarfile.TarFile, name: str, file: BinaryIO) -> str:
    """Write one member. Returns its line of the listing."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = file.seek(0, os.SEEK_END), 0o600
    file.seek(0)
    if entry.size > LARGEST and name != DATABASE:
        raise UnfitError(f"{name} has more than {LARGEST // 1024**2} MiB")
    reading = _Hashing(file)
    tar.addfile(entry, reading)  # type: ignore[arg-type]  # it calls nothing but read()
    return _line(name, entry.size, reading.digest.hexdigest())


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


def unpack(file: Path, folder: Path) -> Contents:
    """Unpack a backup into an empty ``folder``, flushed to disk. Trust nothing in it until ``altered`` returned None.

    Raises UnfitError when the file is no backup, is cut short, or has members that no backup has; OSError.
    """
    lines: list[str] = []
    names: set[str] = set()
    form = 0
    # O_NONBLOCK: opening a pipe without a writer must not block.
    with os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK), "rb") as tar:
        for member in members(tar):
            if member.name in names:
                raise UnfitError(f"{member.name} is in it twice")
            if SEAL in names or len(names) > MOST_MEMBERS or (member.name == MANIFEST) != (not names):
                raise UnfitError("its contents are not in the order of a backup")
            names.add(member.name)
            digest = _write(member, folder)
            if member.name == MANIFEST:
                form = _form(folder / MANIFEST)
            if member.name != SEAL:
                lines.append(_line(member.name, member.size, digest))
    if not {SETTINGS, DATABASE} <= names:
        raise UnfitError("it holds no settings, or no database")
    if form == FORM and SEAL not in names:
        raise UnfitError("its seal is missing")
    claimed, mac = _parse_seal((folder / SEAL).read_bytes()) if SEAL in names else (b"", b"")
    return Contents(form, _listing(lines), claimed, mac)


def _write(member: Member, folder: Path) -> str:
    """Write a member into ``folder``. Returns its SHA-256 in hexadecimal."""
    path, digest = folder / member.name, hashlib.sha256()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    except (FileExistsError, NotADirectoryError):
        raise UnfitError("it holds a file and a folder of the same name") from None
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
        raise UnfitError("a newer version of relay made it", "install that version or a later one")
    return form


def _parse_seal(seal: bytes) -> tuple[bytes, bytes]:
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
    """Name → digest and size, of each member in a listing."""
    rows = [line.split(" ", 2) for line in listing.decode("utf-8", "replace").split("\n")[1:-1]]
    return {row[-1]: " ".join(row[:-1]) for row in rows}
