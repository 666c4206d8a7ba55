"""Which programs have locked a SQLite file, or have it open (proc_locks(5), proc_pid_fd(5)). Linux only."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from relay.store.errors import StoreLocked

_WRITING, _FIRST_READING = 120, 123
"""Octets of the -shm file that SQLite locks: one to write, one to checkpoint, one to recover, then the readers'
(sqlite.org/walformat.html)."""


@dataclass(frozen=True, slots=True)
class Program:
    """A running program. ``name`` is "" when this user may not see it."""

    pid: int
    name: str

    def __str__(self) -> str:
        return f"{self.name or 'a program'} (process {self.pid})"


def check_unlocked(database: Path, seconds: float) -> None:
    """Raise StoreLocked, with the names of the programs, when nobody else could write to ``database`` for ``seconds``.
    Other faults are left to whoever opens it."""
    if not database.is_file():
        return
    try:
        with contextlib.closing(sqlite3.connect(database, timeout=seconds, isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")
            db.execute("ROLLBACK")
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            raise StoreLocked(*_named(database)) from error


def _named(database: Path) -> tuple[str, str]:
    """What is wrong with a locked database, and what to do."""
    if found := lock_holders(database):
        return f"{_list(found)} has locked the database", f"see what it does, and end it: ps {found[0].pid}"
    remedy = f"find out which, as root: fuser -v {database}"
    if found := openers(database):
        return f"the database is locked; {_list(found)} has it open", remedy
    return "another program has locked the database", remedy


def _list(programs: list[Program]) -> str:
    return ", ".join(map(str, programs))


def lock_holders(database: Path, proc: Path = Path("/proc")) -> list[Program]:
    """The other programs that have a write lock on ``database``. Empty when nobody has, or when nothing can be seen."""
    files = {_key(path): path for path in (database, _beside(database, "-shm")) if path.exists()}
    holders = {pid for pid, key, first in _write_locks(proc) if key in files and _locks_all(files[key], first)}
    return [Program(pid, _name(proc, pid)) for pid in sorted(holders - {os.getpid()})]


def openers(database: Path, proc: Path = Path("/proc")) -> list[Program]:
    """The other programs that have ``database`` open, as far as this user may see."""
    wanted = _key(database)
    found = {pid for pid in _processes(proc) if pid != os.getpid() and wanted in _open_files(proc / str(pid) / "fd")}
    return [Program(pid, _name(proc, pid)) for pid in sorted(found)]


def _beside(database: Path, end: str) -> Path:
    return database.with_name(database.name + end)


def _locks_all(path: Path, first: int) -> bool:
    """Whether a write lock at ``first`` keeps others from writing. SQLite's readers take write locks for a moment."""
    return not path.name.endswith("-shm") or _WRITING <= first < _FIRST_READING


def _write_locks(proc: Path) -> Iterator[tuple[int, tuple[int, int, int], int]]:
    """Each write lock: process, file (device and inode), first octet."""
    try:
        lines = (proc / "locks").read_text("ascii").splitlines()
    except OSError:
        return
    for line in lines:
        words = line.split()
        if len(words) == 8 and words[1] in ("POSIX", "OFDLCK") and words[3] == "WRITE":
            major, minor, inode = words[5].split(":")
            yield int(words[4]), (int(major, 16), int(minor, 16), int(inode)), int(words[6])


def _key(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return os.major(found.st_dev), os.minor(found.st_dev), found.st_ino


def _processes(proc: Path) -> Iterator[int]:
    try:
        yield from (int(one.name) for one in proc.iterdir() if one.name.isdigit())
    except OSError:
        return


def _open_files(folder: Path) -> set[tuple[int, int, int]]:
    found = set()
    try:
        for link in folder.iterdir():
            try:
                found.add(_key(link))
            except OSError:
                continue
    except OSError:
        pass
    return found


def _name(proc: Path, pid: int) -> str:
    try:
        return (proc / str(pid) / "comm").read_text("utf-8", "replace").strip()
    except OSError:
        return ""
