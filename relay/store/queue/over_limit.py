"""Letters held because their author or pair sent more than they may: counted, listed, let go."""

from __future__ import annotations

from datetime import datetime

from relay.model import Side
from relay.store.engine.database import Database
from relay.store.engine.reader import Reader
from relay.store.engine.times import stored
from relay.store.engine.writer import Writer
from relay.store.records import OverLimitRow

OVER_LIMIT = "too much"

_COUNT = """
SELECT count(*) FROM delivery JOIN journal ON journal.id = delivery.journal_id
WHERE delivery.state = 'held' AND delivery.last_status = ? AND journal.pair_id = ? AND journal.side IN (?, ?)
"""
_ROWS = """
SELECT delivery.id, journal.id, journal.pair_id, journal.side
FROM delivery JOIN journal ON journal.id = delivery.journal_id JOIN pair ON pair.id = journal.pair_id
WHERE delivery.state = 'held' AND delivery.last_status = ? AND journal.side IS NOT NULL AND pair.state = 'active'
ORDER BY delivery.number
"""
_RELEASE = """
UPDATE delivery SET state = 'queued', last_status = '', due_at = ?, created_at = ?
WHERE id = ? AND state = 'held' AND last_status = ?
"""


class OverLimitLetters:
    """What waits for room."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader, self._writer = reader, writer

    async def count(self, pair_id: str, side: Side | None = None) -> int:
        """How many letters of a pair are held, by the member on ``side`` or by both."""
        sides = (side.value, side.value) if side is not None else (Side.MENTOR.value, Side.MENTEE.value)
        row = await self._reader.run(lambda db: db.execute(_COUNT, (OVER_LIMIT, pair_id, *sides)).fetchone())
        return int(row[0])

    async def rows(self) -> list[OverLimitRow]:
        """Those that may go when there is room, the oldest first: of a pair that is not open they wait for a person."""
        found = await self._reader.run(lambda db: db.execute(_ROWS, (OVER_LIMIT,)).fetchall())
        return [OverLimitRow(delivery, journal, pair, Side(side)) for delivery, journal, pair, side in found]

    async def release(self, delivery_id: str, now: datetime) -> bool:
        """Let one go. False when it is not held any more: by another relay, or by hand."""

        def job(db: Database) -> bool:
            return db.execute(_RELEASE, (stored(now), stored(now), delivery_id, OVER_LIMIT)).rowcount == 1

        return await self._writer.run(job)
