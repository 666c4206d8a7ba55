"""The same letter twice: who retries because our answer was lost, and who plays an old letter again."""

from __future__ import annotations

from datetime import datetime, timedelta

from relay.store.database import Database
from relay.store.times import stored

REMEMBERED = timedelta(days=30)
"""Longer than any server keeps trying, and than a DKIM signature should be believed."""

# A letter that never arrived may be sent again: our own notice asks for that.
_OVER = """
seen.seen_at <= :oldest
    OR EXISTS (SELECT 1 FROM journal WHERE id = seen.journal_id AND outcome IN ('failed', 'refused'))
"""
_KNOWN = f"SELECT journal_id FROM seen WHERE hash = :hash AND NOT ({_OVER})"  # noqa: S608
# In one statement: of two nodes that take the same letter at the same moment, one waits here for the other.
_REMEMBER = f"""
INSERT INTO seen (hash, journal_id, seen_at) VALUES (:hash, :journal_id, :now)
ON CONFLICT (hash) DO UPDATE SET journal_id = :journal_id, seen_at = :now WHERE {_OVER}
"""  # noqa: S608
# Some now and then: the table stays about as small as a month's letters, and no job has to be run.
_FORGET = "DELETE FROM seen WHERE hash IN (SELECT hash FROM seen WHERE seen_at <= ? ORDER BY seen_at LIMIT 100)"
_NOW_AND_THEN = 8  # of 256 new letters


def known(db: Database, hash: bytes, now: datetime) -> str | None:
    """The journal id of the letter of this ``hash`` (lookups.written_hash), taken within REMEMBERED; None for a new
    one."""
    row = db.execute(_KNOWN, {"hash": hash, "oldest": stored(now - REMEMBERED)}).fetchone()
    return None if row is None else str(row[0])


def remember(db: Database, hash: bytes, journal_id: str, now: datetime) -> str | None:
    """Keep in mind that ``journal_id`` is the letter of this ``hash``; or return the id it has had since before.

    Now and then forgets some that are older than REMEMBERED.
    """
    oldest = stored(now - REMEMBERED)
    values = {"hash": hash, "journal_id": journal_id, "now": stored(now), "oldest": oldest}
    if db.execute(_REMEMBER, values).rowcount == 1:
        if hash[0] < _NOW_AND_THEN:
            db.execute(_FORGET, (oldest,))
        return None
    return str(db.execute("SELECT journal_id FROM seen WHERE hash = ?", (hash,)).fetchone()[0])
