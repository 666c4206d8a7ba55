"""Letters held until their author says that they are theirs: asked once, answered by token, given up when late.

A letter from an address that is registered and not proven yet is not given up: it waits for the answer, for the proof
of the address (addresses.py), or for a coordinator.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from relay.model import Side
from relay.store.database import Database
from relay.store.lookups import question_hash
from relay.store.reader import Reader
from relay.store.settlement import finish
from relay.store.terms import Answered
from relay.store.times import stored
from relay.store.writer import Writer
from relay.vault import Vault

UNPROVEN = "unproven"
UNPROVEN_ADDRESS = "unproven-address"
UNCONFIRMED = "unconfirmed"
CLOSED = "closed"
ANSWER_WITHIN = timedelta(days=7)

_OPEN = """
SELECT count(*) FROM delivery JOIN journal ON journal.id = delivery.journal_id
WHERE delivery.state = 'held' AND delivery.last_status = ? AND journal.pair_id = ? AND journal.side = ?
"""
_HELD = """
SELECT journal_id, pair.state FROM delivery
    JOIN journal ON journal.id = delivery.journal_id JOIN pair ON pair.id = journal.pair_id
WHERE delivery.id = ? AND delivery.state = 'held'
"""
_RELEASE = "UPDATE delivery SET state = 'queued', last_status = '', due_at = ?, created_at = ? WHERE id = ?"
# Those whose letter a coordinator let go or refused.
_MOOT = "DELETE FROM question WHERE NOT EXISTS (SELECT 1 FROM delivery WHERE id = question.delivery_id)"


class Questions:
    """What members were asked and have not answered yet."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault) -> None:
        self._reader, self._writer, self._vault = reader, writer, vault

    async def open_in(self, pair_id: str, side: Side, why: str) -> int:
        """How many letters by the member on ``side`` of a pair wait for an answer; ``why`` is what they are held as."""
        row = await self._reader.run(lambda db: db.execute(_OPEN, (why, pair_id, side.value)).fetchone())
        return int(row[0])

    async def answer(self, token: str, now: datetime) -> Answered | None:
        """Let the letter go that the holder of ``token`` was asked about, or give it up when its pair is closed by now.
        None when there is no such question, or it was answered or came too late."""
        found = question_hash(self._vault, token)

        def job(db: Database) -> Answered | None:
            sql = "DELETE FROM question WHERE hash = ? AND expires_at > ? RETURNING delivery_id"
            asked = db.execute(sql, (found, stored(now))).fetchone()
            return None if asked is None else release(db, asked[0], now)

        return await self._writer.run(job)

    async def expire(self, now: datetime) -> int:
        """Give up the letters whose question was not answered in time; the journal says so. Returns how many."""

        def job(db: Database) -> int:
            late = db.execute("DELETE FROM question WHERE expires_at <= ? RETURNING delivery_id", (stored(now),))
            held = "SELECT 1 FROM delivery WHERE id = ? AND state = 'held'"
            ids = [id for (id,) in late.fetchall() if db.execute(held, (id,)).fetchone()]
            db.execute("DELETE FROM address_question WHERE expires_at <= ?", (stored(now),))
            db.execute(_MOOT)
            return sum(finish(db, id, UNCONFIRMED, now) for id in ids)

        return await self._writer.run(job)


def release(db: Database, delivery_id: str, now: datetime) -> Answered | None:
    """Make a held delivery due, or give it up when its pair is no longer active. None when it is not held any more."""
    held = db.execute(_HELD, (delivery_id,)).fetchone()
    if held is None:
        return None
    journal_id, state = held
    if state != "active":
        finish(db, delivery_id, CLOSED, now)
        return Answered(str(journal_id), False)
    db.execute(_RELEASE, (stored(now), stored(now), delivery_id))
    return Answered(str(journal_id), True)
