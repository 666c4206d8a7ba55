"""Recognises duplicates: retries after a lost 250, and replayed letters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from relay.store.engine.database import Cursor, Database
from relay.store.engine.times import to_stored

REMEMBERED = timedelta(days=30)
"""Longer than servers retry, and than a DKIM signature should be trusted."""

# A letter that failed may be sent again: the notice asks for that.
_NOT_A_DUPLICATE = """
seen.seen_at <= :oldest
    OR EXISTS (SELECT 1 FROM journal WHERE id = seen.journal_id AND outcome IN ('failed', 'refused'))
"""
_KNOWN = f"SELECT journal_id FROM seen WHERE hash = :hash AND NOT ({_NOT_A_DUPLICATE})"  # noqa: S608
# One statement, so that of two nodes that accept the same letter at the same time one waits here for the other.
_REMEMBER = f"""
INSERT INTO seen (hash, journal_id, seen_at) VALUES (:hash, :journal_id, :now)
ON CONFLICT (hash) DO UPDATE SET journal_id = :journal_id, seen_at = :now WHERE {_NOT_A_DUPLICATE}
"""  # noqa: S608
# Run with some inserts, so that the table stays near the size of a month's letters without a job.
_FORGET = "DELETE FROM seen WHERE hash IN (SELECT hash FROM seen WHERE seen_at <= ? ORDER BY seen_at LIMIT 100)"
_FORGET_PER_256 = 8  # of 256 inserts


def known(db: Database, hashes: Sequence[bytes], now: datetime) -> str | None:
    """The journal id of the letter accepted within REMEMBERED that has one of ``hashes`` (keyed_hashes.written_hashes);
    None for a new letter. All hashes are searched in both cases, so that the work is the same."""
    return known_of(ask_known(db, hashes, now))


def ask_known(db: Database, hashes: Sequence[bytes], now: datetime) -> list[Cursor]:
    """The question of ``known``, whose answer ``known_of`` reads."""
    oldest = to_stored(now - REMEMBERED)
    return [db.execute(_KNOWN, {"hash": hash, "oldest": oldest}) for hash in hashes]


def known_of(asked: Sequence[Cursor]) -> str | None:
    """The answer to ``ask_known``."""
    rows = [one.fetchone() for one in asked]
    return next((str(row[0]) for row in rows if row is not None), None)


def remember(db: Database, letter: Sequence[Sequence[bytes]], journal_id: str, now: datetime) -> str | None:
    """Store the fingerprints of ``letter``, each given as all its hashes, for ``journal_id``. Returns None; or, when
    one of them is known already, that letter's journal id, for which the others are stored then.

    Some calls also delete fingerprints older than REMEMBERED.
    """
    before = known(db, [hash for _, *older in letter for hash in older], now)
    asked = [(hash, _remember(db, hash, before or journal_id, now)) for hash, *_ in letter]
    new = [hash for hash, stored in asked if stored.rowcount == 1]
    if len(new) == len(asked):
        return before
    first = next(hash for hash, _ in asked if hash not in new)
    before = before or str(db.execute("SELECT journal_id FROM seen WHERE hash = ?", (first,)).fetchone()[0])
    db.executemany("UPDATE seen SET journal_id = ? WHERE hash = ?", [(before, hash) for hash in new])
    return before


def _remember(db: Database, hash: bytes, journal_id: str, now: datetime) -> Cursor:
    oldest = to_stored(now - REMEMBERED)
    values = {"hash": hash, "journal_id": journal_id, "now": to_stored(now), "oldest": oldest}
    stored = db.execute(_REMEMBER, values)
    if hash[0] < _FORGET_PER_256:
        db.execute(_FORGET, (oldest,))
    return stored
