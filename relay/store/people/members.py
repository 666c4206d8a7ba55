"""Members: one person is one member, in however many pairs. List, find, change, forget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from relay.model import EventKind, Identity, Manner, MemberState, PairState, Side
from relay.store.engine.database import Database, lock_for_nodes
from relay.store.engine.keyed_hashes import address_hashes, places
from relay.store.engine.reader import Reader
from relay.store.engine.times import from_stored_or_none
from relay.store.engine.writer import Writer
from relay.store.events import record
from relay.store.people import addresses
from relay.store.people.absences import away_until
from relay.store.people.forgetting import erase_traces, forget
from relay.store.people.identities import PEOPLE, identity, owner_of, owner_of_mailbox, write_identity
from relay.store.people.manners import ONE_COLUMN, read_manner, stored
from relay.store.people.moves import of_member
from relay.store.people.records import (
    AddressConfirmation,
    Asked,
    Forgotten,
    Member,
    MemberAddress,
    MemberRow,
    Owed,
    Proven,
)
from relay.store.queue.acceptance import accept
from relay.store.records import Acceptance
from relay.store.signing_again import SignAgain
from relay.vault import Vault

_ROWS = """
SELECT pair.id, side, CASE side WHEN 'mentor' THEN mentor_name ELSE mentee_name END, member.state, pair.state,
    coalesce(addresses, 0), coalesce(unproven, 0), since, until
FROM pair CROSS JOIN (SELECT 'mentor' AS side, 0 AS place UNION ALL SELECT 'mentee', 1) AS sides
    JOIN member ON member.number = CASE side WHEN 'mentor' THEN mentor ELSE mentee END
    LEFT JOIN (
        SELECT member, count(*) AS addresses, count(CASE proven WHEN 0 THEN 1 END) AS unproven, min(since) AS since
        FROM address LEFT JOIN suspended ON suspended.hash = address.hash GROUP BY member
    ) AS counted ON counted.member = member.number
    LEFT JOIN absence ON absence.member = member.number
ORDER BY pair.number, place
"""
_WAITING = """
SELECT count(DISTINCT journal.id) FROM pair JOIN journal ON journal.pair_id = pair.id
JOIN delivery ON delivery.journal_id = journal.id AND delivery.notice = 0 AND delivery.state IN ('queued', 'held')
WHERE journal.kind = 'letter' AND ((mentor = ? AND side = 'mentor') OR (mentee = ? AND side = 'mentee'))
"""
_SET_MANNER = "UPDATE member SET language = ?, time_zone = ?, discreet = ? WHERE number = ?"
_STATE = f"SELECT state, {ONE_COLUMN}, vacation FROM member WHERE number = ?"  # noqa: S608
_SUSPENDED = "SELECT since FROM suspended WHERE hash IN "


class Members:
    """The members. Their numbers are internal to the database and never shown."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault, sign: SignAgain) -> None:
        self._reader, self._writer, self._vault, self._sign = reader, writer, vault, sign

    async def rows(self) -> list[MemberRow]:
        """Every member of every pair, in the order the pairs were made, without addresses."""
        found = await self._reader.run(lambda db: db.execute(_ROWS).fetchall())
        return [_row(row) for row in found]

    async def on(self, pair_id: str, side: Side) -> Member | None:
        """The member on ``side`` of a pair; None when there is no such pair."""
        sql = "SELECT mentor, mentee FROM pair WHERE id = ?"

        def job(db: Database) -> Member | None:
            row = db.execute(sql, (pair_id,)).fetchone()
            return None if row is None else _member(db, self._vault, row[0 if side is Side.MENTOR else 1])

        return await self._reader.run(job)

    async def numbered(self, number: int) -> Member:
        """The member with that number, who must exist."""
        return await self._reader.run(lambda db: _member(db, self._vault, number))

    async def having(self, address: str) -> Member | None:
        """The member with ``address``, proven or not; None when there is none."""

        def job(db: Database) -> Member | None:
            owner = owner_of(db, address_hashes(self._vault, address))
            return None if owner is None else _member(db, self._vault, owner.number)

        return await self._reader.run(job)

    async def writing_from(self, author: str, mailbox: str = "") -> Member | None:
        """The member who has proven the address ``author``, or who alone has one of the same ``mailbox`` ("": only the
        address counts). None when there is none."""

        def job(db: Database) -> Member | None:
            exact = owner_of(db, address_hashes(self._vault, author))
            near = owner_of_mailbox(db, address_hashes(self._vault, mailbox)) if mailbox else None
            owner = exact or near
            return None if owner is None or not owner.proven else _member(db, self._vault, owner.number)

        return await self._reader.run(job)

    async def ask(
        self, member: int, asked: AddressConfirmation, letters: Sequence[Acceptance], now: datetime, *, who: str = ""
    ) -> Asked:
        """Register an unproven address of ``member``, and accept the ``letters`` that ask for its proof, with an event
        by ``who``. Raises StoreError."""
        return await self._writer.run(
            lambda db: addresses.ask(db, self._vault, member, asked, letters, now=now, who=who)
        )

    async def prove(self, token: str, now: datetime) -> Proven | None:
        """Prove the address of the request with ``token``. None when there is no such request, or it has expired."""
        return await self._writer.run(lambda db: addresses.prove(db, self._vault, token, now, self._sign))

    async def set_primary(
        self, member: int, address: str, now: datetime, *, who: str = "", letters: Sequence[Acceptance] = ()
    ) -> bool:
        """Make ``address`` the one that letters go to, and accept the ``letters`` about that, with an event by ``who``.
        False, with nothing changed, when it is not a proven address of ``member``."""

        def job(db: Database) -> bool:
            if not addresses.set_primary(db, self._vault, member, address, now=now, who=who):
                return False
            accept(db, self._vault, letters)
            return True

        return await self._writer.run(job)

    async def know_as(self, member: int, known_as: tuple[str, ...], now: datetime, *, who: str = "") -> None:
        """Replace the names that ``member`` is known by, with an event by ``who``."""

        def job(db: Database) -> None:
            lock_for_nodes(db, PEOPLE)
            before = identity(db, self._vault, member)
            write_identity(db, self._vault, member, Identity(before.addresses, known_as))
            record(db, self._vault, [of_member(db, EventKind.NAMES_CHANGED, member, now, who=who)])

        await self._writer.run(job)

    async def waiting_letters(self, member: int) -> int:
        """How many letters of ``member`` have not left yet."""
        return await self._reader.run(lambda db: int(db.execute(_WAITING, (member, member)).fetchone()[0]))

    async def set_manner(self, member: int, manner: Manner) -> None:
        """Set how relay writes to ``member``: without a language, in that of each pair."""
        values = (*stored(manner), member)
        await self._writer.run(lambda db: db.execute(_SET_MANNER, values))

    async def forget(
        self, member: int, now: datetime, word: Callable[[Owed], Acceptance] | None, *, who: str = ""
    ) -> Forgotten:
        """Erase a member: see forgetting.py. ``word`` makes the notice to the author of letters that are given up; with
        None there is no notice."""
        done = await self._writer.run(lambda db: forget(db, self._vault, member, now, word, who=who))
        return await self._writer.outside(lambda db: erase_traces(db, done))


def reachable(member: Member) -> str | None:
    """The address for a notice to a member: the first proven one that is not suspended, else the first proven one. None
    for a forgotten member."""
    proven = [one for one in member.addresses if one.proven]
    best = sorted(proven, key=lambda one: one.suspended_since is not None)
    return best[0].address if best else None


def _member(db: Database, vault: Vault, number: int) -> Member:
    person = identity(db, vault, number)
    mine = tuple(_address(db, vault, address) for address in person.addresses)
    state, manner, vacation = db.execute(_STATE, (number,)).fetchone()
    parts = addresses.parts_of(db, number)
    away = away_until(db, number), bool(vacation)
    return Member(number, mine, person.known_as, parts, MemberState(state), read_manner(manner), *away)


def _address(db: Database, vault: Vault, address: str) -> MemberAddress:
    hashes = address_hashes(vault, address)
    owner = owner_of(db, hashes)
    suspended = db.execute(_SUSPENDED + places(hashes), hashes).fetchone()
    return MemberAddress(
        address, owner is not None and owner.proven, from_stored_or_none(suspended[0] if suspended else None)
    )


def _row(row: tuple[Any, ...]) -> MemberRow:
    pair_id, side, name, state, pair_state, count, unproven, since, until = row
    states = MemberState(state), PairState(pair_state)
    until = None if until is None else date.fromisoformat(until)
    return MemberRow(pair_id, Side(side), name, *states, count, unproven, from_stored_or_none(since), until)
