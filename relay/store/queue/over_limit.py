"""Letters held because their author or pair is over the rate limit: counted, listed, released."""

from __future__ import annotations

from datetime import datetime

from relay.model import Side
from relay.states import EXCHANGING
from relay.store.engine.database import Database, text_list
from relay.store.engine.reader import Reader
from relay.store.engine.writer import Writer
from relay.store.hold_records import Decided, Decider, HoldDecision
from relay.store.holds import decide
from relay.store.queue.holding import OVER_LIMIT
from relay.store.records import OverLimitRow
from relay.store.signing_again import SignAgain
from relay.vault import Vault

_COUNT = """
SELECT count(*) FROM delivery JOIN journal ON journal.id = delivery.journal_id
WHERE delivery.state = 'held' AND delivery.last_status = ? AND journal.pair_id = ? AND journal.side IN (?, ?)
"""
_ROWS = f"""
SELECT delivery.id, journal.id, journal.pair_id, journal.side
FROM delivery JOIN journal ON journal.id = delivery.journal_id JOIN pair ON pair.id = journal.pair_id
WHERE delivery.state = 'held' AND delivery.last_status = ? AND journal.side IS NOT NULL
    AND pair.state IN {text_list(EXCHANGING)}
ORDER BY delivery.number
"""  # noqa: S608
_MAY_GO = f"""
SELECT 1 FROM delivery JOIN journal ON journal.id = delivery.journal_id JOIN pair ON pair.id = journal.pair_id
WHERE delivery.id = ? AND delivery.state = 'held' AND delivery.last_status = ?
    AND pair.state IN {text_list(EXCHANGING)}
"""  # noqa: S608
_ANY = "SELECT 1 FROM delivery WHERE state = 'held' AND last_status = ? LIMIT 1"


class OverLimitLetters:
    """The letters held for the rate limit."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault, sign: SignAgain) -> None:
        self._reader, self._writer, self._vault, self._sign = reader, writer, vault, sign

    async def count(self, pair_id: str, side: Side | None = None) -> int:
        """How many letters of a pair are held, by the member on ``side``, or by both members."""
        sides = (side.value, side.value) if side is not None else (Side.MENTOR.value, Side.MENTEE.value)
        row = await self._reader.run(lambda db: db.execute(_COUNT, (OVER_LIMIT, pair_id, *sides)).fetchone())
        return int(row[0])

    async def rows(self) -> list[OverLimitRow]:
        """The letters that can be released, oldest first. Those of a pair that exchanges no letters wait for a
        person."""
        found = await self._reader.run(lambda db: db.execute(_ROWS, (OVER_LIMIT,)).fetchall())
        return [OverLimitRow(delivery, journal, pair, Side(side)) for delivery, journal, pair, side in found]

    async def release(self, delivery_id: str, now: datetime) -> bool:
        """Release one. False when it is not held any more (another node or a person released it), or its pair exchanges
        no letters."""
        release = Decided(delivery_id, HoldDecision.RELEASED, Decider.CLOCK, now)

        def job(db: Database) -> bool:
            if db.execute(_MAY_GO, (delivery_id, OVER_LIMIT)).fetchone() is None:
                return False
            return decide(db, self._vault, release, self._sign) is not None

        return await self._writer.run(job)

    async def any(self) -> bool:
        """Whether any letter is held for the rate limit."""
        row = await self._reader.run(lambda db: db.execute(_ANY, (OVER_LIMIT,)).fetchone())
        return row is not None
