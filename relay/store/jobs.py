"""Scheduled jobs: planned in the transaction that makes them due, claimed by one node at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from relay.store.engine.database import Database, is_only_node, skip_locked
from relay.store.engine.reader import Reader
from relay.store.engine.times import from_stored, from_stored_or_none, to_stored
from relay.store.engine.writer import Writer

ABSENCES = "absences"
EXPIRE_QUESTIONS = "expire questions"
FORGET_WISHED = "forget wished"
INVITATIONS = "invitations"
REPORTS = "reports"
RELEASE_OVER_LIMIT = "release over limit"
UNPROVEN_MAIL = "unproven mail"

# A run in progress may not see what this plan is for. Resetting its lease makes ``done`` ignore its end, so that the
# job runs again.
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
    """A job claimed for a run. No other node runs it before ``lease_until``. ``tries`` counts this run too."""

    number: int
    name: str
    key: str
    due_at: datetime
    tries: int
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class JobRow:
    """One line of ``relay jobs list``. ``running_until``: the end of its lease, None when it does not run; ``tries``:
    runs since the last success; ``fault``: the type of the last error."""

    name: str
    key: str
    due_at: datetime
    running_until: datetime | None = None
    tries: int = 0
    fault: str = ""


class Jobs:
    """The table of scheduled jobs."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader, self._writer = reader, writer

    async def plan(self, name: str, key: str, due_at: datetime) -> None:
        """Plan a job for ``due_at``. If it is planned for an earlier time already, that stays."""
        await self._writer.run(lambda db: plan(db, name, key, due_at))

    async def begin(self, names: Sequence[str], now: datetime) -> None:
        """Plan the first run of repeating jobs for ``now``, unless they are planned already."""
        rows = [(name, to_stored(now)) for name in names]

        def job(db: Database) -> None:
            db.executemany(_BEGIN, rows)

        await self._writer.run(job)

    async def recover(self) -> None:
        """Reset all leases when a server starts that is the only one on its database. On a shared database leases
        expire instead."""

        def job(db: Database) -> None:
            if is_only_node(db):
                db.execute("UPDATE job SET lease_until = 0")

        await self._writer.run(job)

    async def claim(self, names: Sequence[str], now: datetime, lease: timedelta) -> list[ClaimedJob]:
        """Claim every job of ``names`` that is due at ``now``, earliest first. No other node claims it before ``lease``
        has passed."""
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
        """Record success: plan the next run for ``again_at``, or none. Does nothing if the job was planned anew or
        claimed by another node meanwhile."""
        lease = to_stored(claimed.lease_until)
        if again_at is None:
            await self._writer.run(lambda db: db.execute(_DONE, (claimed.number, lease)).rowcount)
        else:
            await self._writer.run(lambda db: db.execute(_AGAIN, (to_stored(again_at), claimed.number, lease)).rowcount)

    async def failed(self, claimed: ClaimedJob, fault: str, again_at: datetime) -> None:
        """Record a failure, and plan a retry for ``again_at``. ``fault``: the error's type, without its text."""
        values = (to_stored(again_at), fault, claimed.number, to_stored(claimed.lease_until))
        await self._writer.run(lambda db: db.execute(_FAILED, values).rowcount)

    async def rows(self, until: datetime | None = None) -> list[JobRow]:
        """Every job that is due by ``until``, earliest first."""
        last = _ALL if until is None else to_stored(until)
        found = await self._reader.run(lambda db: db.execute(_ROWS, (last,)).fetchall())
        return [
            JobRow(name, key, from_stored(due), from_stored(lease) if lease else None, tries, fault)
            for name, key, due, lease, tries, fault in found
        ]

    async def next_due_at(self, names: Sequence[str]) -> datetime | None:
        """When the next of these jobs is due, which may be in the past. None when none is planned."""
        sql = _NEXT.format(names=", ".join("?" * len(names)))
        row = await self._reader.run(lambda db: db.execute(sql, tuple(names)).fetchone()) if names else None
        return None if row is None else from_stored_or_none(row[0])


def plan(db: Database, name: str, key: str, due_at: datetime) -> None:
    """Plan a job for ``due_at`` within a transaction. If it is planned for an earlier time already, that stays."""
    db.execute(_PLAN, {"name": name, "key": key, "due_at": to_stored(due_at)})
