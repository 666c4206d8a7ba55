"""The rows of reported pairs: how a pair was before, and that a person has decided about it."""

from __future__ import annotations

from datetime import datetime

from relay.model import PairState
from relay.states import NOT_BEGUN
from relay.store.engine.database import Database, text_list
from relay.store.engine.times import to_stored

_DECIDE = "UPDATE reported_pair SET decided_at = ? WHERE pair_id = ? AND decided_at IS NULL"
_FORGET_MAIL = """
UPDATE report SET sealed = NULL WHERE sealed IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM reported_pair WHERE reported_pair.report = report.number AND decided_at IS NULL
)
"""
_NOT_BEGUN = f"""
SELECT 1 FROM reported_pair WHERE pair_id = ? AND decided_at IS NULL AND before IN {text_list(NOT_BEGUN)} LIMIT 1
"""  # noqa: S608
_BEFORE = """
SELECT before, paused_before FROM reported_pair WHERE pair_id = ? AND decided_at IS NULL ORDER BY number LIMIT 1
"""


def decide_reports(db: Database, pair_id: str, now: datetime) -> None:
    """A named person has decided about a pair: no report of it stands any more."""
    if db.execute(_DECIDE, (to_stored(now), pair_id)).rowcount > 0:
        db.execute(_FORGET_MAIL)


def begun_before(db: Database, pair_id: str) -> bool:
    """Whether a reported pair had begun when it was reported."""
    return db.execute(_NOT_BEGUN, (pair_id,)).fetchone() is None


def state_before(db: Database, pair_id: str) -> tuple[PairState, str]:
    """State and pauses of a pair before the first report that stands."""
    before, paused_by = db.execute(_BEFORE, (pair_id,)).fetchone()
    return PairState(before), str(paused_by)
