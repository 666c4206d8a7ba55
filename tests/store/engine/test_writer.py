"""Group commit: all waiting jobs share one fsync, and a failing job does not affect the others."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from relay.store import StoreBusyOrFull, StoreError
from relay.store.engine.connection_thread import ConnectionThread
from relay.store.engine.writer import Writer


@pytest.fixture
def place(path: Path) -> Path:
    """SQLite only."""
    return path


class Briefly(Writer):
    """A writer for which every job is brief."""

    async def run(self, job, *, brief=True):  # type: ignore[no-untyped-def]
        return await super().run(job, brief=brief)


@pytest.fixture(params=[Writer, Briefly], ids=["in its thread", "briefly"])
async def writer(path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Writer]:
    """A writer on a table of unique words."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE word (word TEXT UNIQUE) STRICT")
    made = request.param(await ConnectionThread.open(str(path)))
    yield made
    await made.close()


def say(word: str) -> Callable[[sqlite3.Connection], str]:
    def job(db: sqlite3.Connection) -> str:
        db.execute("INSERT INTO word VALUES (?)", (word,))
        return word.upper()

    return job


async def watch(writer: Writer, seen: list[str], pause: float = 0.0) -> None:
    """Add every statement to ``seen`` just before it is executed; delay each COMMIT by ``pause`` seconds."""

    def note(sql: str) -> None:
        seen.append(sql)
        if sql == "COMMIT":
            time.sleep(pause)

    await writer.run(lambda db: db.set_trace_callback(note))
    seen.clear()


async def test_a_job_returns_its_value(writer: Writer) -> None:
    assert await writer.run(say("apple")) == "APPLE"


async def test_a_job_returns_only_after_its_commit(writer: Writer, look) -> None:
    await watch(writer, [], pause=0.1)
    await writer.run(say("apple"))
    assert look("SELECT word FROM word") == [("apple",)]


async def test_waiting_jobs_share_one_commit(writer: Writer, look) -> None:
    seen: list[str] = []
    await watch(writer, seen)
    await asyncio.gather(*(writer.run(say(f"word {n}")) for n in range(50)))
    assert seen.count("COMMIT") <= 2
    assert look("SELECT count(*) FROM word") == [(50,)]


@pytest.mark.parametrize(
    ("brief", "busy", "here"),
    [((True, True), False, True), ((True, False), False, False), ((True, True), True, False)],
    ids=["brief ones", "one takes longer", "somebody else is writing"],
)
async def test_only_brief_jobs_run_in_the_event_loop_and_never_while_another_process_writes(
    writer: Writer, path: Path, brief: tuple[bool, ...], busy: bool, here: bool
) -> None:
    def where(db: sqlite3.Connection) -> bool:
        db.execute("INSERT INTO word VALUES (?)", (str(threading.get_ident()) + str(time.monotonic_ns()),))
        return threading.get_ident() == threading.main_thread().ident

    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        if busy:
            other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.gather(*(writer.run(where, brief=each) for each in brief))
        await asyncio.sleep(0.1)  # the event loop is not blocked
        if busy:
            assert not waiting.done()
            other.execute("ROLLBACK")
        assert await waiting == [here, here]


async def test_many_brief_jobs_together_run_in_the_thread(writer: Writer, look) -> None:
    here = asyncio.gather(*(writer.run(lambda db: threading.get_ident(), brief=True) for _ in range(200)))
    assert threading.main_thread().ident not in await here


async def test_a_failing_job_is_rolled_back_and_the_others_are_not(writer: Writer, look) -> None:
    def fails(db: sqlite3.Connection) -> None:
        say("lost")(db)
        raise LookupError("no such thing")

    answers = await asyncio.gather(
        writer.run(say("before")), writer.run(fails), writer.run(say("after")), return_exceptions=True
    )
    assert answers[0] == "BEFORE"
    assert isinstance(answers[1], LookupError)
    assert answers[2] == "AFTER"
    assert look("SELECT word FROM word ORDER BY word") == [("after",), ("before",)]


async def test_a_constraint_violation_does_not_show_the_value(writer: Writer) -> None:
    await writer.run(say("secret"))
    with pytest.raises(StoreError) as caught:
        await writer.run(say("secret"))
    assert "secret" not in str(caught.value)
    assert not isinstance(caught.value, StoreBusyOrFull)


async def test_a_full_disk_fails_the_whole_batch_and_later_batches_succeed(writer: Writer, look) -> None:
    await writer.run(lambda db: db.execute("PRAGMA max_page_count = 8").fetchall())
    answers = await asyncio.gather(writer.run(say("small")), writer.run(say("x" * 100_000)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [StoreBusyOrFull, StoreBusyOrFull]
    assert look("SELECT count(*) FROM word") == [(0,)]
    await writer.run(lambda db: db.execute("PRAGMA max_page_count = 1000000").fetchall())
    assert await writer.run(say("small")) == "SMALL"


async def test_a_database_locked_by_another_process_is_busy_until_it_is_unlocked(writer: Writer, path: Path) -> None:
    await writer.run(lambda db: db.execute("PRAGMA busy_timeout = 20").fetchall())
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyOrFull, match="try again"):
            await writer.run(say("apple"))
        other.execute("ROLLBACK")
    assert await writer.run(say("apple")) == "APPLE"


async def test_the_writer_waits_for_a_short_lock_of_another_process(writer: Writer, path: Path) -> None:
    await writer.run(lambda db: db.execute("PRAGMA busy_timeout = 5000").fetchall())
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(writer.run(say("apple")))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        other.execute("COMMIT")
        assert await waiting == "APPLE"


async def test_a_job_cancelled_before_it_begins_does_not_run(writer: Writer, look) -> None:
    waiting = asyncio.create_task(writer.run(say("never")))
    await asyncio.sleep(0)
    waiting.cancel()
    await writer.run(say("apple"))
    assert look("SELECT word FROM word") == [("apple",)]


async def test_a_job_cancelled_while_it_runs_stops_no_other(writer: Writer) -> None:
    await watch(writer, [], pause=0.05)
    waiting = asyncio.create_task(writer.run(say("given up")))
    await asyncio.sleep(0.02)
    waiting.cancel()
    assert await writer.run(say("apple")) == "APPLE"


async def test_close_runs_all_waiting_jobs(path: Path, writer: Writer, look) -> None:
    second = Writer(await ConnectionThread.open(str(path)))
    waiting = [asyncio.create_task(second.run(say(f"word {n}"))) for n in range(5)]
    await asyncio.sleep(0)
    await second.close()
    assert await asyncio.gather(*waiting) == [f"WORD {n}" for n in range(5)]
    assert look("SELECT count(*) FROM word") == [(5,)]


async def test_cancelling_while_opening_leaves_no_thread(path: Path) -> None:
    before = threading.active_count()
    opening = asyncio.create_task(ConnectionThread.open(str(path)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    opening.cancel()
    with suppress(asyncio.CancelledError):
        await opening
    for _ in range(1000):
        if threading.active_count() > before:
            await asyncio.sleep(0.01)
    assert threading.active_count() <= before


async def test_no_argument_reaches_the_debug_log(writer: Writer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    await writer.run(say("tomas@home.example"))
    assert any(record.name == "aiosqlite" for record in caplog.records)
    assert "home.example" not in caplog.text
