"""Opens and closes holds: the row in ``hold`` beside a delivery in the state "held"."""

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
WORD_ALONE = "word alone"
COORDINATOR_DECIDES = "coordinator decides"
REPORTED = "reported"

_DECIDER = {
    **dict.fromkeys((UNPROVEN, UNPROVEN_ADDRESS, AUTHOR_DECIDES, WORD_ALONE), "author"),
    OVER_LIMIT: "clock",
}

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
    """Insert the hold of a delivery. For OVER_LIMIT also plan the job that releases it."""
    decider = _DECIDER.get(why, "person")
    db.execute(_OPEN, (delivery_id, journal_id, why, to_stored(since), to_stored_or_none(until), decider))
    if why == OVER_LIMIT:
        plan(db, RELEASE_OVER_LIMIT, "", since)


def hold_everything(db: Database) -> None:
    """Insert holds for all deliveries that are not held yet, after a restore. They count from the acceptance."""
    db.execute(_OPEN_ALL, (RESTORED,))


def close_hold(db: Database, delivery_id: str, decision: str, by: str, at: datetime) -> None:
    """Record the decision in the open hold of a delivery, if it has one."""
    db.execute(_CLOSE, (decision, by, to_stored(at), delivery_id))


def leave_to_person(db: Database, delivery_id: str) -> None:
    """Let a person decide about an open hold, without time limit."""
    db.execute(_LEAVE, (delivery_id,))
