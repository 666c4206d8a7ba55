"""Changes states of pairs and members as relay/states.py allows, with an event for each change."""

from __future__ import annotations

from datetime import datetime

from relay.model import Event, EventKind, MemberState, PairState, Side
from relay.states import NOT_BEGUN, check_member_move, check_pair_move
from relay.store.engine.database import Database, text_list
from relay.store.engine.times import to_stored
from relay.store.events import record
from relay.store.people.identities import identity
from relay.store.people.mailbox_gone import is_suspended
from relay.store.people.reported_pairs import begun_before, decide_reports
from relay.vault import Vault

# UPDATEs instead of SELECTs, because they lock the row on PostgreSQL as well, until the commit.
_PAIR = "UPDATE pair SET changed_at = changed_at WHERE id = ? RETURNING state"
_MEMBER = "UPDATE member SET state = state WHERE number = ? RETURNING state"
_MOVE_PAIR = "UPDATE pair SET state = ?, changed_at = ?, paused_by = '' WHERE id = ?"
_MOVE_MEMBER = "UPDATE member SET state = ? WHERE number = ?"
_BEGUN = f"""
SELECT 1 FROM pair WHERE (mentor = :member OR mentee = :member) AND state NOT IN {text_list(NOT_BEGUN)} LIMIT 1
"""  # noqa: S608
_AWAY = "SELECT 1 FROM absence WHERE member = ?"
_FIRST_PART = """
SELECT id, CASE mentor WHEN :member THEN 'mentor' ELSE 'mentee' END FROM pair
WHERE mentor = :member OR mentee = :member ORDER BY number LIMIT 1
"""


def move_pair(
    db: Database, vault: Vault, pair_id: str, after: PairState, now: datetime, *, who: str = "", why: str = ""
) -> bool:
    """Change the state of a pair to ``after``. False, with nothing changed, when it has that state already or does not
    exist. A reported pair that had not begun becomes invited instead of active. Raises MoveError."""
    row = db.execute(_PAIR, (pair_id,)).fetchone()
    if row is None or row[0] == after:
        return False
    before = PairState(row[0])
    check_pair_move(pair_id, before, after, by_name=bool(who))
    if before is PairState.REPORTED and after is PairState.ACTIVE and not begun_before(db, pair_id):
        after = PairState.INVITED  # its members are still asked whether they want to
    if before is PairState.REPORTED:
        decide_reports(db, pair_id, now)
    _move_pair(db, vault, Event(EventKind.STATE, now, pair_id, facts=_facts(before, after), who=who, why=why))
    return True


def restore_pair(
    db: Database, vault: Vault, pair_id: str, after: PairState, now: datetime, *, paused_by: str, who: str, why: str
) -> None:
    """Put a pair that was not meant by a report into the state that it was in before, paused by the same."""
    before = PairState(db.execute(_PAIR, (pair_id,)).fetchone()[0])
    _move_pair(db, vault, Event(EventKind.STATE, now, pair_id, facts=_facts(before, after), who=who, why=why))
    db.execute("UPDATE pair SET paused_by = ? WHERE id = ?", (paused_by, pair_id))


def _move_pair(db: Database, vault: Vault, moved: Event) -> None:
    db.execute(_MOVE_PAIR, (moved.facts["to"], to_stored(moved.at), moved.pair_id))
    record(db, vault, [moved])


def _facts(before: PairState, after: PairState) -> dict[str, str]:
    return {"from": before.value, "to": after.value}


def move_member(
    db: Database, vault: Vault, member: int, after: MemberState, now: datetime, *, who: str = "", why: str = ""
) -> bool:
    """Change the state of a member to ``after``. False, with nothing changed, when they have it already. Raises
    MoveError."""
    before = MemberState(db.execute(_MEMBER, (member,)).fetchone()[0])
    if before is after:
        return False
    check_member_move(before, after)
    db.execute(_MOVE_MEMBER, (after.value, member))
    if after not in (MemberState.AWAY, MemberState.SUSPENDED):
        db.execute("DELETE FROM absence WHERE member = ?", (member,))
    facts = {"from": before.value, "to": after.value}
    record(db, vault, [of_member(db, EventKind.STATE, member, now, who=who, why=why, **facts)])
    return True


def follow_mailbox(db: Database, vault: Vault, member: int, now: datetime, *, who: str = "") -> None:
    """Suspend a member whose primary mailbox is gone. When it is not, make a suspended one active again, away if they
    are, or invited if they have not taken part in any pair."""
    state = MemberState(db.execute(_MEMBER, (member,)).fetchone()[0])
    addresses = identity(db, vault, member).addresses
    gone = bool(addresses) and is_suspended(db, vault, addresses[0])
    if gone and state is not MemberState.SUSPENDED:
        move_member(db, vault, member, MemberState.SUSPENDED, now, who=who)
    elif not gone and state is MemberState.SUSPENDED:
        begun = db.execute(_BEGUN, {"member": member}).fetchone() is not None
        away = db.execute(_AWAY, (member,)).fetchone() is not None
        after = MemberState.AWAY if away else MemberState.ACTIVE if begun else MemberState.INVITED
        move_member(db, vault, member, after, now, who=who)


def of_member(
    db: Database, kind: EventKind, member: int, at: datetime, *, who: str = "", why: str = "", **facts: str
) -> Event:
    """The event ``kind`` about a member, with pair and side of their first pair."""
    row = db.execute(_FIRST_PART, {"member": member}).fetchone()
    pair_id, side = (None, None) if row is None else (str(row[0]), Side(row[1]))
    return Event(kind, at, pair_id, side, member, None, facts, who, why)
