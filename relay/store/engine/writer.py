"""The one writer: everybody's waiting changes go to the disk in one commit, and are promised only after it.

A commit costs a sync of the disk, whatever is in it. So jobs that arrive while one commit is under way wait, and then
go together (group commit): the busier it is, the more letters share a sync.

The disk is waited for in the connection's own thread. Brief jobs, which change a handful of rows in memory, are done
in the loop's own (see ConnectionThread.at_hand).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from relay.store.engine.database import Database, Thread
from relay.store.errors import StoreError, store_wide

T = TypeVar("T")
Job = Callable[[Database], Any]

_AT_ONCE = 50
"""How many brief jobs are still brief together: some milliseconds in which the loop does nothing else."""


class NotBrief(Exception):  # noqa: N818 -- named for what is the matter
    """Raised by a job in the loop's own thread: it turned out to be long, and is to be done in the other one."""


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    job: Job
    future: asyncio.Future[Any]
    brief: bool


@dataclass(frozen=True, slots=True)
class _Answer:
    """What one job returned, or what it raised."""

    value: Any = None
    error: Exception | None = None


class Writer:
    """Owns the connection that writes. Must be made inside a running loop; ``close`` waits for what was begun.
    ``prepare`` looks at the database first in each transaction."""

    def __init__(
        self,
        thread: Thread,
        prepare: Callable[[Database], None] = lambda _: None,
        last: Callable[[Database], None] = lambda _: None,
    ) -> None:
        """``last`` is done at the end of each transaction, before it is committed."""
        self._thread, self._prepare, self._last = thread, prepare, last
        self._waiting: list[_Waiting] = []
        self._wake = asyncio.Event()
        self._closing = False
        self._task = asyncio.create_task(self._work(), name="store writer")

    async def run(self, job: Callable[[Database], T], *, brief: bool = False) -> T:
        """Run ``job`` in the next transaction; returns its value after that is committed. It may be run twice, undone
        the first time, and so must change nothing but the database. ``brief``: it changes a handful of rows, found by
        index, and its values are small.

        What the job raises is raised here and only its own changes are undone. Raises StoreBusyOrFull when the
        whole transaction could not be written. A cancelled wait leaves open whether the job was done.
        """
        if self._closing:
            raise StoreError("the database is closed; open it again")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(job, future, brief))
        self._wake.set()
        return await future

    async def outside(self, function: Callable[[Database], T]) -> T:
        """Call ``function`` with the connection between two transactions, for what cannot be in one. Raises StoreError
        or what it raises."""
        try:
            return await self._thread.run(function)
        except sqlite3.Error as error:
            raise store_wide(error) or error from error

    async def close(self) -> None:
        """Finish what is waiting, then close the connection."""
        self._closing = True
        self._wake.set()
        await self._task
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

    async def _briefly(self, jobs: Sequence[Job]) -> list[_Answer]:
        """All jobs at once, and only the COMMIT in the thread. No answers, and nothing changed, when that cannot be:
        then the thread is to do it all. Raises sqlite3.Error, with nothing changed, when it could not be written."""
        db = self._thread.at_hand()
        if db is None or not _begun_at_once(db):
            return []
        try:
            self._prepare(db)
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
        brief = len(batch) <= _AT_ONCE and all(waiting.brief for waiting in batch)
        try:
            answers = await self._briefly(jobs) if brief else []
            around = self._prepare, self._last
            answers = answers or await self._thread.run(lambda db: _together(db, jobs, *around))
        except sqlite3.Error as error:
            wide = store_wide(error) or error
            answers = [_Answer(error=wide) for _ in batch]
        except Exception as error:  # whatever it was, nobody may wait for ever
            answers = [_Answer(error=error) for _ in batch]
        for waiting, answer in zip(batch, answers, strict=True):
            if waiting.future.done():
                continue
            if answer.error is not None:
                waiting.future.set_exception(answer.error)
            else:
                waiting.future.set_result(answer.value)


def _commit(db: Database) -> None:
    """To the disk. When that fails, nothing is open any more."""
    try:
        db.execute("COMMIT")
    except BaseException:
        _undo(db)
        raise


def _undo(db: Database) -> None:
    # SQLite itself rolls back after some faults (full disk, I/O error).
    if db.in_transaction:
        db.execute("ROLLBACK")


def _begun_at_once(db: Any) -> bool:
    """Begin a transaction, unless another process is writing at this moment."""
    patience = db.execute("PRAGMA busy_timeout").fetchone()[0]
    db.execute("PRAGMA busy_timeout = 0").fetchone()
    try:
        db.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    finally:
        db.execute(f"PRAGMA busy_timeout = {patience}").fetchone()
    return True


def _together(db: Database, jobs: Sequence[Job], prepare: Job, last: Job) -> list[_Answer]:
    """All jobs in one transaction. Raises sqlite3.Error, with nothing changed, when it could not be written."""
    try:
        return _in_transaction(db, prepare, lambda: [_Answer(job(db)) for job in jobs], last)
    except Exception as error:
        if isinstance(error, sqlite3.Error) and store_wide(error):
            raise
    # One of them failed, which is rare: all are undone, and done again each in a savepoint of its own. (With one from
    # the beginning a letter took four statements more, and with each the thread has to get the interpreter back.)
    return _in_transaction(db, prepare, lambda: [_alone(db, job) for job in jobs], last)


def _in_transaction(db: Database, prepare: Job, work: Callable[[], list[_Answer]], last: Job) -> list[_Answer]:
    # IMMEDIATE: a transaction that reads first and then wants to write fails at once, whatever the busy_timeout.
    db.execute("BEGIN IMMEDIATE")
    try:
        prepare(db)
        answers = work()
        last(db)
    except BaseException:
        _undo(db)
        raise
    _commit(db)
    return answers


def _alone(db: Database, job: Job) -> _Answer:
    """One job in its savepoint: its failure undoes its own changes and nobody else's."""
    db.execute("SAVEPOINT job")
    try:
        answer = _Answer(job(db))
    except Exception as error:
        if not db.in_transaction or (isinstance(error, sqlite3.Error) and store_wide(error)):
            raise
        db.execute("ROLLBACK TO job")
        answer = _Answer(error=_told(error))
    db.execute("RELEASE job")
    return answer


def _told(error: Exception) -> Exception:
    """A broken constraint in words; SQLite's text names columns, never values."""
    if isinstance(error, sqlite3.IntegrityError):
        told = StoreError(f"this contradicts what the database already holds ({error}); look at what is there first")
        told.__cause__ = error
        return told
    return error
