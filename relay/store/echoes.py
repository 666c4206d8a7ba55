"""What members have written of each other, which comes back in quotations (relay.model.Echoes); sealed, per reader."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from itertools import chain

from relay.model import NO_ECHOES, Change, Echo, Echoes, JournalEntry, Side
from relay.store.engine.database import Cursor, Database
from relay.store.engine.reader import Reader
from relay.store.engine.times import to_stored
from relay.vault import Vault

MAX_LETTERS = 1000
"""Letters of a pair whose echoes are read, the newest first; older ones are hardly quoted."""
_FEW = 10
"""Letters whose echoes are read with the route, in the event loop's thread."""
MAX_MENTIONS = 2000
"""Mentions that are read with the words around, of the newest letters."""
MAX_CHANGES = 1000
"""Changes that are read, of the newest letters."""
MAX_VALUES, MAX_SKETCHES = 2000, 100
"""The same of texts that stand by themselves, and of sketches of files."""

_INSERT = "INSERT INTO echo (pair_id, side, created_at, sealed) VALUES (?, ?, ?, ?)"
_OF_READER = "SELECT sealed FROM echo WHERE pair_id = ? AND side = ? ORDER BY number DESC LIMIT ?"


class EchoMemory:
    """What was written to each member of them, or may come back from them."""

    def __init__(self, reader: Reader, vault: Vault) -> None:
        self._reader, self._vault = reader, vault

    async def of(self, pair_id: str, side: Side, few: Sequence[bytes] | None = None) -> Echoes:
        """What the member on ``side`` was written by the other one. ``few`` are the rows, where they were found with
        the route (RouteLookup.echoes). Raises StoreError."""
        if few is not None:
            return self._opened(pair_id, side, few)

        def job(db: Database) -> Echoes:
            rows = db.execute(_OF_READER, (pair_id, side.value, MAX_LETTERS)).fetchall()
            return self._opened(pair_id, side, [sealed for (sealed,) in rows])

        return await self._reader.run(job)

    def _opened(self, pair_id: str, side: Side, rows: Sequence[bytes]) -> Echoes:
        return _together([self._vault.open(sealed, echo_row(pair_id, side)) for sealed in rows]) if rows else NO_ECHOES


def ask_few(db: Database, pair_id: str, side: Side) -> Cursor:
    """The question for the echoes of a reader who has few, whose answer ``few_of`` reads."""
    return db.execute(_OF_READER, (pair_id, side.value, _FEW + 1))


def few_of(asked: Cursor) -> tuple[bytes, ...] | None:
    """The answer to ``ask_few``: the rows, sealed; None when there are more."""
    rows = asked.fetchall()
    return tuple([sealed for (sealed,) in rows]) if len(rows) <= _FEW else None


def remember_echoes(db: Database, vault: Vault, entry: JournalEntry, echoes: Echoes | None) -> None:
    """Note what of the letter in ``entry`` belongs to its reader; nothing when nothing does."""
    if echoes and entry.pair_id is not None and entry.side is not None:
        reader = entry.side.other
        sealed = vault.seal(json.dumps(asdict(echoes)).encode(), echo_row(entry.pair_id, reader))
        db.execute(_INSERT, (entry.pair_id, reader.value, to_stored(entry.accepted_at), sealed))


def echo_row(pair_id: str, side: str) -> str:
    """The name of a row in the seal."""
    return f"echo/{pair_id}/{side}"


def _together(rows: list[bytes]) -> Echoes:
    read = [json.loads(row) for row in rows]

    def every(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(chain.from_iterable(row.get(name, ()) for row in read)))

    # The newest first. Rows of earlier versions have no changes, values and sketches.
    changes = dict.fromkeys(Change(**one) for row in read for one in row.get("changes", ()))

    mentions = tuple(dict.fromkeys(Echo(**one) for row in read for one in row["mentions"]))
    # Older ones stay in every quotation: nobody makes relay forget a name by writing it often.
    older = Counter[str]()
    for one in mentions[MAX_MENTIONS:]:
        older[one.words] += one.times
    others = [Echo("", words, "", times) for words, times in older.items()]
    kept = (*mentions[:MAX_MENTIONS], *others[:MAX_MENTIONS])
    return Echoes(
        kept,
        every("subjects"),
        every("files"),
        every("names"),
        changes=tuple(changes)[:MAX_CHANGES],
        values=every("values")[:MAX_VALUES],
        sketches=every("sketches")[:MAX_SKETCHES],
    )
