"""The delivery queue: claim, settle, list, and change by hand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from relay.model import EventKind
from relay.store.engine.database import Database, is_only_node
from relay.store.engine.keyed_hashes import destination_of, places, return_hashes
from relay.store.engine.reader import Reader
from relay.store.engine.times import from_stored, from_stored_or_none, to_stored
from relay.store.engine.writer import Writer
from relay.store.events import of_letter, record
from relay.store.hold_records import Decided, Decider, HoldDecision
from relay.store.holds import decide
from relay.store.queue.claiming import ClaimLimits, claim, give_back
from relay.store.queue.holding import BY_HAND, RESTORED, hold_everything, open_hold
from relay.store.queue.settlement import came_back, finish, settle
from relay.store.records import CameBack, Claimed, QueueRow, Settlement
from relay.store.signing_again import SignAgain
from relay.vault import Vault

_ROW = "SELECT id, journal_id, state, attempts, due_at, created_at, last_status, notice FROM delivery "
_FEW = 20
_SMALL = 256 * 1024
"""Up to this many deliveries, and octets of their letters, are claimed or settled in one or two milliseconds."""
# Two minima, because each reads one end of the index; one minimum over both would scan it.
_NEXT_DUE = """
SELECT min(due_at) FROM (
    SELECT min(due_at) AS due_at FROM delivery WHERE state = 'queued' AND again = 0
    UNION ALL SELECT min(due_at) FROM delivery WHERE state = 'queued' AND again = 1
)
"""
_RETRY = "UPDATE delivery SET due_at = ? WHERE id = ? AND state = 'queued'"
_HOLD = "UPDATE delivery SET state = 'held', last_status = ? WHERE id = ? AND state = 'queued' RETURNING journal_id"


T = TypeVar("T")


def _bounded(job: Callable[[Database, int | None], T]) -> Callable[[Database], T]:
    """``job`` with the limit of octets as its second argument: _SMALL in the calling thread, none in the connection's
    thread."""
    here = threading.get_ident()
    return lambda db: job(db, _SMALL if threading.get_ident() == here else None)


class Queue:
    """Deliveries in the states "queued", "sending" (claimed by one process) and "held" (until a decision)."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault, sign: SignAgain) -> None:
        self._reader, self._writer, self._vault, self._sign = reader, writer, vault, sign

    async def claim(
        self,
        now: datetime,
        limit: int,
        exclude: Collection[str] = (),
        *,
        in_hand: Mapping[str, int] | None = None,
        cap: int | None = None,
        lease: float = 900.0,
    ) -> Claimed:
        """Claim at most ``limit`` deliveries due at ``now``: none to a destination in ``exclude``, and at most ``cap``
        to one destination, counting those ``in_hand`` already. The claim is exclusive for ``lease`` seconds.

        When this returns, the attempt is on the disk. Raises StoreBusyOrFull: then nothing may be tried, because with a
        full disk letters would be sent again and again.
        """
        limits = ClaimLimits(limit, tuple(exclude), dict(in_hand or {}), cap, timedelta(seconds=lease))
        # With excluded destinations it may have to skip many rows.
        brief = limit <= _FEW and not exclude
        job = _bounded(lambda db, most: claim(db, self._vault, now, limits, most))
        return await self._writer.run(job, brief=brief)

    async def give_back(self, ids: Sequence[str]) -> None:
        """Return claimed deliveries that were not tried to the queue, due as before."""
        given = tuple(ids)
        await self._writer.run(lambda db: give_back(db, given), brief=len(given) <= _FEW)

    def destination(self, recipient: str) -> str:
        """The opaque key of the destination of ``recipient``, as in ``Claimed.destinations``."""
        return destination_of(self._vault, recipient).hex()

    async def settle(self, settlements: Sequence[Settlement]) -> None:
        """Write the results of tries, in one transaction."""
        job = _bounded(lambda db, most: settle(db, self._vault, settlements, most))
        await self._writer.run(job, brief=len(settlements) <= _FEW)

    async def recover(self, now: datetime, *, start: bool = False) -> int:
        """Return deliveries to the queue whose lease has expired. Returns how many.

        At the ``start`` of a server that is the only one on its database, also all others that were being tried when it
        stopped.
        """
        at = to_stored(now)

        def job(db: Database) -> int:
            late = "" if start and is_only_node(db) else "AND lease_until <= :now"
            sql = f"UPDATE delivery SET state = 'queued' WHERE state = 'sending' {late}"  # noqa: S608
            return db.execute(sql, {"now": at}).rowcount

        return await self._writer.run(job)

    async def returned(self, token: str) -> str | None:
        """The journal id of the letter whose delivery, finished or not, had the return path b-``token``@domain. "" for
        a path of an old version, which has no id; None for an unknown one."""

        def job(db: Database) -> tuple[Any, ...] | None:
            hashes = return_hashes(self._vault, token)
            sql = f"SELECT journal_id FROM return_path WHERE hash IN {places(hashes)}"  # noqa: S608 -- question marks
            found: tuple[Any, ...] | None = db.execute(sql, hashes).fetchone()
            return found

        row = await self._reader.run(job, brief=True)
        return None if row is None else str(row[0])

    async def came_back(self, report: CameBack) -> bool:
        """Record a report that a letter failed after it was delivered. Returns whether this is its first failure."""
        return await self._writer.run(lambda db: came_back(db, self._vault, report))

    async def next_due_at(self) -> datetime | None:
        """When the next queued delivery is due, which may be in the past. None when nothing is queued."""
        row = await self._first(_NEXT_DUE)
        return from_stored_or_none(row[0]) if row else None

    async def oldest_owed_at(self) -> datetime | None:
        """When the oldest letter that is still owed was accepted (and signed). None when nothing is owed."""
        sql = "SELECT min(accepted_at) FROM delivery JOIN journal ON journal.id = delivery.journal_id"
        row = await self._first(sql)
        return from_stored_or_none(row[0]) if row else None

    async def rows(self) -> list[QueueRow]:
        """All deliveries, in the order they are due."""
        rows = await self._reader.run(lambda db: db.execute(_ROW + "ORDER BY due_at, number").fetchall())
        return [_queue_row(row) for row in rows]

    async def row(self, id: str) -> QueueRow | None:
        """One delivery; None when there is none, or it is finished."""
        row = await self._first(_ROW + "WHERE id = ?", id)
        return None if row is None else _queue_row(row)

    async def counts(self) -> dict[str, int]:
        """How many deliveries are queued, sending and held."""
        sql = "SELECT state, count(*) FROM delivery GROUP BY state"
        found = await self._reader.run(lambda db: db.execute(sql).fetchall())
        return {"queued": 0, "sending": 0, "held": 0} | dict(found)

    async def statuses(self) -> dict[str, int]:
        """How many deliveries that were tried wait, by how their last try ended."""
        sql = "SELECT last_status, count(*) FROM delivery WHERE last_status <> '' GROUP BY last_status"
        return dict(await self._reader.run(lambda db: db.execute(sql).fetchall()))

    async def ages(self, now: datetime) -> dict[str, tuple[int, float]]:
        """State to the number of its deliveries, and how many seconds ago the oldest of them was accepted."""
        sql = "SELECT state, count(*), min(created_at) FROM delivery GROUP BY state"
        found = await self._reader.run(lambda db: db.execute(sql).fetchall())
        return {state: (count, (now - from_stored(oldest)).total_seconds()) for state, count, oldest in found}

    async def retry(self, id: str, now: datetime, *, who: str = "") -> bool:
        """Make one queued or held delivery due now. Releasing a held one records an event by ``who``. False when there
        is none, or it is being tried."""
        release = Decided(id, HoldDecision.RELEASED, Decider.PERSON, now, who)

        def job(db: Database) -> bool:
            if decide(db, self._vault, release, self._sign) is not None:
                return True
            return db.execute(_RETRY, (to_stored(now), id)).rowcount == 1

        return await self._writer.run(job)

    async def retry_all(self, now: datetime) -> int:
        """Make every queued delivery due now. Held ones stay held. Returns how many."""
        return await self._change("UPDATE delivery SET due_at = ? WHERE state = 'queued'", to_stored(now))

    async def hold(self, id: str, now: datetime, *, who: str = "") -> bool:
        """Hold a queued delivery until ``retry`` or ``drop``, with an event by ``who``. False when there is no queued
        one."""

        def job(db: Database) -> bool:
            kept = db.execute(_HOLD, (BY_HAND, id)).fetchone()
            if kept is None:
                return False
            open_hold(db, id, kept[0], BY_HAND, since=now)
            record(db, self._vault, of_letter(db, EventKind.HELD, kept[0], now, who=who, reason=BY_HAND))
            return True

        return await self._writer.run(job)

    async def hold_all(self) -> int:
        """Hold everything that is queued or was being tried. Returns how many."""

        def job(db: Database) -> int:
            hold_everything(db)
            sql = "UPDATE delivery SET state = 'held', last_status = ? WHERE state <> 'held'"
            return db.execute(sql, (RESTORED,)).rowcount

        return await self._writer.run(job)

    async def drop(self, id: str, now: datetime, *, who: str = "") -> bool:
        """Give up a delivery: its journal entry becomes failed, "dropped", with an event by ``who``. False when there
        is none, or it is being tried."""
        dropped = Decided(id, HoldDecision.DROPPED, Decider.PERSON, now, who)

        def job(db: Database) -> bool:
            if decide(db, self._vault, dropped, self._sign) is not None:
                return True
            row = db.execute("SELECT state, journal_id FROM delivery WHERE id = ?", (id,)).fetchone()
            if row is None or row[0] == "sending" or not finish(db, id, HoldDecision.DROPPED, now):
                return False
            facts: dict[str, str] = {"by": Decider.PERSON, "reason": HoldDecision.DROPPED}
            record(db, self._vault, of_letter(db, EventKind.REFUSED, row[1], now, who=who, **facts))
            return True

        return await self._writer.run(job)

    async def _change(self, sql: str, *values: int | str) -> int:
        return await self._writer.run(lambda db: db.execute(sql, values).rowcount)

    async def _first(self, sql: str, *values: bytes | str) -> tuple[Any, ...] | None:
        return await self._reader.run(lambda db: db.execute(sql, values).fetchone(), brief=True)


def _queue_row(row: tuple[Any, ...]) -> QueueRow:
    id, journal_id, state, attempts, due_at, created_at, last_status, notice = row
    return QueueRow(
        id, journal_id, state, attempts, from_stored(due_at), from_stored(created_at), last_status, bool(notice)
    )
