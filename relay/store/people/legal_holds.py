"""Legal holds: pairs of which nothing is deleted or forgotten until a person lifts the hold, and who waits to be
forgotten.

A member of such a pair who asks to be forgotten leaves at once. The wish is kept, and carried out after the hold is
lifted (scheduling/jobs.py). A pair that was reported keeps its letters in the same way until a person has decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from relay.model import Event, EventKind, MemberState, PairState
from relay.states import EXCHANGING
from relay.store.engine.database import Database, lock_for_nodes
from relay.store.engine.reader import Reader
from relay.store.engine.times import from_stored, to_stored
from relay.store.engine.writer import Writer
from relay.store.errors import StoreError
from relay.store.events import record
from relay.store.jobs import FORGET_WISHED, plan
from relay.store.people.addresses import parts_of
from relay.store.people.identities import PEOPLE
from relay.store.people.moves import move_member, move_pair, of_member
from relay.store.signing_again import SignAgain
from relay.vault import Vault

BY_MEMBER = "the member, by mail"
"""Who ends the pairs of a member who asks to be forgotten."""

_SET = "INSERT INTO legal_hold (pair_id, since_at) VALUES (?, ?) ON CONFLICT DO NOTHING"
_LIFT = "DELETE FROM legal_hold WHERE pair_id = ?"
_ALL = "SELECT pair_id, since_at FROM legal_hold ORDER BY since_at, pair_id"
_OF_MEMBER = """
SELECT pair_id FROM legal_hold JOIN pair ON pair.id = legal_hold.pair_id
WHERE mentor = :member OR mentee = :member ORDER BY pair.number
"""
_REPORTED = "SELECT id FROM pair WHERE (mentor = :member OR mentee = :member) AND state = 'reported' ORDER BY number"
_WISH = "INSERT INTO forget_wish (member, asked_at) VALUES (?, ?) ON CONFLICT DO NOTHING"
_WISHES = "SELECT member, asked_at FROM forget_wish ORDER BY number"
_GRANTED = "DELETE FROM forget_wish WHERE member = ?"


class LegalHoldError(StoreError):
    """A member cannot be forgotten, because ``pairs`` of theirs are on legal hold."""

    def __init__(self, pairs: Sequence[str]) -> None:
        subject = f"pair {pairs[0]} is" if len(pairs) == 1 else f"pairs {', '.join(pairs)} are"
        super().__init__(
            f"{subject} on legal hold, so nobody was forgotten",
            f"when the duty to keep the letters has ended, lift it with relay pair hold-legal {pairs[0]} off "
            "--reason TEXT, then forget the member",
        )
        self.pairs = tuple(pairs)


class LegalHolds:
    """The tables of legal holds and of members who wait to be forgotten."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault) -> None:
        self._reader, self._writer, self._vault = reader, writer, vault

    async def all(self) -> dict[str, datetime]:
        """Id of each pair on legal hold → since when, the oldest first."""
        rows = await self._reader.run(lambda db: db.execute(_ALL).fetchall())
        return {pair_id: from_stored(since_at) for pair_id, since_at in rows}

    async def put(self, pair_id: str, now: datetime, *, on: bool, who: str, why: str) -> bool:
        """Put a pair on legal hold, or lift it, with an event. False, with nothing changed, when it is so already.

        After the last hold of a member who waits to be forgotten, the job that does it is due."""
        return await self._writer.run(lambda db: _put(db, self._vault, pair_id, now, on=on, who=who, why=why))

    async def of_member(self, member: int) -> tuple[str, ...]:
        """The ids of a member's pairs that are on legal hold."""
        return await self._reader.run(lambda db: held_pairs(db, member))

    async def keeping(self, member: int) -> tuple[str, ...]:
        """The ids of a member's pairs that keep a member from being forgotten at their own wish: on legal hold, or
        reported and not decided."""
        return await self._reader.run(lambda db: (*held_pairs(db, member), *_reported(db, member)))

    async def wish(self, member: int, now: datetime, *, who: str) -> None:
        """Keep the wish of a member to be forgotten: see ``wish``."""
        await self._writer.run(lambda db: wish(db, self._vault, member, now, who=who))

    async def wishes(self) -> dict[int, datetime]:
        """The number of each member who waits to be forgotten → when they asked, the first of them first."""
        rows = await self._reader.run(lambda db: db.execute(_WISHES).fetchall())
        return {int(member): from_stored(asked_at) for member, asked_at in rows}


def held_pairs(db: Database, member: int) -> tuple[str, ...]:
    """The ids of a member's pairs that are on legal hold."""
    return tuple(str(row[0]) for row in db.execute(_OF_MEMBER, {"member": member}).fetchall())


def wish(db: Database, vault: Vault, member: int, now: datetime, *, who: str) -> None:
    """Keep the wish of ``member`` to be forgotten, and end their pairs. A reported pair stays so. The job that carries
    it out is planned. Idempotent."""
    if db.execute(_WISH, (member, to_stored(now))).rowcount != 1:
        return
    for part in parts_of(db, member):
        if part.pair.state in (*EXCHANGING, PairState.PAUSED, PairState.INVITED):
            move_pair(db, vault, part.pair.id, PairState.ENDED, now, who=who)
    move_member(db, vault, member, MemberState.LEFT, now, who=who)
    record(db, vault, [of_member(db, EventKind.FORGET_ASKED, member, now, who=who)])
    plan(db, FORGET_WISHED, "", now)


@dataclass(frozen=True, slots=True)
class ForgetAsked:
    """The change that a member asks to be forgotten: see ``wish``."""

    member: int
    now: datetime

    def apply(self, db: Database, vault: Vault, _: SignAgain) -> None:
        """Keep the wish."""
        wish(db, vault, self.member, self.now, who=BY_MEMBER)


def grant(db: Database, member: int) -> None:
    """The member is forgotten: their wish is not kept any more."""
    db.execute(_GRANTED, (member,))


def _put(db: Database, vault: Vault, pair_id: str, now: datetime, *, on: bool, who: str, why: str) -> bool:
    lock_for_nodes(db, PEOPLE)  # against forgetting
    values = (pair_id, to_stored(now)) if on else (pair_id,)
    if db.execute(_SET if on else _LIFT, values).rowcount != 1:
        return False
    facts = {"to": "on" if on else "off"}
    record(db, vault, [Event(EventKind.LEGAL_HOLD, now, pair_id, facts=facts, who=who, why=why)])
    if not on:
        plan(db, FORGET_WISHED, "", now)
    return True


def _reported(db: Database, member: int) -> tuple[str, ...]:
    return tuple(str(row[0]) for row in db.execute(_REPORTED, {"member": member}).fetchall())
