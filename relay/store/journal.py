"""The journal: letters relayed and refused, with the letters that are kept."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from relay.model import JournalEntry, Side
from relay.store.engine.database import Database
from relay.store.engine.reader import Reader
from relay.store.engine.times import from_stored, from_stored_or_none, to_stored
from relay.store.engine.writer import Writer
from relay.store.letter_bodies import files_staying, opened_body
from relay.store.queue.acceptance import note
from relay.vault import Vault

_COLUMNS = (
    "journal.number, journal.id, pair_id, side, kind, accepted_at, size_in, size_out, removed, outcome, reason, "
    "settled_at"
)
_WITH_LETTER = (
    f"SELECT {_COLUMNS}, letter.part, letter.sealed, letter.file FROM journal LEFT JOIN letter ON letter.number = "  # noqa: S608
    "(SELECT min(first.number) FROM letter first WHERE first.journal = journal.number AND first.kept = 1) "
)
_SHOW = _WITH_LETTER + "WHERE journal.id = ?"
_NEXT = _WITH_LETTER + "WHERE journal.number > ? ORDER BY journal.number"
_NEWEST = f"""
SELECT {_COLUMNS} FROM journal WHERE accepted_at >= :since
ORDER BY accepted_at DESC, journal.number DESC LIMIT :limit
"""  # noqa: S608
_NEWEST_OF_PAIR = f"""
SELECT {_COLUMNS} FROM journal WHERE pair_id = :pair_id AND accepted_at >= :since
ORDER BY accepted_at DESC, journal.number DESC LIMIT :limit
"""  # noqa: S608
_LAST_LETTERS = """
SELECT pair_id, side, accepted_at FROM journal WHERE number IN
    (SELECT max(number) FROM journal WHERE kind = 'letter' AND outcome <> 'refused' AND pair_id IS NOT NULL
     GROUP BY pair_id)
"""
_EVER, _ALL = -(2**63), 2**62
_ROWS_A_PAGE = 500
_OCTETS_A_PAGE = 8 * 1024 * 1024

Shown = tuple[JournalEntry, bytes | None]
Entries = list[JournalEntry]  # inside the class, ``list`` is a method
Showings = list[Shown]


class Journal:
    """The table of journal entries."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault) -> None:
        self._reader, self._writer, self._vault = reader, writer, vault

    async def record(self, entry: JournalEntry) -> None:
        """Add one entry without a delivery, such as a refusal. Raises StoreError for a duplicate id."""
        await self._writer.run(lambda db: note(db, self._vault, entry), brief=True)

    async def show(self, id: str) -> Shown | None:
        """One entry and the letter kept with it, or None; None when there is no such entry."""

        def job(db: Database) -> Shown | None:
            with files_staying(db):
                row = db.execute(_SHOW, (id,)).fetchone()
                return None if row is None else _shown(db, self._vault, row)

        return await self._reader.run(job)

    async def all(self) -> AsyncIterator[Shown]:
        """Every entry with its kept letter, in the order of acceptance. Reads a few megabytes at a time."""
        number = 0
        while True:
            after = number
            shown, number = await self._reader.run(lambda db, after=after: self._page(db, after))  # type: ignore[misc]
            if not shown:
                return
            for one in shown:
                yield one

    async def list(
        self, *, pair_id: str | None = None, since: datetime | None = None, limit: int | None = None
    ) -> Entries:
        """The newest ``limit`` entries (of ``pair_id``, accepted at ``since`` or later), oldest first."""
        sql = _NEWEST if pair_id is None else _NEWEST_OF_PAIR
        values = {
            "pair_id": pair_id,
            "since": _EVER if since is None else to_stored(since),
            "limit": _ALL if limit is None else limit,
        }
        rows = await self._reader.run(lambda db: db.execute(sql, values).fetchall())
        return [_entry(row) for row in reversed(rows)]

    async def last_letters(self) -> dict[str, tuple[Side, datetime]]:
        """Pair id → whose letter was the last one, and when it was accepted; without pairs that wrote none."""
        rows = await self._reader.run(lambda db: db.execute(_LAST_LETTERS).fetchall())
        return {pair_id: (Side(side), from_stored(at)) for pair_id, side, at in rows if side is not None}

    def _page(self, db: Database, after: int) -> tuple[Showings, int]:
        """The entries after number ``after``, limited by count and by the size of their letters; and the last
        number."""
        shown: Showings = []
        octets, number = 0, after
        with files_staying(db):
            for row in db.execute(_NEXT, (after,)):
                shown.append(_shown(db, self._vault, row))
                number = row[0]
                octets += len(shown[-1][1] or b"")
                if len(shown) == _ROWS_A_PAGE or octets >= _OCTETS_A_PAGE:
                    break
        return shown, number


def _shown(db: Database, vault: Vault, row: tuple[Any, ...]) -> Shown:
    part, sealed, file = row[12:15]
    return _entry(row), None if sealed is None else opened_body(db, vault, f"letter/{row[0]}/{part}", sealed, file)


def _entry(row: tuple[Any, ...]) -> JournalEntry:
    return JournalEntry(
        id=row[1],
        pair_id=row[2],
        side=None if row[3] is None else Side(row[3]),
        kind=row[4],
        accepted_at=from_stored(row[5]),
        size_in=row[6],
        size_out=row[7],
        removed=json.loads(row[8]),
        outcome=row[9],
        reason=row[10],
        settled_at=from_stored_or_none(row[11]),
    )
