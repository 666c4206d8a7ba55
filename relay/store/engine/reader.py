"""Reads on a connection of their own. In WAL mode they never wait for the writer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TypeVar

from relay.store.engine.database import Database, Thread
from relay.store.errors import StoreError, store_wide

T = TypeVar("T")


class Reader:
    """Runs functions that only read, each in one transaction (snapshot). ``prepare`` runs at its start."""

    def __init__(self, thread: Thread, prepare: Callable[[Database], None] = lambda _: None) -> None:
        self._thread, self._prepare = thread, prepare
        self._closed = False

    async def run(self, function: Callable[[Database], T], *, brief: bool = False) -> T:
        """Run ``function`` and return its value. ``brief``: it looks up a few rows by index; it then runs in the event
        loop's thread if the connection is idle. Raises StoreBusyOrFull, StoreDamaged, or what ``function`` raises."""
        if self._closed:
            raise StoreError("the database is closed; open it again")
        try:
            db = self._thread.connection_if_idle() if brief else None
            if db is not None:
                return self._in_snapshot(db, function)
            return await self._thread.run(lambda db: self._in_snapshot(db, function))
        except sqlite3.Error as error:
            raise store_wide(error) or error from error

    async def close(self) -> None:
        """Close the connection."""
        self._closed = True
        await self._thread.close()

    def _in_snapshot(self, db: Database, function: Callable[[Database], T]) -> T:
        db.execute("BEGIN")
        try:
            self._prepare(db)
            return function(db)
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")
