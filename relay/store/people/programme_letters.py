"""Remembers which letters relay itself wrote to members, so that an answer to one is known as such."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from relay.store.engine.database import Database
from relay.store.engine.reader import Reader
from relay.store.engine.times import to_stored

_INSERT = "INSERT INTO programme_letter (message_id, pair_id, sent_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_MOST = 100


class ProgrammeLetters:
    """The letters of relay's own."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def pairs_of(self, message_ids: Sequence[str]) -> tuple[str, ...]:
        """The pairs that letters of relay's with one of these Message-IDs (without angle brackets) were about, in the
        order of the Message-IDs."""
        asked = tuple(dict.fromkeys(message_ids))[:_MOST]
        if not asked:
            return ()
        sql = f"SELECT message_id, pair_id FROM programme_letter WHERE message_id IN ({', '.join('?' * len(asked))})"  # noqa: S608
        found = dict(await self._reader.run(lambda db: db.execute(sql, asked).fetchall(), brief=True))
        return tuple(dict.fromkeys(found[one] for one in asked if one in found))


def note_letter(db: Database, message_id: str, pair_id: str, now: datetime) -> None:
    """Remember a letter about the pair ``pair_id``."""
    db.execute(_INSERT, (message_id, pair_id, to_stored(now)))
