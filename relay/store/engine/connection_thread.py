"""One SQLite connection in a thread of its own, which runs whole functions: one thread switch per function."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

import aiosqlite

from relay.store.engine.letter_files import LetterConnection

T = TypeVar("T")


class _Executes(Protocol):
    async def __call__(self, function: Callable[[], object]) -> object: ...


class ConnectionThread:
    """A connection and its thread. The process does not end before ``close`` is called: the thread is no daemon."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._begun = self._ended = 0  # functions submitted (counted by the event loop) and finished (by the thread)

    @classmethod
    async def open(cls, database: str, *, uri: bool = False) -> ConnectionThread:
        """Open ``database`` in autocommit mode: callers begin and end transactions. Raises sqlite3.Error."""
        opening = asyncio.ensure_future(_connect(database, uri))
        try:
            return cls(await asyncio.shield(opening))
        except asyncio.CancelledError:
            # aiosqlite leaks its thread and the open file when it is cancelled while connecting.
            await (await opening).close()
            raise

    async def run(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Call ``function`` with the connection, in its thread. Cancelling the wait does not stop the function."""
        # aiosqlite's public methods run one statement per thread switch (2,700 rows/s; whole functions: over 25,000).
        # A closure, never arguments: aiosqlite writes arguments to its debug log.
        connection = self._connection
        execute = cast(_Executes, connection._execute)

        def work() -> T:
            try:
                return function(cast(Any, connection._conn))
            finally:
                self._ended += 1

        self._begun += 1
        return cast(T, await execute(work))

    def connection_if_idle(self) -> sqlite3.Connection | None:
        """The connection, to be used before the next await; None while its thread has work.

        For statements that never block. SQLite releases the GIL at each step, and a thread that wants it back from a
        busy event loop waits many times longer than a brief statement takes.
        """
        return self._connection._conn if self._begun == self._ended else None

    async def close(self) -> None:
        """Close the connection and end the thread."""
        await self._connection.close()


async def _connect(database: str, uri: bool) -> aiosqlite.Connection:
    # Used by one thread at a time, but not always the same one: see connection_if_idle.
    return await aiosqlite.connect(
        database,
        uri=uri,
        isolation_level=None,
        cached_statements=256,
        check_same_thread=False,
        factory=LetterConnection,
    )
