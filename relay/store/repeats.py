"""The same letter twice: who retries because our answer was lost, and who plays an old letter again."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from relay.store.times import stored

REMEMBERED = timedelta(days=30)
"""Longer than any server keeps trying, and than a DKIM signature should be believed."""

# A letter that never arrived may be sent again: our own notice asks for that.
_KNOWN = """
SELECT seen.journal_id FROM seen LEFT JOIN journal ON journal.id = seen.journal_id
WHERE hash = ? AND seen_at > ? AND coalesce(journal.outcome, '') NOT IN ('failed', 'refused')
"""
_REMEMBER = "INSERT OR REPLACE INTO seen (hash, journal_id, seen_at) VALUES (?, ?, ?)"
# A few with every new one: the table stays as small as a month's letters, and no job has to be run.
_FORGET = "DELETE FROM seen WHERE hash IN (SELECT hash FROM seen WHERE seen_at <= ? ORDER BY seen_at LIMIT 3)"


def known(db: sqlite3.Connection, hash: bytes, now: datetime) -> str | None:
    """The journal id of the letter of this ``hash`` (lookups.written_hash), taken within REMEMBERED; None for a new
    one."""
    row = db.execute(_KNOWN, (hash, stored(now - REMEMBERED))).fetchone()
    return None if row is None else str(row[0])


def remember(db: sqlite3.Connection, hash: bytes, journal_id: str, now: datetime) -> None:
    """Keep in mind that a letter of this ``hash`` was taken, and forget some that are older than REMEMBERED."""
    db.execute(_FORGET, (stored(now - REMEMBERED),))
    db.execute(_REMEMBER, (hash, journal_id, stored(now)))
