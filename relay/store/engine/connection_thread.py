"""One SQLite connection in a thread of its own, to which whole functions are sent: one hop a function."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

import aiosqlite

T = TypeVar("T")


class _Executes(Protocol):
    async def __call__(self, function: Callable[[], object]) -> object: ...


class ConnectionThread:
    """A connection and its thread. ``close`` must be called, or the process does not end."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._begun = self._ended = 0  # functions: the loop counts those sent, the thread those it is through with

    @classmethod
    async def open(cls, database: str, *, uri: bool = False) -> ConnectionThread:
        """Open ``database``. Transactions are begun and ended by whoever sends functions. Raises sqlite3.Error."""
        opening = asyncio.ensure_future(_connect(database, uri))
        try:
            return cls(await asyncio.shield(opening))
        except asyncio.CancelledError:
            # aiosqlite forgets thread and handle when it is cancelled while opening.
            await (await opening).close()
            raise

    async def run(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Call ``function`` with the connection, in its thread. A cancelled wait does not stop the function."""
        # aiosqlite's public methods take one statement a hop (2,700 rows/s; whole functions: 25,000 and more).
        # A closure, never arguments: aiosqlite writes the arguments to its debug log.
        connection = self._connection
        execute = cast(_Executes, connection._execute)

        def work() -> T:
            try:
                return function(cast(Any, connection._conn))
            finally:
                self._ended += 1

        self._begun += 1
        return cast(T, await execute(work))

    def at_hand(self) -> sqlite3.Connection | None:
        """The connection, to be used here and now and not beyond the next await; None while its thread has work.

        For statements that wait for nobody. Each step of SQLite lets go of the interpreter, and a thread that wants it
        back from a busy loop waits many times longer than such a statement takes.
        """
        return self._connection._conn if self._begun == self._ended else None

    async def close(self) -> None:
        """Close the connection and end the thread."""
        await self._connection.close()


async def _connect(database: str, uri: bool) -> aiosqlite.Connection:
    # One thread at a time, but not always the same one: see at_hand.
    return await aiosqlite.connect(
        database, uri=uri, isolation_level=None, cached_statements=256, check_same_thread=False
    )
