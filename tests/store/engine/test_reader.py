"""Reading: brief lookups run in the event loop's thread, all else in the connection's thread, never both at once."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from relay.store.engine.connection_thread import ConnectionThread
from relay.store.engine.reader import Reader


@pytest.fixture
def place(path: Path) -> Path:
    """SQLite only."""
    return path


@pytest.fixture
async def thread(path: Path) -> AsyncIterator[ConnectionThread]:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE word (word TEXT) STRICT")
    opened = await ConnectionThread.open(str(path))
    yield opened
    await opened.close()


@pytest.fixture
def go_on(thread: ConnectionThread) -> Iterator[threading.Event]:
    """The event that a long read waits for."""
    event = threading.Event()
    yield event
    event.set()


async def test_a_brief_read_runs_in_the_event_loop_unless_the_thread_has_work(
    thread: ConnectionThread, go_on: threading.Event
) -> None:
    reader = Reader(thread)
    seen: list[str] = []
    go_on.set()

    def look(name: str) -> Any:
        def read(db: sqlite3.Connection) -> bool:
            db.execute("SELECT * FROM word").fetchall()
            go_on.wait(5)
            seen.append(name)
            return threading.get_ident() == threading.main_thread().ident

        return read

    assert await reader.run(look("first"), brief=True)
    go_on.clear()
    long = asyncio.create_task(reader.run(look("long")))
    await asyncio.sleep(0.02)
    behind = asyncio.create_task(reader.run(look("behind it"), brief=True))
    await asyncio.sleep(0.02)
    go_on.set()
    assert not await behind
    assert not await long
    assert await reader.run(look("last"), brief=True)
    assert seen == ["first", "long", "behind it", "last"]


async def test_a_cancelled_long_read_still_keeps_the_thread_busy(
    thread: ConnectionThread, go_on: threading.Event
) -> None:
    waiting = asyncio.create_task(thread.run(lambda _: go_on.wait(20)))
    await asyncio.sleep(0.02)
    waiting.cancel()
    await asyncio.sleep(0.02)
    assert thread.connection_if_idle() is None
    go_on.set()
    async with asyncio.timeout(20):
        while thread.connection_if_idle() is None:
            await asyncio.sleep(0.01)
