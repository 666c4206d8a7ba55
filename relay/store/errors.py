"""Errors of the store, and which SQLite errors become which of them."""

from __future__ import annotations

import sqlite3


class StoreError(Exception):
    """The store cannot do this. The message is one line, ``what`` is wrong and then the ``remedy``, and names no
    person."""

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what}; {remedy}" if remedy else what)
        self.what = what
        self.remedy = remedy


class StoreMissing(StoreError):  # noqa: N818 -- named after the condition
    """The database does not exist, or is an empty file."""


class StoreNewer(StoreError):  # noqa: N818 -- named after the condition
    """A newer version of relay has migrated this database."""


class StoreDamaged(StoreError):  # noqa: N818 -- named after the condition
    """The database is damaged, not relay's, or belongs to another vault key."""


class StoreChanged(StoreError):  # noqa: N818 -- named after the condition
    """What was read to decide this has changed meanwhile. Nothing was written; decided again, it may be possible."""


class StoreBusyOrFull(StoreError):  # noqa: N818 -- named after the condition
    """A temporary error: the disk is full or failing, another program has locked the database, or its server cannot be
    reached. Nothing was written; only when the connection was lost during a commit, that may have been made."""


class StoreLocked(StoreBusyOrFull):
    """Another program has locked the database."""


class StoreForbidden(StoreBusyOrFull):
    """This user may not read or write the database, or its disk is read-only."""


SERVER_REFUSES = "RefusedByServer"
"""The name of the error of a database server that can be reached, but does not let relay in."""
SERVER_LOST = "ServerLost"
"""The name of the error of a database server that cannot be reached, or has ended the connection."""
_SERVER = {
    SERVER_REFUSES: (
        "PostgreSQL refuses relay's connection",
        "the log of PostgreSQL says why: it starts or stops, takes no more connections, or user, password or database "
        "in store.url are wrong",
    ),
    SERVER_LOST: (
        "the PostgreSQL server that store.url names cannot be reached",
        "see whether it runs and this machine reaches it, and check its name and port in store.url",
    ),
}

_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
_FORBIDDEN = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH})
_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_NO_ROOM = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE})
"""SQLITE_IOERR_SHMSIZE: the file beside the database (-shm) cannot grow (sqlite.org/rescode.html)."""


def store_wide(error: sqlite3.Error) -> StoreError | None:
    """The StoreError for an error of the whole database; None when only the statement failed.

    SQLite's extended result codes carry the primary one in their low octet (sqlite.org/rescode.html).
    """
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    if code & 0xFF in _BROKEN:
        return damaged()
    if error.sqlite_errorname in _SERVER:
        return StoreBusyOrFull(*_SERVER[error.sqlite_errorname])
    return _no_room(code, error.sqlite_errorname) or _no_way(code & 0xFF, error.sqlite_errorname)


def _no_room(code: int, name: str) -> StoreError | None:
    if code in _NO_ROOM:
        return StoreBusyOrFull("the disk of the database is full", "free some space there, then try again")
    if code & 0xFF == sqlite3.SQLITE_IOERR:
        return StoreBusyOrFull(
            f"the disk of the database fails or is full ({name})",
            "see df and the system's log for that disk, then try again",
        )
    if code & 0xFF == sqlite3.SQLITE_NOMEM:
        return StoreBusyOrFull("there is not enough memory for the database", "free some memory, then try again")
    return None


def _no_way(primary: int, name: str) -> StoreError | None:
    if primary in _LOCKED and not name.startswith("SQLITE_"):
        return StoreBusyOrFull(
            f"PostgreSQL could not do this now ({name})", "the log of PostgreSQL says more; then try again"
        )
    if primary in _LOCKED:
        return StoreLocked(
            "another program has locked the database",
            "wait until it ends, or end it (relay check names it), then try again",
        )
    if primary in _FORBIDDEN:
        return StoreForbidden(
            f"the database cannot be written ({name}): its disk is read-only, or relay has no permission",
            "run relay as the user who owns the home folder, then try again",
        )
    return None


def damaged() -> StoreDamaged:
    """The error for a database that cannot be read."""
    return StoreDamaged("the database is damaged", "stop relay and restore the last backup with relay restore FILE")
