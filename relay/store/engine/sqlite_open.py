"""Creates and opens an SQLite file: one connection that writes, and one that only reads."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from relay.store.engine import sqlite
from relay.store.engine.connection_thread import ConnectionThread
from relay.store.engine.database import Thread
from relay.store.engine.migrate import After, shipped
from relay.store.engine.upgrade import BeforeUpgrade
from relay.vault import Vault


async def create(path: Path, vault: Vault) -> None:
    """Create the file at ``path`` with relay's tables. Raises StoreError when there is one already."""
    await asyncio.to_thread(sqlite.create, path, vault)


async def opened(
    path: Path, vault: Vault, after: After, before: BeforeUpgrade | None, *, checkpoints: bool
) -> tuple[Thread, Thread]:
    """The reading and the writing connection. Raises StoreMissing, StoreNewer, StoreDamaged, StoreBusyOrFull."""
    file = await asyncio.to_thread(sqlite.check_there, path)
    writing = await ConnectionThread.open(str(file))
    try:
        await writing.run(
            lambda db: sqlite.make_ready(db, file, vault, shipped(), after, checkpoints=checkpoints, before=before)
        )
        # After the writer, because a read-only connection cannot create the WAL index.
        return await _reading(file), writing
    except BaseException:
        await writing.close()
        raise


def connected(path: Path) -> sqlite3.Connection:
    """A connection for the calling thread, which must ``close`` it."""
    db = sqlite3.connect(path, isolation_level=None)
    sqlite.tune(db, checkpoints=True)
    return db


async def _reading(file: Path) -> ConnectionThread:
    reading = await ConnectionThread.open(file.as_uri() + "?mode=ro", uri=True)
    try:
        await reading.run(lambda db: sqlite.tune_reader(db, file))
    except BaseException:
        await reading.close()
        raise
    return reading
