"""Held letters, and the one function that carries out decisions about them.

A person (``relay held``), an author's answer and the clock all call ``decide``. In one transaction it closes the hold,
releases or ends the letter, accepts the follow-up letter, and records the event.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from relay.model import EventKind, Side
from relay.states import EXCHANGING
from relay.store.engine.database import Database
from relay.store.engine.reader import Reader
from relay.store.engine.times import from_stored, from_stored_or_none, to_stored
from relay.store.engine.writer import Writer
from relay.store.events import of_letter, record
from relay.store.hold_records import Decided, Decider, Hold, HoldDecision
from relay.store.queue.acceptance import accept
from relay.store.queue.holding import close_hold
from relay.store.queue.settlement import finish
from relay.store.records import Answered, QueueRow
from relay.store.signing_again import SignAgain, sign_letter_again
from relay.vault import Vault

# An UPDATE instead of a SELECT, because it locks the row on PostgreSQL as well.
_HELD = "UPDATE delivery SET attempts = attempts WHERE id = ? AND state = 'held' RETURNING journal_id"
_PAIR_STATE = "SELECT pair.state FROM journal JOIN pair ON pair.id = journal.pair_id WHERE journal.id = ?"
# delivery.give_up_after counts from created_at. The time in the hold must not count.
_RELEASE = "UPDATE delivery SET state = 'queued', last_status = '', due_at = ?, created_at = ? WHERE id = ?"
_KEPT = """
DELETE FROM letter WHERE journal = (SELECT number FROM journal WHERE id = ?)
    AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.letter = letter.number)
"""
_NOT_KEPT = (HoldDecision.DENIED, HoldDecision.UNCONFIRMED, HoldDecision.DISPLACED)
"""No author has confirmed such a letter, so no copy of it is kept."""

_SELECT = """
SELECT hold.delivery_id, hold.journal_id, journal.pair_id, journal.side, hold.why, since_at, until_at, decider,
    decision, decided_at, decided_by, delivery.state, attempts, due_at, created_at, last_status, notice
FROM hold LEFT JOIN delivery ON delivery.id = hold.delivery_id LEFT JOIN journal ON journal.id = hold.journal_id
"""
_OPEN = _SELECT + "WHERE decision = '' AND delivery.state = 'held' ORDER BY since_at, hold.number"
_ONE = _SELECT + "WHERE decision = '' AND delivery.state = 'held' AND hold.delivery_id = ?"
_OF_LETTER = _SELECT + "WHERE hold.journal_id = ? AND coalesce(notice, 0) = 0 ORDER BY hold.number"


class Holds:
    """The table of holds, open and decided."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault, sign: SignAgain) -> None:
        self._reader, self._writer, self._vault, self._sign = reader, writer, vault, sign

    async def rows(self) -> list[Hold]:
        """All open holds, oldest first."""
        return await self._read(_OPEN)

    async def find(self, id: str) -> Hold | None:
        """The open hold of the delivery or letter with this id; None when it is not held."""
        found = await self._read(_ONE, id) or [one for one in await self.of_letter(id) if one.decision is None]
        return next((one for one in found if one.row is not None and one.row.state == "held"), None)

    async def of_letter(self, journal_id: str) -> list[Hold]:
        """All holds of a letter, open and decided, oldest first."""
        return await self._read(_OF_LETTER, journal_id)

    async def decide(self, given: Decided) -> Answered | None:
        """Carry out a decision in one transaction. None when the letter is not held any more. Raises StoreError, also
        when a letter to be released cannot be signed with its new Date: then it stays held."""
        return await self._writer.run(lambda db: decide(db, self._vault, given, self._sign))

    async def _read(self, sql: str, *values: str) -> list[Hold]:
        rows = await self._reader.run(lambda db: db.execute(sql, values).fetchall())
        return [_hold(row) for row in rows]


def decide(db: Database, vault: Vault, given: Decided, sign: SignAgain) -> Answered | None:
    """Carry out a decision in this transaction. Returns None when the letter is not held any more. When its pair
    exchanges no letters now, only a person can release it; any other release gives it up.

    A released letter gets a new Date and is signed anew by ``sign``. Raises StoreError when that is impossible.
    """
    held = db.execute(_HELD, (given.delivery_id,)).fetchone()
    if held is None:
        return None
    journal_id, decision = str(held[0]), given.decision
    if decision is HoldDecision.RELEASED and given.by is not Decider.PERSON and not _is_open(db, journal_id):
        decision = HoldDecision.CLOSED
    close_hold(db, given.delivery_id, decision, given.by, given.at)
    words = {"who": given.who, "why": given.why}
    if decision is HoldDecision.RELEASED:
        sign_letter_again(db, vault, given.delivery_id, given.at, sign)
        db.execute(_RELEASE, (to_stored(given.at), to_stored(given.at), given.delivery_id))
        record(db, vault, of_letter(db, EventKind.RELEASED, journal_id, given.at, **words, by=given.by))
    else:
        finish(db, given.delivery_id, decision, given.at)
        record(db, vault, of_letter(db, EventKind.REFUSED, journal_id, given.at, **words, by=given.by, reason=decision))
    if decision in _NOT_KEPT:
        db.execute(_KEPT, (journal_id,))
    if given.follow_up is not None:
        accept(db, vault, (given.follow_up,))
    return Answered(journal_id, decision is HoldDecision.RELEASED)


def _is_open(db: Database, journal_id: str) -> bool:
    row = db.execute(_PAIR_STATE, (journal_id,)).fetchone()
    return row is not None and row[0] in EXCHANGING


def _hold(row: Sequence[Any]) -> Hold:
    delivery, letter, pair_id, side, why, since, until, decider, decision, decided_at, decided_by, *queued = row
    return Hold(
        delivery,
        letter,
        pair_id,
        None if side is None else Side(side),
        why,
        from_stored(since),
        from_stored_or_none(until),
        Decider(decider),
        HoldDecision(decision) if decision else None,
        from_stored_or_none(decided_at),
        Decider(decided_by) if decided_by else None,
        _queue_row(delivery, letter, queued),
    )


def _queue_row(delivery: str, letter: str, row: Sequence[Any]) -> QueueRow | None:
    state, attempts, due_at, created_at, last_status, notice = row
    if state is None:
        return None
    return QueueRow(
        delivery, letter, state, attempts, from_stored(due_at), from_stored(created_at), last_status, bool(notice)
    )
