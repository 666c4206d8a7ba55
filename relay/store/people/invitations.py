"""Invitations: both members of a new pair are asked, and the pair is active once both have agreed.

An answer is matched by the token of the invitation. A yes is kept with the text that was shown, the time and a hash of
the answer; a no declines the pair. The last state of each invitation stays with its pair.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from relay.model import Event, EventKind, Identity, MemberState, PairState, Side
from relay.store.engine.database import Database, lock_for_nodes
from relay.store.engine.keyed_hashes import address_hashes, places, question_hashes
from relay.store.engine.reader import Reader
from relay.store.engine.times import from_stored, from_stored_or_none, to_stored
from relay.store.engine.writer import Writer
from relay.store.errors import StoreChanged
from relay.store.events import record
from relay.store.people.identities import PEOPLE, identity, owner_of, proven_addresses, write_identity
from relay.store.people.invitation_records import (
    Consent,
    ConsentShown,
    GuardianMoved,
    Invitation,
    InvitationAnswer,
    Invited,
    Other,
)
from relay.store.people.inviting import facts_of, invitation_row, invite, put
from relay.store.people.moves import move_member, move_pair, of_member
from relay.store.people.pairs import PAIR_COLUMNS, read_pair
from relay.store.people.replacing import Replacement, replace_partner
from relay.store.queue.acceptance import accept
from relay.store.records import Acceptance, Decision
from relay.vault import Vault

_COLUMNS = "pair_id, side, asks, asked, version, sent_at, remind_at, expires_at, answer, answered_at, sealed"
_PAIR = f"SELECT {PAIR_COLUMNS}, mentor, mentee FROM pair WHERE id = ?"  # noqa: S608
_OPEN = "FROM invitation JOIN pair ON pair.id = invitation.pair_id WHERE pair.state = 'invited' AND answer = '' AND"
_REMIND = f"SELECT {_COLUMNS} {_OPEN} remind_at <= ? AND expires_at > ? ORDER BY invitation.number LIMIT ?"
_EXPIRED = f"SELECT {_COLUMNS} {_OPEN} expires_at <= ? ORDER BY invitation.number LIMIT ?"
_NEXT = f"""
SELECT min(CASE WHEN remind_at < expires_at THEN remind_at ELSE expires_at END) {_OPEN} 1 = 1
"""
_SHOWN = """
SELECT side, asks, sent_at, expires_at, remind_at, version, sealed, answer, answered_at, reply FROM invitation
WHERE pair_id = ? ORDER BY CASE side WHEN 'mentor' THEN 0 ELSE 1 END, asks
"""
_OTHERS = "SELECT side, asks, answer, sealed FROM invitation WHERE pair_id = ? ORDER BY side, asks"
_SOME = 100  # invitations handled in one transaction


class Invitations:
    """The table of invitations."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault) -> None:
        self._reader, self._writer, self._vault = reader, writer, vault

    async def find(self, token: str) -> Invited | None:
        """The invitation with ``token``, answered or not; None when there is none."""
        return await self._reader.run(lambda db: _found(db, self._vault, token))

    async def of_pair(self, pair_id: str) -> list[Invited]:
        """The invitations of a pair, the mentor's first; [] for a pair that was made without."""
        return await self._reader.run(lambda db: _of_pair(db, self._vault, pair_id))

    async def shown(self, pair_id: str) -> list[ConsentShown]:
        """What is kept of the consent of a pair, the mentor's first."""

        def job(db: Database) -> list[ConsentShown]:
            return [_shown(self._vault, pair_id, row) for row in db.execute(_SHOWN, (pair_id,)).fetchall()]

        return await self._reader.run(job)

    async def to_remind(self, now: datetime) -> list[Invited]:
        """Invitations without an answer whose reminder is due."""
        values = (to_stored(now), to_stored(now), _SOME)
        return await self._reader.run(lambda db: _read(db, self._vault, db.execute(_REMIND, values).fetchall()))

    async def expired(self, now: datetime) -> list[Invited]:
        """Invitations without an answer whose time is over, and whose pair is still invited."""
        values = (to_stored(now), _SOME)
        return await self._reader.run(lambda db: _read(db, self._vault, db.execute(_EXPIRED, values).fetchall()))

    async def next_due_at(self) -> datetime | None:
        """When the next reminder is due or the next invitation expires; None when there is none."""
        row = await self._reader.run(lambda db: db.execute(_NEXT).fetchone())
        return from_stored_or_none(row[0])

    async def remind(self, invited: Invited, letter: Acceptance) -> bool:
        """Accept the reminder, once. False, with nothing written, when it was sent or the invitation was answered."""
        sql = (
            "UPDATE invitation SET remind_at = NULL WHERE pair_id = ? AND side = ? AND asks = ? AND answer = '' "
            "AND remind_at IS NOT NULL"
        )

        def job(db: Database) -> bool:
            if db.execute(sql, (invited.pair.id, invited.side.value, invited.asks)).rowcount != 1:
                return False
            accept(db, self._vault, [letter])
            return True

        return await self._writer.run(job)

    async def expire(self, pair_id: str, now: datetime, letters: Sequence[Acceptance]) -> bool:
        """End the invitation of a pair that not both have answered in time, and accept ``letters``. False, with nothing
        written, when the pair is not invited any more."""

        def job(db: Database) -> bool:
            state = db.execute("SELECT state FROM pair WHERE id = ?", (pair_id,)).fetchone()
            if state is None or state[0] != PairState.INVITED:
                return False
            move_pair(db, self._vault, pair_id, PairState.EXPIRED, now)
            record(db, self._vault, [Event(EventKind.EXPIRED, now, pair_id)])
            accept(db, self._vault, letters)
            return True

        return await self._writer.run(job)

    async def again(
        self, invitations: Sequence[Invitation], letters: Sequence[Acceptance], now: datetime, *, who: str = ""
    ) -> None:
        """Invite members of a pair anew, with events by ``who``. A pair whose invitation has expired is invited again.
        Raises MoveError, StoreError."""

        def job(db: Database) -> None:
            for pair_id in {one.pair_id for one in invitations}:
                move_pair(db, self._vault, pair_id, PairState.INVITED, now, who=who)
            invite(db, self._vault, invitations, who)
            accept(db, self._vault, letters)

        await self._writer.run(job)

    async def move_guardian(self, member: int, moved: Sequence[GuardianMoved], now: datetime, *, who: str = "") -> None:
        """Put another address in the place of that of a member's guardian, with events by ``who``: from now on it is
        removed from letters, and asked where that is given. Raises StoreError."""

        def job(db: Database) -> None:
            lock_for_nodes(db, PEOPLE)
            before = identity(db, self._vault, member)
            old, new = {one.invited.mailbox.lower() for one in moved}, [one.address for one in moved]
            registered = [
                one
                for one in before.addresses
                if one.lower() not in old or owner_of(db, address_hashes(self._vault, one)) is not None
            ]
            addresses = tuple(dict.fromkeys((*registered, *new)))
            write_identity(db, self._vault, member, Identity(addresses, before.known_as))
            record(db, self._vault, [of_member(db, EventKind.NAMES_CHANGED, member, now, who=who)])
            put(db, self._vault, [one.invitation for one in moved if one.invitation and not one.letter])
            invite(db, self._vault, [one.invitation for one in moved if one.invitation and one.letter], who)
            accept(db, self._vault, [one.letter for one in moved if one.letter])

        await self._writer.run(job)

    async def replace_partner(self, given: Replacement, now: datetime, *, who: str = "") -> None:
        """Make a pair of a member who has agreed already and somebody who is invited. Raises StoreError."""
        await self._writer.run(lambda db: replace_partner(db, self._vault, given, now, who))


def answer_invitation(db: Database, vault: Vault, given: InvitationAnswer) -> None:
    """Apply the decision of an answer. Raises StoreChanged when the invitation has changed meanwhile."""
    invited = given.invitation
    if _found(db, vault, invited.token) != invited:
        raise StoreChanged("the invitation has changed meanwhile")
    if given.decision in (Decision.ASK_AGAIN, Decision.LEAVE):
        sql = "UPDATE invitation SET asked = asked + 1 WHERE pair_id = ? AND side = ? AND asks = ?"
        db.execute(sql, (invited.pair.id, invited.side.value, invited.asks))
    else:
        _decide(db, vault, given)
    accept(db, vault, given.letters)


def _decide(db: Database, vault: Vault, given: InvitationAnswer) -> None:
    invited, agreed = given.invitation, given.decision is Decision.YES
    pair_id, side = invited.pair.id, invited.side
    sql = "UPDATE invitation SET answer = ?, answered_at = ?, reply = ? WHERE pair_id = ? AND side = ? AND asks = ?"
    answer = Consent.YES if agreed else Consent.NO
    db.execute(sql, (answer.value, to_stored(given.at), given.reply, pair_id, side.value, invited.asks))
    kind = EventKind.CONSENTED if agreed else EventKind.DECLINED
    facts = {**facts_of(invited.version, invited.asks), **({"pen_name": "chosen"} if given.pen_name else {})}
    record(db, vault, [Event(kind, given.at, pair_id, side, facts=facts)])
    if not agreed:
        move_pair(db, vault, pair_id, PairState.DECLINED, given.at)
        return
    mentor, mentee = db.execute("SELECT mentor, mentee FROM pair WHERE id = ?", (pair_id,)).fetchone()
    member = mentor if side is Side.MENTOR else mentee
    state = db.execute("SELECT state FROM member WHERE number = ?", (member,)).fetchone()[0]
    if not invited.asks and state in (MemberState.INVITED, MemberState.LEFT):
        move_member(db, vault, member, MemberState.ACTIVE, given.at)
    if given.pen_name:
        _name(db, given)
    if invited.last:
        move_pair(db, vault, pair_id, PairState.ACTIVE, given.at)


def _name(db: Database, given: InvitationAnswer) -> None:
    """Give the member the pen name that they chose; their alias keeps its words. Raises StoreChanged when somebody else
    has got it meanwhile."""
    taken = "SELECT 1 FROM pair WHERE mentor_name = ? OR mentee_name = ? LIMIT 1"
    if db.execute(taken, (given.pen_name, given.pen_name)).fetchone() is not None:
        raise StoreChanged("the name was taken meanwhile")
    side = given.invitation.side.value
    sql = f"UPDATE pair SET {side}_name = ? WHERE id = ?"  # noqa: S608 -- mentor or mentee
    db.execute(sql, (given.pen_name, given.invitation.pair.id))


def _found(db: Database, vault: Vault, token: str) -> Invited | None:
    hashes = question_hashes(vault, token)
    sql = f"SELECT {_COLUMNS} FROM invitation WHERE hash IN {places(hashes)}"  # noqa: S608 -- question marks
    found = _read(db, vault, db.execute(sql, hashes).fetchall())
    return found[0] if found else None


def _of_pair(db: Database, vault: Vault, pair_id: str) -> list[Invited]:
    sql = f"SELECT {_COLUMNS} FROM invitation WHERE pair_id = ?"  # noqa: S608 -- our own columns
    found = _read(db, vault, db.execute(sql, (pair_id,)).fetchall())
    return sorted(found, key=lambda one: (list(Side).index(one.side), one.asks))


def _read(db: Database, vault: Vault, rows: Sequence[Sequence[Any]]) -> list[Invited]:
    return [_invited(db, vault, row) for row in rows]


def _invited(db: Database, vault: Vault, row: Sequence[Any]) -> Invited:
    pair_id, said, asks, asked, version, sent_at, remind_at, expires_at, answer, answered_at, sealed = row
    side = Side(said)
    token, mailbox, _ = json.loads(vault.open(sealed, invitation_row(pair_id, said, asks)))
    pair = db.execute(_PAIR, (pair_id,)).fetchone()
    all_of_pair = db.execute(_OTHERS, (pair_id,)).fetchall()
    others = tuple(_other(vault, pair_id, one) for one in all_of_pair if (one[0], one[1]) != (said, asks))
    return Invited(
        token,
        read_pair(pair),
        side,
        mailbox,
        frozenset({mailbox.lower()}) if asks else proven_addresses(db, vault, pair[-2 if said == "mentor" else -1]),
        asked,
        version,
        from_stored(sent_at),
        from_stored(expires_at),
        remind_at is None,
        Consent(answer),
        from_stored_or_none(answered_at),
        others,
        asks,
    )


def _other(vault: Vault, pair_id: str, row: Sequence[Any]) -> Other:
    said, asks, answer, sealed = row
    mailbox = json.loads(vault.open(sealed, invitation_row(pair_id, said, asks)))[1]
    return Other(Side(said), asks, mailbox, Consent(answer))


def _shown(vault: Vault, pair_id: str, row: Sequence[Any]) -> ConsentShown:
    side, asks, sent_at, expires_at, remind_at, version, sealed, answer, answered_at, reply = row
    _, _, text = json.loads(vault.open(sealed, invitation_row(pair_id, side, asks)))
    return ConsentShown(
        Side(side),
        from_stored(sent_at),
        from_stored(expires_at),
        remind_at is None,
        version,
        text,
        Consent(answer),
        from_stored_or_none(answered_at),
        bytes(reply or b"").hex(),
        asks,
    )
