"""The single writer: all pending changes share one transaction, and callers continue only after its commit.

A commit costs one fsync, however many changes it holds. Jobs that arrive during a commit wait, and run together in the
next one (group commit): the higher the load, the more letters share an fsync.

The commit runs in the connection's thread. Brief jobs, which change a few rows in memory, run in the event loop's
thread (see ConnectionThread.connection_if_idle).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from relay.store.engine.database import Database, Thread
from relay.store.engine.letter_files import LetterFiles
from relay.store.engine.vault_keys import KeyChanged
from relay.store.errors import StoreError, store_wide

T = TypeVar("T")
Job = Callable[[Database], Any]
AskKey = Callable[[Database], KeyChanged]

_INLINE_JOBS = 50
"""At most this many brief jobs run inline in one batch; they block the event loop for a few milliseconds."""


class NotBrief(Exception):  # noqa: N818 -- a signal, not an error
    """Raised by a job in the event loop's thread: it is not brief after all, and must run in the connection's
    thread."""


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    job: Job
    future: asyncio.Future[Any]
    brief: bool


@dataclass(frozen=True, slots=True)
class _Answer:
    """The return value of one job, or the exception it raised."""

    value: Any = None
    error: Exception | None = None


class Writer:
    """Owns the writing connection. Create it inside a running event loop. ``ask_key`` runs at the start of each
    transaction."""

    def __init__(
        self,
        thread: Thread,
        ask_key: AskKey = lambda _: lambda: False,
        last: Callable[[Database], None] = lambda _: None,
        files: LetterFiles | None = None,
    ) -> None:
        """``last`` runs at the end of each transaction, before the commit. Of ``files`` those are removed that lost
        their row in it."""
        self._thread, self._ask_key, self._last, self._files = thread, ask_key, last, files
        self._waiting: list[_Waiting] = []
        self._busy_timeout: int | None = None  # milliseconds to put back; None: in force
        self._wake = asyncio.Event()
        self._closing = False
        self._task = asyncio.create_task(self._work(), name="store writer")

    async def run(self, job: Callable[[Database], T], *, brief: bool = False) -> T:
        """Run ``job`` in the next transaction, and return its value after the commit. A job may run twice (the first
        run is rolled back), so it must change nothing but the database. ``brief``: it changes a few rows, found by
        index, and its values are small.

        An exception of the job is raised here, and only its own changes are rolled back. Raises StoreBusyOrFull when
        the whole transaction failed. After a cancelled wait the job may or may not have been committed.
        """
        if self._closing:
            raise StoreError("the database is closed; open it again")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(job, future, brief))
        self._wake.set()
        return await future

    async def outside(self, function: Callable[[Database], T]) -> T:
        """Call ``function`` with the connection between two transactions, for statements that cannot run in one. Raises
        StoreError or what ``function`` raises."""
        try:
            return await self._in_thread(function)
        except sqlite3.Error as error:
            raise store_wide(error) or error from error

    async def close(self) -> None:
        """Run all pending jobs, then close the connection."""
        self._closing = True
        self._wake.set()
        await self._task
        await self._remove_files()
        await self._thread.close()

    async def _work(self) -> None:
        while self._waiting or not self._closing:
            if not self._waiting:
                self._wake.clear()
                await self._wake.wait()
                continue
            batch = [waiting for waiting in self._waiting if not waiting.future.done()]
            self._waiting.clear()
            if batch:
                await self._commit(batch)
            await self._remove_files()

    async def _remove_files(self) -> None:
        if self._files is not None and self._files.gone:
            with suppress(sqlite3.Error, OSError):  # the sweep removes them later
                await self._in_thread(self._files.remove_gone)

    async def _in_thread(self, function: Callable[[Database], T]) -> T:
        """Call ``function`` in the connection's thread, where it may wait for another process."""

        def work(db: Database) -> T:
            if self._busy_timeout is not None:
                db.execute(f"PRAGMA busy_timeout = {self._busy_timeout}").fetchone()
                self._busy_timeout = None
            return function(db)

        return await self._thread.run(work)

    def _begin_without_waiting(self, db: Database) -> bool:
        """Begin a transaction in the event loop's thread. False when another process holds the write lock."""
        if self._busy_timeout is None:
            self._busy_timeout = db.execute("PRAGMA busy_timeout").fetchone()[0]
            db.execute("PRAGMA busy_timeout = 0").fetchone()
        try:
            db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            return False
        return True

    async def _run_inline(self, jobs: Sequence[Job]) -> list[_Answer]:
        """Run all jobs here, and only the COMMIT in the connection's thread. Returns [], with everything rolled back,
        when a job cannot run here: then all run in that thread. Raises sqlite3.Error, rolled back, when the transaction
        failed."""
        db = self._thread.connection_if_idle()
        if db is None or not self._begin_without_waiting(db):
            return []
        try:
            self._ask_key(db)()
            answers = [_Answer(job(db)) for job in jobs]
            self._last(db)
        except Exception as error:
            _undo(db)
            if isinstance(error, sqlite3.Error) and store_wide(error):
                raise
            return []
        await self._thread.run(_commit)
        return answers

    async def _commit(self, batch: Sequence[_Waiting]) -> None:
        jobs = [waiting.job for waiting in batch]
        brief = len(batch) <= _INLINE_JOBS and all(waiting.brief for waiting in batch)
        try:
            answers = await self._run_inline(jobs) if brief else []
            around = self._ask_key, self._last
            answers = answers or await self._in_thread(lambda db: _run_all(db, jobs, *around))
        except sqlite3.Error as error:
            wide = store_wide(error) or error
            answers = [_Answer(error=wide) for _ in batch]
        except Exception as error:  # no caller may wait for ever
            answers = [_Answer(error=error) for _ in batch]
        for waiting, answer in zip(batch, answers, strict=True):
            if waiting.future.done():
                continue
            if answer.error is not None:
                waiting.future.set_exception(answer.error)
            else:
                waiting.future.set_result(answer.value)


def _commit(db: Database) -> None:
    """Commit. On an error the transaction is rolled back."""
    try:
        db.execute("COMMIT")
    except BaseException:
        _undo(db)
        raise


def _undo(db: Database) -> None:
    # After some errors (full disk, I/O error) SQLite has rolled back already.
    if db.in_transaction:
        db.execute("ROLLBACK")


class _KeyChangedError(Exception):
    """The jobs ran with an old vault key."""


def _run_all(db: Database, jobs: Sequence[Job], ask_key: AskKey, last: Job) -> list[_Answer]:
    """Run all jobs in one transaction. Raises sqlite3.Error, rolled back, when the transaction failed."""

    def run_together() -> list[_Answer]:
        key_changed = ask_key(db)
        answers = [_Answer(job(db)) for job in jobs]
        if key_changed():  # asked last, because the answer came with other results
            raise _KeyChangedError
        return answers

    def run_singly() -> list[_Answer]:
        ask_key(db)()
        return [_run_in_savepoint(db, job) for job in jobs]

    try:
        return _in_transaction(db, run_together, last)
    except Exception as error:
        if isinstance(error, sqlite3.Error) and store_wide(error):
            raise
    # One job failed, or the key has changed, which is rare: all are rolled back, and each runs again in a savepoint.
    # (Savepoints from the start would cost four statements more per letter, and the thread has to take the GIL again
    # after each.)
    return _in_transaction(db, run_singly, last)


def _in_transaction(db: Database, work: Callable[[], list[_Answer]], last: Job) -> list[_Answer]:
    # IMMEDIATE, because a transaction that begins with a read fails at its first write when another one has written in
    # between, without waiting for busy_timeout (SQLITE_BUSY_SNAPSHOT).
    db.execute("BEGIN IMMEDIATE")
    try:
        answers = work()
        last(db)
    except BaseException:
        _undo(db)
        raise
    _commit(db)
    return answers


def _run_in_savepoint(db: Database, job: Job) -> _Answer:
    """Run one job in a savepoint, so that its failure rolls back its own changes only."""
    db.execute("SAVEPOINT job")
    try:
        answer = _Answer(job(db))
        db.execute("RELEASE job")
    except Exception as error:
        if not db.in_transaction or (isinstance(error, sqlite3.Error) and store_wide(error)):
            raise
        db.execute("ROLLBACK TO job")
        db.execute("RELEASE job")
        answer = _Answer(error=_explained(error))
    return answer


def _explained(error: Exception) -> Exception:
    """A constraint violation as StoreError. SQLite's text names columns, never values."""
    if isinstance(error, sqlite3.IntegrityError):
        told = StoreError(f"this contradicts what the database already holds ({error}); look at what is there first")
        told.__cause__ = error
        return told
    return error
