"""How a letter that was held goes on: to its recipient, or nowhere."""

from __future__ import annotations

from datetime import datetime

from relay.store.engine.database import Database
from relay.store.engine.times import stored
from relay.store.queue.settlement import finish
from relay.store.records import Answered

CLOSED = "closed"

_HELD = """
SELECT journal_id, pair.state FROM delivery
    JOIN journal ON journal.id = delivery.journal_id JOIN pair ON pair.id = journal.pair_id
WHERE delivery.id = ? AND delivery.state = 'held'
"""
_RELEASE = "UPDATE delivery SET state = 'queued', last_status = '', due_at = ?, created_at = ? WHERE id = ?"
_KEPT = """
DELETE FROM letter WHERE journal = (SELECT number FROM journal WHERE id = ?)
    AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.letter = letter.number)
"""


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


def destroy(db: Database, delivery_id: str, reason: str, now: datetime) -> bool:
    """Give up a held letter that nobody said was theirs; not even a copy of it is kept. False when there is none."""
    row = db.execute("SELECT journal_id FROM delivery WHERE id = ?", (delivery_id,)).fetchone()
    if row is None or not finish(db, delivery_id, reason, now):
        return False
    db.execute(_KEPT, (row[0],))
    return True
