"""A letter begins to be held, and ceases to be: its row among the holds, kept beside its delivery."""

from __future__ import annotations

from datetime import datetime

from relay.store.engine.database import Database
from relay.store.engine.times import to_stored, to_stored_or_none
from relay.store.jobs import RELEASE_OVER_LIMIT, plan

UNPROVEN = "unproven"
UNPROVEN_ADDRESS = "unproven-address"
OVER_LIMIT = "too much"
BY_HAND = "by hand"
RESTORED = "restored"
UNREADABLE = "unreadable"
NO_SECURE_WAY = "no secure way"
AUTHOR_DECIDES = "author decides"
COORDINATOR_DECIDES = "coordinator decides"

_DECIDER = {UNPROVEN: "author", UNPROVEN_ADDRESS: "author", AUTHOR_DECIDES: "author", OVER_LIMIT: "clock"}

_OPEN = """
INSERT INTO hold (delivery_id, journal_id, why, since_at, until_at, decider) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (delivery_id) WHERE decision = '' DO NOTHING
"""
_OPEN_ALL = """
INSERT INTO hold (delivery_id, journal_id, why, since_at, decider)
SELECT id, journal_id, ?, created_at, 'person' FROM delivery WHERE state <> 'held'
"""
_CLOSE = """
UPDATE hold SET decision = ?, decided_by = ?, decided_at = ? WHERE delivery_id = ? AND decision = ''
"""
_LEAVE = "UPDATE hold SET decider = 'person', until_at = NULL WHERE delivery_id = ? AND decision = ''"


def open_hold(
    db: Database, delivery_id: str, journal_id: str, why: str, *, since: datetime, until: datetime | None = None
) -> None:
    """Note that a delivery is held, and plan what lets it go by itself."""
    decider = _DECIDER.get(why, "person")
    db.execute(_OPEN, (delivery_id, journal_id, why, to_stored(since), to_stored_or_none(until), decider))
    if why == OVER_LIMIT:
        plan(db, RELEASE_OVER_LIMIT, "", since)


def hold_everything(db: Database) -> None:
    """Note that everything that is not held yet is held now, after a backup was restored; nobody knows since when but
    since it was accepted."""
    db.execute(_OPEN_ALL, (RESTORED,))


def close_hold(db: Database, delivery_id: str, decision: str, by: str, at: datetime) -> None:
    """Note what was decided about a delivery that is held; one that is not stays as it is."""
    db.execute(_CLOSE, (decision, by, to_stored(at), delivery_id))


def leave_to_person(db: Database, delivery_id: str) -> None:
    """Only a person decides about it now, and time does not."""
    db.execute(_LEAVE, (delivery_id,))
