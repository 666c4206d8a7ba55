"""A PostgreSQL connection with the interface of SQLite's: it translates the statements, and raises sqlite3.Error.

Whole functions run in the connection's thread, as they do for SQLite. A statement is sent at once, and waited for when
its result is read (see postgres_pipeline.py).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Self, TypeVar

import psycopg

from relay.store.engine.database import Cursor, Database, SharedDatabase, Values
from relay.store.engine.postgres_pipeline import CONNECT_SECONDS, Pipeline
from relay.store.engine.postgres_sql import busy, translated
from relay.store.errors import SERVER_LOST

T = TypeVar("T")

_DURABLE = """
SELECT set_config('synchronous_commit', 'on', FALSE) WHERE current_setting('synchronous_commit') = 'off'
"""
"""A letter is accepted when it is on the disk, whatever the server does for others."""


class Postgres(SharedDatabase):
    """One connection. ``url`` is "postgresql://user:password@host/database" (libpq's connection URI)."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pipeline: Pipeline | None = None
        self._open = False

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._open and self._pipeline is not None and not self._pipeline.lost

    def execute(self, sql: str, values: Values = (), /) -> Cursor:
        """Send one statement. Its error is raised when its result is read, or one after it, or by COMMIT or RELEASE:
        sqlite3.Error; SQLITE_BUSY when the server cannot be reached."""
        text, names = translated(sql)
        given = [values[name] for name in names] if isinstance(values, Mapping) else values
        match text.split(maxsplit=1)[0]:
            case "BEGIN" | "SAVEPOINT":
                self._open = True
                return self._connected().send(text)
            case "COMMIT":
                return self._commit()
            case "ROLLBACK":
                return self._roll_back(text)
            case word:
                reply = self._connected().send(text, given)
                if not self._open:  # else it would wait in a transaction for what follows
                    self._connected().sync()
                if word == "RELEASE" or not self._open:
                    self._connected().receive(reply)
                return reply

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> None:
        """Send one statement for each row."""
        for row in rows:
            self.execute(sql, row)

    def close(self) -> None:
        """Close the connection."""
        if self._pipeline is not None:
            self._pipeline.close()

    def connect(self) -> None:
        """Connect when there is no connection, or it was lost. Raises sqlite3.Error."""
        if self._pipeline is None or self._pipeline.lost:
            self._open = False
            self.close()
            self._pipeline = Pipeline(self._url)
            self.execute(_DURABLE)

    def _connected(self) -> Pipeline:
        assert self._pipeline is not None  # connect comes first
        return self._pipeline

    def _commit(self) -> Cursor:
        reply = self._connected().send("COMMIT")
        self._connected().sync()
        self._connected().receive(reply)
        self._open = False
        if reply.status != b"COMMIT":  # the server rolls back a transaction in which something failed
            raise sqlite3.OperationalError("RolledBack")
        return reply

    def _roll_back(self, text: str) -> Cursor:
        self._connected().ignore()
        reply = self._connected().send(text)
        self._connected().sync()
        self._open = text != "ROLLBACK"
        return reply


async def listen(url: str, heard: Callable[[], None]) -> Listening:
    """Call ``heard`` when a node has queued a delivery. Only a hint: after a lost connection it is not called any more.
    Raises sqlite3.Error."""
    try:
        link = await psycopg.AsyncConnection.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS)
        await link.execute("LISTEN relay")
    except psycopg.Error:
        raise busy(SERVER_LOST) from None  # its text may hold the password
    return Listening(link, heard)


class Listening:
    """Listens until it is closed."""

    def __init__(self, link: psycopg.AsyncConnection, heard: Callable[[], None]) -> None:
        self._link, self._heard = link, heard
        self._task = asyncio.create_task(self._listen(), name="store listener")

    async def close(self) -> None:
        """End it, and close the connection."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        await self._link.close()

    async def _listen(self) -> None:
        with suppress(psycopg.Error):
            async for _ in self._link.notifies():
                self._heard()


class PostgresThread:
    """One connection in a thread of its own, which runs whole functions, as ConnectionThread does for SQLite."""

    def __init__(self, url: str) -> None:
        self._worker = ThreadPoolExecutor(1, "postgres")
        self._database = Postgres(url)

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect. Raises sqlite3.Error."""
        thread = cls(url)
        try:
            await thread.run(lambda _: None)
        except BaseException:
            await thread.close()
            raise
        return thread

    async def run(self, function: Callable[[Database], T]) -> T:
        """Call ``function`` with the connection, in its thread. Reconnects first when the connection was lost."""

        def work() -> T:
            self._database.connect()
            return function(self._database)

        return await asyncio.get_running_loop().run_in_executor(self._worker, work)

    def connection_if_idle(self) -> None:
        """Always None: every statement waits for the server."""

    async def close(self) -> None:
        """Close the connection and end the thread."""
        await asyncio.get_running_loop().run_in_executor(self._worker, self._database.close)
        self._worker.shutdown(wait=False)
