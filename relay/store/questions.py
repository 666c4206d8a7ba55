"""Letters held until their author says that they are theirs: asked once, answered by token, given up when late."""

from __future__ import annotations

from datetime import datetime

from relay.store.database import Database
from relay.store.lookups import question_hash
from relay.store.reader import Reader
from relay.store.settlement import finish
from relay.store.times import stored
from relay.store.writer import Writer
from relay.vault import Vault

UNPROVEN = "unproven"
UNCONFIRMED = "unconfirmed"

_OPEN = """
SELECT count(*) FROM delivery JOIN journal ON journal.id = delivery.journal_id
WHERE delivery.state = 'held' AND delivery.last_status = ? AND journal.pair_id = ?
"""
_RELEASE = """
UPDATE delivery SET state = 'queued', last_status = '', due_at = ?, created_at = ?
WHERE id = ? AND state = 'held' RETURNING journal_id
"""


class Questions:
    """What members were asked and have not answered yet."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault) -> None:
        self._reader, self._writer, self._vault = reader, writer, vault

    async def open_in(self, pair_id: str) -> int:
        """How many letters of a pair wait for an answer."""
        row = await self._reader.run(lambda db: db.execute(_OPEN, (UNPROVEN, pair_id)).fetchone())
        return int(row[0])

    async def answer(self, token: str, now: datetime) -> str | None:
        """Let the letter go that the holder of ``token`` was asked about. Returns its journal id; None when there is no
        such question, or it was answered or came too late."""
        found = question_hash(self._vault, token)

        def job(db: Database) -> str | None:
            sql = "DELETE FROM question WHERE hash = ? AND expires_at > ? RETURNING delivery_id"
            asked = db.execute(sql, (found, stored(now))).fetchone()
            if asked is None:
                return None
            released = db.execute(_RELEASE, (stored(now), stored(now), asked[0])).fetchone()
            return None if released is None else str(released[0])

        return await self._writer.run(job)

    async def expire(self, now: datetime) -> int:
        """Give up the letters whose question was not answered in time; the journal says so. Returns how many."""

        def job(db: Database) -> int:
            late = db.execute("DELETE FROM question WHERE expires_at <= ? RETURNING delivery_id", (stored(now),))
            held = "SELECT 1 FROM delivery WHERE id = ? AND state = 'held'"
            ids = [id for (id,) in late.fetchall() if db.execute(held, (id,)).fetchone()]
            return sum(finish(db, id, UNCONFIRMED, now) for id in ids)

        return await self._writer.run(job)
