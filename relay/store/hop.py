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


class Hop:
    """A connection and its thread. ``close`` must be called, or the process does not end."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, database: str, *, uri: bool = False) -> Hop:
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
        return cast(T, await execute(lambda: function(cast(Any, connection._conn))))

    async def close(self) -> None:
        """Close the connection and end the thread."""
        await self._connection.close()


async def _connect(database: str, uri: bool) -> aiosqlite.Connection:
    return await aiosqlite.connect(database, uri=uri, isolation_level=None, cached_statements=256)
