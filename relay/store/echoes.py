"""What members have written of each other, which comes back in quotations (relay.model.Echoes); sealed, per reader."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import chain

from relay.model import Change, Echo, Echoes, JournalEntry, Side
from relay.store.engine.database import Database
from relay.store.engine.reader import Reader
from relay.store.engine.times import to_stored
from relay.vault import Vault

MAX_LETTERS = 1000
"""Letters of a pair whose echoes are read, the newest first; older ones are hardly quoted."""
_FEW = 10
"""Letters whose echoes are read in the event loop's thread."""
MAX_MENTIONS = 2000
"""Mentions that are read, of the newest letters."""
MAX_CHANGES = 1000
"""Changes that are read, of the newest letters."""

_INSERT = "INSERT INTO echo (pair_id, side, created_at, sealed) VALUES (?, ?, ?, ?)"
_OF_READER = "SELECT sealed FROM echo WHERE pair_id = ? AND side = ? ORDER BY number DESC LIMIT ?"


class EchoMemory:
    """What was written to each member of them, or may come back from them."""

    def __init__(self, reader: Reader, vault: Vault) -> None:
        self._reader, self._vault = reader, vault

    async def of(self, pair_id: str, side: Side) -> Echoes:
        """What the member on ``side`` was written by the other one. Raises StoreError."""

        def read(db: Database, most: int) -> list[bytes]:
            return [sealed for (sealed,) in db.execute(_OF_READER, (pair_id, side.value, most)).fetchall()]

        def opened(several: list[bytes]) -> Echoes:
            return _together([self._vault.open(sealed, echo_row(pair_id, side)) for sealed in several])

        def of_few(db: Database) -> Echoes | None:
            few = read(db, _FEW + 1)
            return opened(few) if len(few) <= _FEW else None

        found = await self._reader.run(of_few, brief=True)
        if found is not None:
            return found
        return await self._reader.run(lambda db: opened(read(db, MAX_LETTERS)))


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
        return tuple(dict.fromkeys(chain.from_iterable(row[name] for row in read)))

    # The newest first. Rows of earlier versions have no changes.
    changes = dict.fromkeys(Change(**one) for row in read for one in row.get("changes", ()))

    mentions = dict.fromkeys(Echo(**one) for row in read for one in row["mentions"])
    return Echoes(
        tuple(mentions)[:MAX_MENTIONS], every("subjects"), every("files"), every("names"), tuple(changes)[:MAX_CHANGES]
    )
