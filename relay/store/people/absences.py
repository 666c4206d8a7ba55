"""Members who are away until a day: from then on they are active again by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from relay.model import EventKind, MemberState, Side
from relay.store.engine.database import Database
from relay.store.engine.reader import Reader
from relay.store.engine.times import from_stored_or_none, to_stored
from relay.store.engine.writer import Writer
from relay.store.errors import StoreChanged, StoreError
from relay.store.events import record
from relay.store.jobs import ABSENCES, plan
from relay.store.people.moves import move_member, of_member
from relay.store.queue.acceptance import accept
from relay.store.records import Acceptance
from relay.store.signing_again import SignAgain
from relay.vault import Vault

TELL_AGAIN = timedelta(days=30)
"""A partner is not told of automatic absence messages again before."""

_STATE = "UPDATE member SET state = state WHERE number = ? RETURNING state"
_SET = """
INSERT INTO absence (member, until, back_at) VALUES (?, ?, ?)
ON CONFLICT (member) DO UPDATE SET until = excluded.until, back_at = excluded.back_at
"""
_UNTIL = "SELECT until FROM absence WHERE member = ?"
_END = "DELETE FROM absence WHERE member = ?"
_OVER = "SELECT member FROM absence WHERE back_at <= ? ORDER BY back_at, member LIMIT ?"
_SOME = 200  # absences that are ended in one transaction
_VACATION = "UPDATE member SET vacation = ? WHERE number = ? AND state <> ?"
_MAY_TELL = """
SELECT 1 FROM member JOIN pair ON member.number = CASE :side WHEN 'mentor' THEN mentor ELSE mentee END
WHERE pair.id = :pair AND vacation = 'told' AND NOT EXISTS (SELECT 1 FROM absence WHERE absence.member = member.number)
    AND NOT EXISTS (SELECT 1 FROM vacation_told WHERE pair_id = :pair AND side = :side AND told_at > :since)
"""
_TELL = """
INSERT INTO vacation_told (pair_id, side, told_at) VALUES (:pair, :side, :now)
ON CONFLICT (pair_id, side) DO UPDATE SET told_at = excluded.told_at WHERE vacation_told.told_at <= :since
"""


class Absences:
    """The absences of members."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault) -> None:
        self._reader, self._writer, self._vault = reader, writer, vault

    async def set(self, absence: AbsenceSet, letters: Sequence[Acceptance]) -> None:
        """Set an absence, and accept the ``letters`` about it. Raises StoreError."""

        def job(db: Database) -> None:
            set_absence(db, self._vault, absence)
            accept(db, self._vault, letters)

        await self._writer.run(job)

    async def end_over(self, now: datetime) -> datetime | None:
        """End the absences that are over. Returns when the next one is; None when nobody is away."""

        def job(db: Database) -> int:
            over = db.execute(_OVER, (to_stored(now), _SOME)).fetchall()
            for (member,) in over:
                end_absence(db, self._vault, member, now)
            return len(over)

        while await self._writer.run(job) == _SOME:
            pass
        row = await self._reader.run(lambda db: db.execute("SELECT min(back_at) FROM absence").fetchone())
        return from_stored_or_none(row[0])

    async def may_tell(self, pair_id: str, side: Side, now: datetime) -> bool:
        """Whether the partner of the member on ``side`` is to be told of an automatic absence message: the member
        allowed it, is not away by their own word, and it was not done in the last TELL_AGAIN."""
        values = _told(pair_id, side, now)
        return await self._reader.run(lambda db: db.execute(_MAY_TELL, values).fetchone() is not None)

    async def allow(self, member: int, now: datetime, *, allowed: bool, who: str = "") -> None:
        """Set whether partners of a member are told of automatic absence messages. Raises StoreError."""
        change = VacationAllowed(member, allowed, now, who)
        await self._writer.run(lambda db: _allow(db, self._vault, change))


@dataclass(frozen=True, slots=True)
class AbsenceSet:
    """The member with this number is away until the end of the day ``until``, and back at ``back_at``."""

    member: int
    until: date
    back_at: datetime
    now: datetime
    who: str = ""

    def apply(self, db: Database, vault: Vault, _: SignAgain) -> None:
        """Set it. Raises StoreChanged when they take part in no pair any more."""
        set_absence(db, vault, self)


@dataclass(frozen=True, slots=True)
class AbsenceEnded:
    """The member with this number is back."""

    member: int
    now: datetime

    def apply(self, db: Database, vault: Vault, _: SignAgain) -> None:
        """End the absence, if it has not ended meanwhile."""
        end_absence(db, vault, self.member, self.now)


@dataclass(frozen=True, slots=True)
class VacationAllowed:
    """The member with this number wants that their partners are told of automatic absence messages, or not."""

    member: int
    allowed: bool
    now: datetime
    who: str = ""

    def apply(self, db: Database, vault: Vault, _: SignAgain) -> None:
        """Write it. Raises StoreChanged when they were forgotten meanwhile."""
        _allow(db, vault, self)


@dataclass(frozen=True, slots=True)
class VacationTold:
    """The partner of the member on ``side`` is told of an automatic absence message."""

    pair_id: str
    side: Side
    now: datetime

    def apply(self, db: Database, _: Vault, __: SignAgain) -> None:
        """Note it. Raises StoreChanged when that was done meanwhile."""
        if db.execute(_TELL, {**_told(self.pair_id, self.side, self.now), "now": to_stored(self.now)}).rowcount != 1:
            raise StoreChanged("the other member was told meanwhile")


def away_until(db: Database, member: int) -> date | None:
    """The last day of a member's absence; None when they are not away."""
    row = db.execute(_UNTIL, (member,)).fetchone()
    return None if row is None else date.fromisoformat(row[0])


def set_absence(db: Database, vault: Vault, absence: AbsenceSet) -> None:
    """Set an absence, with an event. A member whose mailbox is gone stays suspended. Raises StoreError."""
    state = MemberState(db.execute(_STATE, (absence.member,)).fetchone()[0])
    if state not in (MemberState.ACTIVE, MemberState.AWAY, MemberState.SUSPENDED):
        raise StoreError(f"this member is {state} and cannot be away")
    db.execute(_SET, (absence.member, absence.until.isoformat(), to_stored(absence.back_at)))
    if state is MemberState.ACTIVE:
        move_member(db, vault, absence.member, MemberState.AWAY, absence.now, who=absence.who)
    facts = {"until": absence.until.isoformat()}
    record(db, vault, [of_member(db, EventKind.AWAY, absence.member, absence.now, who=absence.who, **facts)])
    plan(db, ABSENCES, "", absence.back_at)


def end_absence(db: Database, vault: Vault, member: int, now: datetime) -> None:
    """End a member's absence: they are active again, or still suspended. Idempotent."""
    state = MemberState(db.execute(_STATE, (member,)).fetchone()[0])
    db.execute(_END, (member,))
    if state is MemberState.AWAY:
        move_member(db, vault, member, MemberState.ACTIVE, now)


def _allow(db: Database, vault: Vault, change: VacationAllowed) -> None:
    values = ("told" if change.allowed else "", change.member, MemberState.FORGOTTEN.value)
    if db.execute(_VACATION, values).rowcount != 1:
        raise StoreChanged("the member was forgotten meanwhile")
    facts = {"to": "told" if change.allowed else "absorbed"}
    record(db, vault, [of_member(db, EventKind.VACATION, change.member, change.now, who=change.who, **facts)])


def _told(pair_id: str, side: Side, now: datetime) -> dict[str, object]:
    return {"pair": pair_id, "side": side.value, "since": to_stored(now - TELL_AGAIN)}
