"""The same letter twice: who retries because our answer was lost, and who plays an old letter again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from relay.store.engine.database import Database
from relay.store.engine.times import to_stored

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


def known(db: Database, hashes: Sequence[bytes], now: datetime) -> str | None:
    """The journal id of the letter that has any of these ``hashes`` (keyed_hashes.written_hashes), taken within
    REMEMBERED; None for a new one. The same work for both: all are looked for."""
    oldest = to_stored(now - REMEMBERED)
    rows = [db.execute(_KNOWN, {"hash": hash, "oldest": oldest}).fetchone() for hash in hashes]
    return next((str(row[0]) for row in rows if row is not None), None)


def remember(db: Database, letter: Sequence[Sequence[bytes]], journal_id: str, now: datetime) -> str | None:
    """Keep in mind that ``journal_id`` is the ``letter`` of all these fingerprints, each given as all that it may be
    known by; or return the id that the letter of one of them has had since before, which the others then stand for.

    Now and then forgets some that are older than REMEMBERED.
    """
    before = known(db, [hash for hashes in letter for hash in hashes], now)
    for hash, *_ in letter:
        other = _remember(db, hash, before or journal_id, now)
        before = before or other
    return before


def _remember(db: Database, hash: bytes, journal_id: str, now: datetime) -> str | None:
    oldest = to_stored(now - REMEMBERED)
    values = {"hash": hash, "journal_id": journal_id, "now": to_stored(now), "oldest": oldest}
    if db.execute(_REMEMBER, values).rowcount == 1:
        if hash[0] < _NOW_AND_THEN:
            db.execute(_FORGET, (oldest,))
        return None
    return str(db.execute("SELECT journal_id FROM seen WHERE hash = ?", (hash,)).fetchone()[0])
