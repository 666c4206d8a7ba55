"""Errors of the store, and which SQLite errors become which of them."""

from __future__ import annotations

import sqlite3


class StoreError(Exception):
    """The store cannot do this. The message is one line with the remedy, and names no person."""


class StoreMissing(StoreError):  # noqa: N818 -- named after the condition
    """The database does not exist, or is an empty file."""


class StoreNewer(StoreError):  # noqa: N818 -- named after the condition
    """A newer version of relay has migrated this database."""


class StoreDamaged(StoreError):  # noqa: N818 -- named after the condition
    """The database is damaged, not relay's, or belongs to another vault key."""


class StoreBusyOrFull(StoreError):  # noqa: N818 -- named after the condition
    """A temporary error: the disk is full or failing, or another program has locked the database. Nothing was
    written."""


_TEMPORARY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PROTOCOL,
    }
)
_NOT_WRITABLE = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})
_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def store_wide(error: sqlite3.Error) -> StoreError | None:
    """The StoreError for an error of the whole database; None when only the statement failed.

    SQLite's extended result codes carry the primary one in their low octet (sqlite.org/rescode.html).
    """
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    if code & 0xFF in _NOT_WRITABLE:
        return StoreBusyOrFull(
            f"the database cannot be written ({error.sqlite_errorname}): its disk is read-only, or relay has no "
            "permission; correct that, then try again"
        )
    if code & 0xFF in _TEMPORARY:
        return StoreBusyOrFull(
            f"the database cannot be used at the moment ({error.sqlite_errorname}); "
            "check that its disk has space and is writable, then try again"
        )
    if code & 0xFF in _BROKEN:
        return damaged()
    return None


def damaged() -> StoreDamaged:
    """The error for a database that cannot be read."""
    return StoreDamaged("the database is damaged; stop relay and restore the last backup with relay restore FILE")
