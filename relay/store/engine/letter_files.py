"""Large letters as sealed files beside SQLite's file, so that each is written once, and not through the log as well.

A file is on the disk before the row that names it is committed, has a name that is never used again, and goes only when
no committed row names it. Whatever stops the process leaves at most a file without a row, which a job removes
(large_letters.py).
"""

from __future__ import annotations

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from relay.durable_files import sync_folder
from relay.store.errors import StoreBusyOrFull
from relay.vault import Vault, VaultError, open_apart, seal_apart

_AT_ONCE = 500
"""Names in one statement: SQLite binds at most 999 values before 3.32."""
_TRIGGERS = (
    "CREATE TEMP TRIGGER IF NOT EXISTS letter_gone AFTER DELETE ON main.letter WHEN old.file IS NOT NULL "
    "BEGIN SELECT letter_file_gone(old.file); END",
    "CREATE TEMP TRIGGER IF NOT EXISTS letter_replaced AFTER UPDATE OF file ON main.letter "
    "WHEN old.file IS NOT NULL AND new.file IS NOT old.file BEGIN SELECT letter_file_gone(old.file); END",
)


@dataclass(frozen=True, slots=True)
class LetterFile:
    """A sealed letter that is on the disk: its name, and the key that opens it and nothing else."""

    name: str
    key: bytes


class LetterFiles:
    """The folder of sealed letters that belongs to one SQLite file. It is made with its first file."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self.folder = database.with_name(database.name + "-letters")
        self.gone: list[str] = []
        """Names that rows had, perhaps in a transaction that was rolled back: ``remove_gone`` asks the database."""

    def put(self, content: bytes) -> LetterFile:
        """Seal ``content`` into a new file, which is on the disk when this returns. Raises StoreBusyOrFull."""
        name = secrets.token_hex(16)
        key, pieces = seal_apart(content, name)
        try:
            self._make_folder()
            try:
                self._write(name, pieces)
            except OSError:
                (self.folder / name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise _cannot_write(error) from error
        return LetterFile(name, key)

    def read(self, name: str, key: bytes) -> bytes:
        """The content of a file. Raises VaultError when it is missing or damaged."""
        try:
            sealed = (self.folder / name).read_bytes()
        except OSError as error:
            raise VaultError("the file of a letter cannot be read") from error
        return open_apart(key, sealed, name)

    def is_there(self, name: str) -> bool:
        """Whether the file exists."""
        return (self.folder / name).is_file()

    def octets(self) -> int:
        """The size of all files together."""
        return sum(stat.st_size for _, stat in self._entries())

    @contextmanager
    def staying(self) -> Iterator[None]:
        """No process removes a file meanwhile: for reading what a snapshot of the database names."""
        self._make_folder()
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_SH)
            yield
        finally:
            os.close(handle)

    def remove_gone(self, db: Any) -> None:
        """Remove the files in ``gone`` that no committed row names. Call it between two transactions."""
        names = self.gone[:]
        del self.gone[: len(names)]
        self._remove(unnamed(db, names))

    def older(self, before: datetime) -> list[str]:
        """The files last written ``before``."""
        return [name for name, stat in self._entries() if stat.st_mtime < before.timestamp()]

    def remove_unnamed(self, db: Any, names: Sequence[str]) -> int:
        """Remove those of ``names`` that no row names. Returns how many.

        Call it in a transaction that has the write lock: whoever accepts a letter sees, with this lock, whether its
        file is still there.
        """
        return self._remove(unnamed(db, names))

    def _remove(self, names: Sequence[str]) -> int:
        """Returns how many. While somebody copies the database none: the job takes them later."""
        if not names or not self.folder.is_dir():
            return 0
        removed = 0
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for name in names:
                with suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=handle)
                    removed += 1
        except BlockingIOError:
            return 0
        finally:
            os.close(handle)
        return removed

    def _entries(self) -> Iterator[tuple[str, os.stat_result]]:
        with suppress(FileNotFoundError), os.scandir(self.folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # removed meanwhile
                    yield entry.name, entry.stat()

    def _make_folder(self) -> None:
        if not self.folder.is_dir():
            self.folder.mkdir(mode=0o700, exist_ok=True)
            _as_owner(self.folder, self._database)
            sync_folder(self.folder.parent)

    def _write(self, name: str, pieces: Sequence[bytes]) -> None:
        handle = os.open(self.folder / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb", buffering=0) as file:
            for piece in pieces:
                rest = memoryview(piece)
                while rest:
                    rest = rest[file.write(rest) or 0 :]
            _as_owner(handle, self._database)
            _flush(handle)
        sync_folder(self.folder)


class LetterConnection(sqlite3.Connection):
    """A connection to relay's SQLite file that knows the folder of its large letters."""

    letter_files: LetterFiles | None = None


def letter_files(db: Any) -> LetterFiles | None:
    """The folder of a connection's large letters; None on PostgreSQL, where all letters are in the table."""
    return getattr(db, "letter_files", None)


def watch(db: sqlite3.Connection, files: LetterFiles) -> None:
    """Have every row that loses its file, whatever statement does it, note the name in ``files.gone``."""
    db.create_function("letter_file_gone", 1, files.gone.append)
    for trigger in _TRIGGERS:
        db.execute(trigger)


def key_row(row: str) -> str:
    """The row name that the key of a file is sealed for: not the letter's own, so that no key is taken for one."""
    return f"{row}/file"


def take_in(copy: sqlite3.Connection, vault: Vault, files: LetterFiles) -> None:
    """Put the letters in files into the table of a copy of the database. One that cannot be read keeps its file's name,
    so that it cannot be read there either."""
    rows = copy.execute("SELECT number, journal, part, sealed, file FROM letter WHERE file IS NOT NULL").fetchall()
    copy.execute("BEGIN")
    for number, journal, part, sealed, file in rows:
        whole = sealed_whole(vault, files, f"letter/{journal}/{part}", sealed, file)
        if whole is not None:
            copy.execute("UPDATE letter SET sealed = ?, file = NULL WHERE number = ?", (whole, number))
    copy.execute("COMMIT")


def sealed_whole(vault: Vault, files: LetterFiles, row: str, sealed: bytes, file: str) -> bytes | None:
    """The letter of a file, sealed for the table; None when it cannot be read."""
    try:
        return vault.seal(files.read(file, vault.open(sealed, key_row(row))), row)
    except VaultError:
        return None


def unnamed(db: Any, names: Sequence[str]) -> list[str]:
    """Those of ``names`` that no row of this connection's view has."""
    kept: set[str] = set()
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        places = ", ".join("?" * len(some))
        kept.update(row[0] for row in db.execute(f"SELECT file FROM letter WHERE file IN ({places})", some))  # noqa: S608
    return [name for name in names if name not in kept]


def _as_owner(made: Path | int, database: Path) -> None:
    """Give what root made to the owner of the database, as SQLite does with its log."""
    if os.geteuid() == 0:
        owner = database.stat()
        os.chown(made, owner.st_uid, owner.st_gid)


def _flush(handle: int) -> None:
    """What PRAGMA fullfsync does: on macOS fsync alone leaves data in the drive's cache."""
    full = getattr(fcntl, "F_FULLFSYNC", None)
    if full is None:
        os.fsync(handle)
    else:
        fcntl.fcntl(handle, full)


def _cannot_write(error: OSError) -> StoreBusyOrFull:
    return StoreBusyOrFull(
        f"a large letter cannot be written beside the database ({error.strerror})",
        "see df and the permissions of that folder, then try again",
    )
