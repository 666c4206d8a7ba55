"""A member reports something: the letters of the pair stop at once, until a person has decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from relay.model import Event, EventKind, PairState
from relay.states import OVER, RESTING, MoveError
from relay.store.engine.database import Database
from relay.store.engine.times import to_stored
from relay.store.errors import StoreChanged
from relay.store.events import of_letter, record
from relay.store.hold_records import Decided, Decider, HoldDecision
from relay.store.holds import decide
from relay.store.jobs import REPORTS, plan
from relay.store.people.moves import move_pair, restore_pair
from relay.store.people.pausing import BOTH
from relay.store.people.records import Part
from relay.store.people.reported_pairs import state_before
from relay.store.people.reports import Authorship, report_row, report_told
from relay.store.queue.holding import REPORTED, open_hold
from relay.store.signing_again import SignAgain
from relay.vault import Vault

_STATE = "UPDATE pair SET changed_at = changed_at WHERE id = ? RETURNING state, paused_by"
_REPORT = "INSERT INTO report (member, reported_at, author, told) VALUES (?, ?, ?, ?) RETURNING number"
_SEAL = "UPDATE report SET sealed = ? WHERE number = ?"
_PAIR = """
INSERT INTO reported_pair (report, pair_id, side, before, paused_before) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (pair_id, side) WHERE decided_at IS NULL DO NOTHING
"""
_HOLD = f"""
UPDATE delivery SET state = 'held', last_status = '{REPORTED}' WHERE state = 'queued' AND notice = 0
    AND journal_id IN (SELECT id FROM journal WHERE pair_id = ? AND kind = 'letter') RETURNING id, journal_id
"""  # noqa: S608
_HELD = """
SELECT hold.delivery_id FROM hold JOIN journal ON journal.id = hold.journal_id
WHERE journal.pair_id = ? AND hold.why = ? AND decision = '' ORDER BY hold.number
"""
_AUTHOR = "UPDATE report SET author = ? WHERE member = ? AND author = 'unproven' RETURNING number"
_OTHERS = """
SELECT pair_id, report FROM reported_pair WHERE decided_at IS NULL AND pair_id <> ?
    AND report IN (SELECT number FROM report WHERE member = ?)
    AND report IN (SELECT report FROM reported_pair WHERE pair_id = ? AND decided_at IS NULL)
ORDER BY number
"""
_WITHDRAW = "DELETE FROM reported_pair WHERE report = ? AND pair_id = ? AND decided_at IS NULL"
_STANDS = "SELECT 1 FROM reported_pair WHERE pair_id = ? AND decided_at IS NULL LIMIT 1"


@dataclass(frozen=True, slots=True)
class PairsReported:
    """A member (number) reports the pairs in which they have ``parts``. Both members' letters stop, and those that wait
    are held. ``told``: the role of who is told with it; ``again_at``: when to see whether they have answered, None for
    never; ``mail``: raw octets, kept until then."""

    member: int
    parts: Sequence[Part]
    author: Authorship
    now: datetime
    told: str = ""
    again_at: datetime | None = None
    mail: bytes = field(default=b"", repr=False)

    def apply(self, db: Database, vault: Vault, _: SignAgain) -> None:
        """Carry it out. Raises StoreChanged when a pair was reported by the member meanwhile."""
        values = (self.member, to_stored(self.now), self.author.value, self.told)
        number = int(db.execute(_REPORT, values).fetchone()[0])
        if self.mail:
            db.execute(_SEAL, (vault.seal(self.mail, report_row(number)), number))
        for part in self.parts:
            _report(db, vault, number, part, self.now)
        facts = {"author": self.author.value}
        record(
            db,
            vault,
            [
                Event(EventKind.REPORTED, self.now, part.pair.id, part.side, self.member, None, facts)
                for part in self.parts
            ],
        )
        if self.told:
            record(db, vault, [report_told(part, self.member, self.told, self.now) for part in self.parts[:1]])
        if self.again_at is not None:
            plan(db, REPORTS, str(number), self.again_at)


@dataclass(frozen=True, slots=True)
class AuthorAnswered:
    """A member says whether unproven reports in their name were theirs. Nothing else changes: a person decides."""

    part: Part
    member: int
    author: Authorship
    now: datetime

    def apply(self, db: Database, vault: Vault, _: SignAgain) -> None:
        """Note it."""
        if db.execute(_AUTHOR, (self.author.value, self.member)).fetchall():
            facts = {"author": self.author.value}
            whose = self.part.pair.id, self.part.side
            record(db, vault, [Event(EventKind.REPORTED, self.now, *whose, self.member, None, facts)])


@dataclass(frozen=True, slots=True)
class PairNamed:
    """A member says that their report is about ``part``. The other pairs that it stopped go on as they were before,
    with the letters that were held, unless another report of them stands."""

    part: Part
    member: int
    now: datetime

    def apply(self, db: Database, vault: Vault, sign: SignAgain) -> None:
        """Carry it out. Raises StoreError."""
        pair_id = self.part.pair.id
        for other, report in db.execute(_OTHERS, (pair_id, self.member, pair_id)).fetchall():
            before = state_before(db, other)
            db.execute(_WITHDRAW, (report, other))
            if before[0] not in OVER and db.execute(_STANDS, (other,)).fetchone() is None:
                self._goes_on(db, vault, other, before)
                for (delivery,) in db.execute(_HELD, (other, REPORTED)).fetchall():
                    decide(db, vault, Decided(delivery, HoldDecision.RELEASED, Decider.PERSON, self.now), sign)

    def _goes_on(self, db: Database, vault: Vault, pair_id: str, before: tuple[PairState, str]) -> None:
        who = f"the {self.part.side}, by mail"
        why = "the report is about another pair"
        restore_pair(db, vault, pair_id, before[0], self.now, paused_by=before[1], who=who, why=why)


def _report(db: Database, vault: Vault, number: int, part: Part, now: datetime) -> None:
    pair_id, side = part.pair.id, part.side
    state, paused_by = db.execute(_STATE, (pair_id,)).fetchone()
    stood = state == PairState.REPORTED
    before = state_before(db, pair_id) if stood else (state, paused_by)
    if db.execute(_PAIR, (number, pair_id, side.value, *before)).rowcount != 1:
        raise StoreChanged("the pair was reported meanwhile")
    if state in OVER:
        return
    if not stood:
        try:
            move_pair(db, vault, pair_id, PairState.REPORTED, now, why=f"the {side}, by mail")
        except MoveError as error:
            raise StoreChanged(str(error)) from error
    if paused_by or state not in RESTING:  # what an operator has paused, members do not resume
        by = side.value if paused_by in ("", side) else BOTH
        db.execute("UPDATE pair SET paused_by = ? WHERE id = ?", (by, pair_id))
    for id, journal_id in db.execute(_HOLD, (pair_id,)).fetchall():
        open_hold(db, id, journal_id, REPORTED, since=now)
        record(db, vault, of_letter(db, EventKind.HELD, journal_id, now, reason=REPORTED))
