"""Creates and opens a PostgreSQL database for several relay nodes. Opening checks the key and applies migrations."""

from __future__ import annotations

import importlib
import sqlite3
from collections.abc import Callable
from typing import Any

from relay.store.engine.database import Database, Thread, version
from relay.store.engine.migrate import After, migrate, shipped
from relay.store.engine.vault_keys import check_key, write_proof
from relay.store.errors import StoreError, StoreMissing, store_wide
from relay.vault import Vault


async def create(url: str, vault: Vault) -> None:
    """Create relay's tables in the empty database at ``url``. Raises StoreError when it has them already."""
    thread = await _open_thread(url)
    try:
        await thread.run(lambda db: _make(db, vault))
    finally:
        await thread.close()


async def opened(url: str, vault: Vault, after: After) -> tuple[Thread, Thread]:
    """The reading and the writing connection. Raises StoreMissing, StoreNewer, StoreDamaged, StoreBusyOrFull."""
    writing = await _open_thread(url)
    try:
        await writing.run(lambda db: _make_ready(db, vault, after))
        return await _open_thread(url), writing
    except BaseException:
        await writing.close()
        raise


def connected(url: str) -> Any:
    """A connection for the calling thread, which must ``close`` it. Raises StoreError."""
    db = _postgres().Postgres(url)
    try:
        db.connect()
    except sqlite3.Error as error:
        raise _unavailable(error) from error
    return db


async def _open_thread(url: str) -> Any:
    try:
        return await _postgres().PostgresThread.open(url)
    except sqlite3.Error as error:
        raise _unavailable(error) from error


async def listen(url: str, heard: Callable[[], None]) -> Any:
    """Call ``heard`` when a node has queued a delivery. Returns the connection, to be closed. Raises StoreError."""
    try:
        return await _postgres().listen(url, heard)
    except sqlite3.Error as error:
        raise _unavailable(error) from error


def _postgres() -> Any:
    try:
        return importlib.import_module("relay.store.engine.postgres")
    except ModuleNotFoundError as error:
        raise StoreError("store.url names PostgreSQL, which needs psycopg", "install relay[postgresql]") from error


def _unavailable(error: sqlite3.Error) -> StoreError:
    """The error for a server that cannot be connected to."""
    return store_wide(error) or StoreError(f"the database cannot be opened ({error})")


def _check_encoding(db: Database) -> None:
    """Raise StoreError when the database cannot hold every letter and name."""
    encoding = db.execute("SHOW server_encoding").fetchone()[0]
    if encoding != "UTF8":
        raise StoreError(
            f"the database that store.url names is encoded in {encoding}",
            "make a new one with createdb --encoding=UTF8 --template=template0",
        )


def _make(db: Database, vault: Vault) -> None:
    _check_encoding(db)
    if version(db):
        raise StoreError("the database that store.url names holds a relay already", "it was not changed")
    migrate(db, shipped())
    write_proof(db, vault)


def _make_ready(db: Database, vault: Vault, after: After) -> None:
    if not version(db):
        raise StoreMissing("the database that store.url names holds no relay", "make one with relay store copy")
    migrate(db, shipped(), after)
    check_key(db, vault)
