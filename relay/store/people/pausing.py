"""A pair is paused and resumed by its members, and left by one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from relay.model import MemberState, PairState, Side
from relay.states import MEMBER_MOVES, OVER, RESTING, MoveError
from relay.store.engine.database import Database, text_list
from relay.store.errors import StoreChanged
from relay.store.people.moves import move_member, move_pair
from relay.store.signing_again import SignAgain
from relay.vault import Vault

BOTH = "both"
_STATE = "UPDATE pair SET changed_at = changed_at WHERE id = ? RETURNING state, paused_by, mentor, mentee"
_OPEN = f"SELECT 1 FROM pair WHERE (mentor = ? OR mentee = ?) AND state NOT IN {text_list(OVER)} LIMIT 1"  # noqa: S608


@dataclass(frozen=True, slots=True)
class PairPaused:
    """The member on ``side`` pauses a pair. When the other one has paused it already, both must resume it. A reported
    pair stays so, and only remembers it."""

    pair_id: str
    side: Side
    now: datetime

    def apply(self, db: Database, vault: Vault, _: SignAgain) -> None:
        """Carry it out. Raises StoreChanged when that is not possible any more."""
        state, before, *_members = db.execute(_STATE, (self.pair_id,)).fetchone()
        if state in RESTING and not before:
            raise StoreChanged("an operator has paused the pair meanwhile")
        if state != PairState.REPORTED:
            _move(db, vault, self, PairState.PAUSED)
        by = self.side.value if before in ("", self.side.value) else BOTH
        db.execute("UPDATE pair SET paused_by = ? WHERE id = ?", (by, self.pair_id))


@dataclass(frozen=True, slots=True)
class PairResumed:
    """The member on ``side``, who has paused a pair, resumes it. It stays paused when the other one has, too."""

    pair_id: str
    side: Side
    now: datetime

    def apply(self, db: Database, vault: Vault, _: SignAgain) -> None:
        """Carry it out. Raises StoreChanged when that is not possible any more."""
        state, before, *_members = db.execute(_STATE, (self.pair_id,)).fetchone()
        if before == BOTH:
            values = (self.side.other.value, self.pair_id)
            db.execute("UPDATE pair SET paused_by = ? WHERE id = ?", values)
        elif before == self.side and state != PairState.REPORTED:
            _move(db, vault, self, PairState.ACTIVE)
        else:
            raise StoreChanged("the pair has changed meanwhile")


@dataclass(frozen=True, slots=True)
class PairLeft:
    """The member on ``side`` leaves a pair, which ends. They have left the programme when no other pair is open."""

    pair_id: str
    side: Side
    now: datetime

    def apply(self, db: Database, vault: Vault, _: SignAgain) -> None:
        """Carry it out. Raises StoreChanged when that is not possible any more."""
        row = db.execute(_STATE, (self.pair_id,)).fetchone()
        member = row[2 if self.side is Side.MENTOR else 3]
        _move(db, vault, self, PairState.ENDED)
        state = MemberState(db.execute("SELECT state FROM member WHERE number = ?", (member,)).fetchone()[0])
        if db.execute(_OPEN, (member, member)).fetchone() is None and MemberState.LEFT in MEMBER_MOVES[state]:
            move_member(db, vault, member, MemberState.LEFT, self.now)


def _move(db: Database, vault: Vault, one: PairPaused | PairResumed | PairLeft, state: PairState) -> None:
    try:
        move_pair(db, vault, one.pair_id, state, one.now, why=f"the {one.side}, by mail")
    except MoveError as error:
        raise StoreChanged(str(error)) from error
