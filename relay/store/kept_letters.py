"""The kept letters of a pair, with what decides who may be given a copy of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from relay.model import Side
from relay.store.engine.database import Database, text_list
from relay.store.engine.reader import Reader
from relay.store.engine.times import from_stored
from relay.store.letter_bodies import files_staying, opened_body
from relay.store.queue.holding import UNPROVEN, UNPROVEN_ADDRESS
from relay.vault import Vault

# A letter whose author was never proven may be somebody else's, so it is no letter of the member's, unless released.
_ROWS = f"""
SELECT letter.number, journal.number, letter.part, journal.id, journal.side, journal.accepted_at, journal.outcome,
    subject_returned,
    EXISTS (SELECT 1 FROM delivery WHERE delivery.journal_id = journal.id AND delivery.notice = 0),
    EXISTS (SELECT 1 FROM hold WHERE hold.journal_id = journal.id AND hold.decision <> 'released'
        AND hold.why IN {text_list((UNPROVEN, UNPROVEN_ADDRESS))})
FROM journal JOIN letter ON letter.journal = journal.number
WHERE journal.pair_id = ? AND journal.kind = 'letter' AND letter.kept = 1 AND letter.number =
    (SELECT min(first.number) FROM letter first WHERE first.journal = journal.number AND first.kept = 1)
ORDER BY journal.accepted_at, journal.number
"""  # noqa: S608 -- constants
_CONTENT = "SELECT sealed, file FROM letter WHERE number = ?"


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """A kept letter, without its octets. ``side``: its author's. ``delivered``: the next server has it, and it did not
    come back. ``waiting``: it is not delivered and not given up. ``proven``: its author is known to have written it.
    ``subject_returned``: its subject may be in its reader's own words, which its author does not know; None when that
    is not known."""

    id: str
    side: Side
    accepted_at: datetime
    delivered: bool
    waiting: bool
    proven: bool
    subject_returned: bool | None
    number: int
    row: str


class KeptLetters:
    """Reads kept letters."""

    def __init__(self, reader: Reader, vault: Vault) -> None:
        self._reader, self._vault = reader, vault

    async def of_pair(self, pair_id: str) -> list[KeptLetter]:
        """The kept letters of a pair, in the order of acceptance."""
        rows = await self._reader.run(lambda db: db.execute(_ROWS, (pair_id,)).fetchall())
        return [_letter(row) for row in rows if row[4] is not None]

    async def content(self, letter: KeptLetter) -> bytes | None:
        """The octets of a letter as it was sent; None when it has been deleted meanwhile. Raises VaultError."""

        def job(db: Database) -> bytes | None:
            with files_staying(db):
                row = db.execute(_CONTENT, (letter.number,)).fetchone()
                return None if row is None else opened_body(db, self._vault, letter.row, *row)

        return await self._reader.run(job)


def _letter(row: Sequence[Any]) -> KeptLetter:
    number, journal, part, id, side, accepted_at, outcome, returned, owed, unproven = row
    return KeptLetter(
        id=str(id),
        side=Side(side),
        accepted_at=from_stored(accepted_at),
        delivered=outcome == "delivered" and not owed,
        waiting=bool(owed),
        proven=not unproven,
        subject_returned=None if returned is None else bool(returned),
        number=number,
        row=f"letter/{journal}/{part}",
    )
