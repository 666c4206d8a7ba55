"""Errors of SQLite as what they are, each with what to do."""

from __future__ import annotations

import sqlite3

import pytest

from relay.store import StoreBusyOrFull, StoreDamaged, StoreError, StoreForbidden, StoreLocked
from relay.store.errors import store_wide


@pytest.mark.parametrize(
    ("name", "kind", "what", "remedy"),
    [
        ("SQLITE_FULL", StoreBusyOrFull, "the disk of the database is full", "free some space"),
        ("SQLITE_IOERR_SHMSIZE", StoreBusyOrFull, "the disk of the database is full", "free some space"),
        ("SQLITE_IOERR_WRITE", StoreBusyOrFull, "fails or is full (SQLITE_IOERR_WRITE)", "df"),
        ("SQLITE_NOMEM", StoreBusyOrFull, "not enough memory", "free some memory"),
        ("SQLITE_BUSY", StoreLocked, "another program has locked the database", "relay check names it"),
        ("SQLITE_BUSY_SNAPSHOT", StoreLocked, "another program has locked the database", "relay check names it"),
        ("SQLITE_CANTOPEN", StoreForbidden, "no permission", "run relay as the user who owns"),
        ("SQLITE_READONLY_DIRECTORY", StoreForbidden, "its disk is read-only", "run relay as the user who owns"),
        ("SQLITE_CORRUPT", StoreDamaged, "is damaged", "relay restore FILE"),
    ],
)
def test_each_error_of_the_whole_database_says_what_to_do(
    name: str, kind: type[StoreError], what: str, remedy: str
) -> None:
    error = sqlite3.OperationalError("told by SQLite")
    error.sqlite_errorcode, error.sqlite_errorname = getattr(sqlite3, name), name
    told = store_wide(error)
    assert type(told) is kind and what in told.what and remedy in told.remedy
    assert str(told) == f"{told.what}; {told.remedy}"


def test_an_error_of_one_statement_is_none_of_these() -> None:
    error = sqlite3.IntegrityError("told by SQLite")
    error.sqlite_errorcode, error.sqlite_errorname = sqlite3.SQLITE_CONSTRAINT, "SQLITE_CONSTRAINT"
    assert store_wide(error) is None
    assert store_wide(sqlite3.ProgrammingError("no code")) is None
