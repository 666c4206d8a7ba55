"""What falls due by the clock: planned with the change that makes it due, claimed by one node at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from relay.store.engine.database import Database, is_only_node, skip_locked
from relay.store.engine.reader import Reader
from relay.store.engine.times import from_stored, from_stored_or_none, to_stored
from relay.store.engine.writer import Writer

EXPIRE_QUESTIONS = "expire questions"
RELEASE_OVER_LIMIT = "release over limit"

# Whoever runs it at this moment may have looked already: with its lease gone its end does not count, and it runs again.
_PLAN = """
INSERT INTO job (name, key, due_at) VALUES (:name, :key, :due_at)
ON CONFLICT (name, key) DO UPDATE SET lease_until = 0,
    due_at = CASE WHEN excluded.due_at < job.due_at THEN excluded.due_at ELSE job.due_at END
"""
_BEGIN = "INSERT INTO job (name, key, due_at) VALUES (?, '', ?) ON CONFLICT (name, key) DO NOTHING"
_DUE = "SELECT number, name, key, due_at, tries FROM job WHERE due_at <= ? AND lease_until <= ? AND name IN ({names})"
_TAKE = "UPDATE job SET lease_until = ?, tries = tries + 1 WHERE number = ?"
_AGAIN = "UPDATE job SET due_at = ?, lease_until = 0, tries = 0, fault = '' WHERE number = ? AND lease_until = ?"
_DONE = "DELETE FROM job WHERE number = ? AND lease_until = ?"
_FAILED = "UPDATE job SET due_at = ?, lease_until = 0, fault = ? WHERE number = ? AND lease_until = ?"
_ROWS = "SELECT name, key, due_at, lease_until, tries, fault FROM job WHERE due_at <= ? ORDER BY due_at, number"
_NEXT = "SELECT min(due_at) FROM job WHERE name IN ({names})"
_ALL = 2**62


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job taken for a run, which nobody else begins before ``lease_until``. ``tries`` counts this run too."""

    number: int
    name: str
    key: str
    due_at: datetime
    tries: int
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class JobRow:
    """One line of ``relay jobs list``. ``running_until``: whoever runs it has it so long; ``tries``: how often it was
    begun since it last ended well; ``fault``: the kind of the last fault."""

    name: str
    key: str
    due_at: datetime
    running_until: datetime | None = None
    tries: int = 0
    fault: str = ""


class Jobs:
    """What falls due, and who runs it."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader, self._writer = reader, writer

    async def plan(self, name: str, key: str, due_at: datetime) -> None:
        """Let a job run at ``due_at``, or sooner when it is planned for sooner already."""
        await self._writer.run(lambda db: plan(db, name, key, due_at))

    async def begin(self, names: Sequence[str], now: datetime) -> None:
        """Let jobs with a rhythm run from ``now`` on, unless they do already."""
        rows = [(name, to_stored(now)) for name in names]

        def job(db: Database) -> None:
            db.executemany(_BEGIN, rows)

        await self._writer.run(job)

    async def recover(self) -> None:
        """At the start of the one server of a database: nobody runs a job any more. On a shared one their leases end by
        themselves."""

        def job(db: Database) -> None:
            if is_only_node(db):
                db.execute("UPDATE job SET lease_until = 0")

        await self._writer.run(job)

    async def claim(self, names: Sequence[str], now: datetime, lease: timedelta) -> list[ClaimedJob]:
        """Take every job of ``names`` that is due at ``now``, the soonest first: nobody else begins it before ``lease``
        is over. When this returns, the disk knows."""
        until = now + lease

        def job(db: Database) -> list[ClaimedJob]:
            sql = _DUE.format(names=", ".join("?" * len(names))) + " ORDER BY due_at, number" + skip_locked(db)
            due = db.execute(sql, (to_stored(now), to_stored(now), *names)).fetchall()
            for number, *_ in due:
                db.execute(_TAKE, (to_stored(until), number))
            return [
                ClaimedJob(number, name, key, from_stored(at), tries + 1, until) for number, name, key, at, tries in due
            ]

        return await self._writer.run(job) if names else []

    async def done(self, claimed: ClaimedJob, again_at: datetime | None) -> None:
        """It ended well: let it run again at ``again_at``, or never. When it was planned anew meanwhile, or somebody
        else has it, it stays as it is."""
        lease = to_stored(claimed.lease_until)
        if again_at is None:
            await self._writer.run(lambda db: db.execute(_DONE, (claimed.number, lease)).rowcount)
        else:
            await self._writer.run(lambda db: db.execute(_AGAIN, (to_stored(again_at), claimed.number, lease)).rowcount)

    async def failed(self, claimed: ClaimedJob, fault: str, again_at: datetime) -> None:
        """It ended with a ``fault``, a kind without words: try it again at ``again_at``."""
        values = (to_stored(again_at), fault, claimed.number, to_stored(claimed.lease_until))
        await self._writer.run(lambda db: db.execute(_FAILED, values).rowcount)

    async def rows(self, until: datetime | None = None) -> list[JobRow]:
        """Every job that is due by ``until``, the soonest first."""
        last = _ALL if until is None else to_stored(until)
        found = await self._reader.run(lambda db: db.execute(_ROWS, (last,)).fetchall())
        return [
            JobRow(name, key, from_stored(due), from_stored(lease) if lease else None, tries, fault)
            for name, key, due, lease, tries, fault in found
        ]

    async def next_due_at(self, names: Sequence[str]) -> datetime | None:
        """When the next of these jobs falls due; it may have been a while ago. None when none is planned."""
        sql = _NEXT.format(names=", ".join("?" * len(names)))
        row = await self._reader.run(lambda db: db.execute(sql, tuple(names)).fetchone()) if names else None
        return None if row is None else from_stored_or_none(row[0])


def plan(db: Database, name: str, key: str, due_at: datetime) -> None:
    """Let a job run at ``due_at``, in the transaction of what makes it due."""
    db.execute(_PLAN, {"name": name, "key": key, "due_at": to_stored(due_at)})
