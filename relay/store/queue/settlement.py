"""Records results of delivery tries: back to the queue, held, or finished with an outcome in the journal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from relay.model import EventKind
from relay.outcomes import Deferred, Sent
from relay.store.engine.database import Cursor, Database
from relay.store.engine.times import to_stored
from relay.store.engine.writer import NotBrief
from relay.store.events import of_letter, record
from relay.store.hold_records import Decider, HoldDecision
from relay.store.queue.acceptance import accept, insert_entry
from relay.store.queue.holding import close_hold, open_hold
from relay.store.records import CameBack, Settlement
from relay.vault import Vault

_DECISIONS = frozenset(HoldDecision)
_AGAIN = "UPDATE delivery SET state = 'queued', due_at = ?, last_status = ? WHERE id = ?"
_HOLD = "UPDATE delivery SET state = 'held', last_status = ? WHERE id = ? RETURNING journal_id"
# An UPDATE instead of a SELECT, because it locks the row on PostgreSQL as well.
_NEWEST = "UPDATE delivery SET attempts = attempts WHERE id = ? AND attempts = ? RETURNING id"
# A notice stored under a letter's journal id does not change that letter's outcome.
_DELIVERED = """
UPDATE journal SET outcome = 'delivered', settled_at = :at
WHERE id = :journal_id AND outcome = 'accepted' AND NOT (:notice = 1 AND kind = 'letter')
    AND NOT EXISTS (SELECT 1 FROM delivery WHERE journal_id = :journal_id AND notice = :notice)
"""
_FAILED = """
UPDATE journal SET outcome = 'failed', reason = :reason, settled_at = :at
WHERE id = :journal_id AND outcome IN ('accepted', 'delivered') AND NOT (:notice = 1 AND kind = 'letter')
"""
_NOT_DELIVERED = """
UPDATE journal SET outcome = 'failed', reason = ?, settled_at = ?
WHERE id = ? AND outcome IN ('accepted', 'delivered')
"""
_OCTETS = """
SELECT length(letter.sealed) FROM delivery JOIN letter ON letter.number = delivery.letter
WHERE delivery.id = ? AND letter.kept = 0
"""
_DELETE_UNOWED = """
DELETE FROM letter
WHERE number = ? AND kept = 0 AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.letter = letter.number)
"""


def settle(db: Database, vault: Vault, settlements: Sequence[Settlement], most: int | None = None) -> None:
    """Write the results of tries. Deliveries that are gone (dropped, or settled before) are skipped with their
    follow-ups. Raises NotBrief when the letters that may be deleted have more than ``most`` octets together."""
    if most is not None and _delete_more(db, settlements, most):
        raise NotBrief  # deleting overwrites every page (secure_delete)
    asked = [_remove(db, each.delivery_id) if _delivered(each) else None for each in settlements]
    removed = [None if rows is None else rows.fetchone() for rows in asked]
    for settlement, gone in zip(settlements, removed, strict=True):
        if _settle(db, vault, settlement, gone) and settlement.follow_ups:
            accept(db, vault, settlement.follow_ups)


def _delete_more(db: Database, settlements: Sequence[Settlement], most: int) -> bool:
    """Whether the rows that may be deleted have more than ``most`` octets. The table is asked only where the letters'
    own size does not tell."""
    known = [each.octets for each in settlements if each.octets is not None]
    if len(known) == len(settlements) and sum(known) <= most:
        return False
    return sum(_octets_deleted(db, each.delivery_id) for each in settlements) > most


def _octets_deleted(db: Database, delivery_id: str) -> int:
    found = db.execute(_OCTETS, (delivery_id,)).fetchone()
    return int(found[0]) if found else 0


def came_back(db: Database, vault: Vault, report: CameBack) -> bool:
    """Record a report that a letter failed after the next server had accepted it. Returns whether this is the first
    failure of the letter."""
    insert_entry(db, report.entry)
    values = (report.reason, to_stored(report.entry.accepted_at), report.journal_id)
    first = db.execute(_NOT_DELIVERED, values).rowcount == 1
    if first:
        at, status = report.entry.accepted_at, report.reason
        record(db, vault, of_letter(db, EventKind.BOUNCED, report.journal_id, at, status=status))
    if first and report.follow_up is not None:
        accept(db, vault, (report.follow_up,))
    return first


def _delivered(settlement: Settlement) -> bool:
    return isinstance(settlement.outcome, Sent) and not settlement.hold


def _settle(db: Database, vault: Vault, settlement: Settlement, gone: Any) -> bool:
    """Settle one. ``gone``: the row of a delivery that was delivered, which is removed already."""
    outcome = settlement.outcome
    if _delivered(settlement):
        return _finish(db, settlement.delivery_id, gone, None, settlement.settled_at)
    if settlement.hold:
        return _is_newest(db, settlement) and _hold(db, vault, settlement)
    if settlement.attempts is not None and not _is_newest(db, settlement):
        return False
    if isinstance(outcome, Deferred) and settlement.next_due_at is not None:
        row = (to_stored(settlement.next_due_at), outcome.status, settlement.delivery_id)
        return db.execute(_AGAIN, row).rowcount == 1
    _note_bounce(db, vault, settlement, outcome.status)
    return finish(db, settlement.delivery_id, outcome.status, settlement.settled_at)


def _hold(db: Database, vault: Vault, settlement: Settlement) -> bool:
    """Hold the delivery for a person to decide. Its last status stays that of the try."""
    kept = db.execute(_HOLD, (settlement.outcome.status, settlement.delivery_id)).fetchone()
    if kept is None:
        return False
    open_hold(db, settlement.delivery_id, kept[0], settlement.hold, since=settlement.settled_at)
    held = of_letter(db, EventKind.HELD, kept[0], settlement.settled_at, reason=settlement.hold)
    record(db, vault, held)
    return True


def _note_bounce(db: Database, vault: Vault, settlement: Settlement, status: str) -> None:
    owed = db.execute("SELECT journal_id FROM delivery WHERE id = ?", (settlement.delivery_id,)).fetchone()
    if owed is not None:
        record(db, vault, of_letter(db, EventKind.BOUNCED, owed[0], settlement.settled_at, status=status))


def _is_newest(db: Database, settlement: Settlement) -> bool:
    """Whether no later try has begun. Locks the delivery until this transaction ends."""
    values = (settlement.delivery_id, settlement.attempts)
    return db.execute(_NEWEST, values).fetchone() is not None


def finish(db: Database, delivery_id: str, reason: str | None, at: datetime) -> bool:
    """Remove a delivery from the queue: delivered, or failed for ``reason``. False when there is no such delivery.

    A letter with several deliveries has failed when one of them fails, and is delivered when all are.
    """
    return _finish(db, delivery_id, _remove(db, delivery_id).fetchone(), reason, at)


def _remove(db: Database, delivery_id: str) -> Cursor:
    return db.execute("DELETE FROM delivery WHERE id = ? RETURNING journal_id, letter, notice, state", (delivery_id,))


def _finish(db: Database, delivery_id: str, gone: Any, reason: str | None, at: datetime) -> bool:
    if gone is None:
        return False
    journal_id, letter, notice, state = gone
    if state == "held":
        close_hold(db, delivery_id, reason if reason in _DECISIONS else HoldDecision.ENDED, Decider.PERSON, at)
    values = {"journal_id": journal_id, "notice": notice, "reason": reason, "at": to_stored(at)}
    db.execute(_DELIVERED if reason is None else _FAILED, values)
    db.execute(_DELETE_UNOWED, (letter,))
    return True
