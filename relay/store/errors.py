"""Every way the store says no, and which faults of SQLite become which of them."""

from __future__ import annotations

import sqlite3


class StoreError(Exception):
    """The store cannot do this. The message is one line that says the remedy, and names no person."""


class StoreMissing(StoreError):  # noqa: N818 -- named for what is the matter
    """There is no database where one was expected, or an empty file."""


class StoreNewer(StoreError):  # noqa: N818 -- named for what is the matter
    """A later version of relay has changed this database."""


class StoreDamaged(StoreError):  # noqa: N818 -- named for what is the matter
    """This is not a sound database of ours, or not one of this vault key."""


class StoreBusyOrFull(StoreError):  # noqa: N818 -- named for what is the matter
    """Not now: the disk is full or failing, or another program holds the database. Nothing was written."""


_NOT_NOW = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PROTOCOL,
    }
)
_CLOSED = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})
_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def store_wide(error: sqlite3.Error) -> StoreError | None:
    """The StoreError for a fault of the whole database; None when only the statement was at fault.

    SQLite's extended result codes carry the primary one in their low octet (sqlite.org/rescode.html).
    """
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    if code & 0xFF in _CLOSED:
        return StoreBusyOrFull(
            f"the database cannot be written ({error.sqlite_errorname}): its disk is read-only, or relay has no "
            "permission; see to that, then try again"
        )
    if code & 0xFF in _NOT_NOW:
        return StoreBusyOrFull(
            f"the database cannot be used just now ({error.sqlite_errorname}); "
            "see that its disk has room and is writable, then try again"
        )
    if code & 0xFF in _BROKEN:
        return damaged()
    return None


def damaged() -> StoreDamaged:
    """The words for a database that does not read."""
    return StoreDamaged("the database is damaged; stop relay and restore the last backup with relay restore FILE")
