"""Reads on a connection of their own. In WAL mode they never wait for the writer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TypeVar

from relay.store.engine.database import Database, Thread
from relay.store.engine.vault_keys import KeyChanged
from relay.store.errors import StoreError, store_wide

T = TypeVar("T")


class Reader:
    """Runs functions that only read, each in one transaction (snapshot). ``ask_key`` runs at its start."""

    def __init__(self, thread: Thread, ask_key: Callable[[Database], KeyChanged] = lambda _: lambda: False) -> None:
        self._thread, self._ask_key = thread, ask_key
        self._closed = False

    async def run(self, function: Callable[[Database], T], *, brief: bool = False) -> T:
        """Run ``function`` and return its value. ``brief``: it looks up a few rows by index; it then runs in the event
        loop's thread if the connection is idle, and again when the vault key has just changed. Raises StoreBusyOrFull,
        StoreDamaged, or what ``function`` raises."""
        if self._closed:
            raise StoreError("the database is closed; open it again")
        try:
            db = self._thread.connection_if_idle() if brief else None
            if db is not None:
                return self._in_snapshot(db, function, brief=brief)
            return await self._thread.run(lambda db: self._in_snapshot(db, function, brief=brief))
        except sqlite3.Error as error:
            raise store_wide(error) or error from error

    async def close(self) -> None:
        """Close the connection."""
        self._closed = True
        await self._thread.close()

    def _in_snapshot(self, db: Database, function: Callable[[Database], T], *, brief: bool) -> T:
        db.execute("BEGIN")
        try:
            key_changed = self._ask_key(db)
            if brief:
                return _with_right_key(db, function, key_changed)
            key_changed()
            return function(db)
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")


def _with_right_key(db: Database, function: Callable[[Database], T], key_changed: KeyChanged) -> T:
    """Call ``function``, and again when it used an old key. On PostgreSQL asking first would be another round trip."""
    try:
        answer = function(db)
    except Exception:
        if not key_changed():
            raise
    else:
        if not key_changed():
            return answer
    return function(db)
