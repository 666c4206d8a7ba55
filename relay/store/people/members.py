"""The people of the programme, each once, whatever pairs they are in: listed, looked at, reached, and forgotten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from relay.model import EventKind, Identity, MemberState, PairState, Side
from relay.store.engine.database import Database, lock_for_nodes
from relay.store.engine.keyed_hashes import address_hashes, places
from relay.store.engine.reader import Reader
from relay.store.engine.times import from_stored_or_none
from relay.store.engine.writer import Writer
from relay.store.events import record
from relay.store.people import addresses
from relay.store.people.forgetting import erase_traces, forget
from relay.store.people.identities import PEOPLE, identity, owner_of, write_identity
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
from relay.vault import Vault

_ROWS = """
SELECT pair.id, side, CASE side WHEN 'mentor' THEN mentor_name ELSE mentee_name END, member.state, pair.state,
    coalesce(addresses, 0), coalesce(unproven, 0), since
FROM pair CROSS JOIN (SELECT 'mentor' AS side, 0 AS place UNION ALL SELECT 'mentee', 1) AS sides
    JOIN member ON member.number = CASE side WHEN 'mentor' THEN mentor ELSE mentee END
    LEFT JOIN (
        SELECT member, count(*) AS addresses, count(CASE proven WHEN 0 THEN 1 END) AS unproven, min(since) AS since
        FROM address LEFT JOIN suspended ON suspended.hash = address.hash GROUP BY member
    ) AS counted ON counted.member = member.number
ORDER BY pair.number, place
"""
_SUSPENDED = "SELECT since FROM suspended WHERE hash IN "


class Members:
    """Who there is. Numbers of members are the database's own, and shown to nobody."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault) -> None:
        self._reader, self._writer, self._vault = reader, writer, vault

    async def rows(self) -> list[MemberRow]:
        """Every member of every pair, in the order the pairs were made; without their addresses."""
        found = await self._reader.run(lambda db: db.execute(_ROWS).fetchall())
        return [_row(row) for row in found]

    async def on(self, pair_id: str, side: Side) -> Member | None:
        """The member on ``side`` of a pair; None when there is no such pair."""
        sql = "SELECT mentor, mentee FROM pair WHERE id = ?"

        def job(db: Database) -> Member | None:
            row = db.execute(sql, (pair_id,)).fetchone()
            return None if row is None else _member(db, self._vault, row[0 if side is Side.MENTOR else 1])

        return await self._reader.run(job)

    async def having(self, address: str) -> Member | None:
        """The member who has ``address``, proven or not; None when nobody has."""

        def job(db: Database) -> Member | None:
            owner = owner_of(db, address_hashes(self._vault, address))
            return None if owner is None else _member(db, self._vault, owner.number)

        return await self._reader.run(job)

    async def ask(
        self, member: int, asked: AddressConfirmation, letters: Sequence[Acceptance], now: datetime, *, who: str = ""
    ) -> Asked:
        """Register an address of ``member``, unproven, with the ``letters`` that ask for its proof; that ``who`` did is
        recorded. Raises StoreError."""
        return await self._writer.run(
            lambda db: addresses.ask(db, self._vault, member, asked, letters, now=now, who=who)
        )

    async def prove(self, token: str, now: datetime) -> Proven | None:
        """Somebody answered the question with ``token``. None when there is none, or it came too late."""
        return await self._writer.run(lambda db: addresses.prove(db, self._vault, token, now))

    async def set_primary(
        self, member: int, address: str, now: datetime, *, who: str = "", letters: Sequence[Acceptance] = ()
    ) -> bool:
        """Send letters to this ``address`` from now on, and accept the ``letters`` that say so; that ``who`` did is
        recorded. False, and nothing done, when it is not a proven one of ``member``."""

        def job(db: Database) -> bool:
            if not addresses.set_primary(db, self._vault, member, address, now=now, who=who):
                return False
            accept(db, self._vault, letters)
            return True

        return await self._writer.run(job)

    async def know_as(self, member: int, known_as: tuple[str, ...], now: datetime, *, who: str = "") -> None:
        """Keep these names, and no others, of ``member`` from the other side from now on; that ``who`` changed them is
        recorded."""

        def job(db: Database) -> None:
            lock_for_nodes(db, PEOPLE)
            before = identity(db, self._vault, member)
            write_identity(db, self._vault, member, Identity(before.addresses, known_as))
            record(db, self._vault, [of_member(db, EventKind.NAMES_CHANGED, member, now, who=who)])

        await self._writer.run(job)

    async def set_language(self, member: int, language: str) -> None:
        """Write to ``member`` in this language (BCP 47) from now on; "": in that of each pair."""
        values = (language, member)
        await self._writer.run(lambda db: db.execute("UPDATE member SET language = ? WHERE number = ?", values))

    async def forget(
        self, member: int, now: datetime, word: Callable[[Owed], Acceptance] | None, *, who: str = ""
    ) -> Forgotten:
        """Erase a person: see forgetting.py. ``word`` writes to the author of letters that will not arrive now;
        None when they know."""
        done = await self._writer.run(lambda db: forget(db, self._vault, member, now, word, who=who))
        return await self._writer.outside(lambda db: erase_traces(db, done))


def reachable(member: Member) -> str | None:
    """The address at which a member can be told something: proven and not suspended where there is one, best first.
    None for a forgotten member."""
    proven = [one for one in member.addresses if one.proven]
    best = sorted(proven, key=lambda one: one.suspended_since is not None)
    return best[0].address if best else None


def _member(db: Database, vault: Vault, number: int) -> Member:
    person = identity(db, vault, number)
    mine = tuple(_address(db, vault, address) for address in person.addresses)
    state = MemberState(db.execute("SELECT state FROM member WHERE number = ?", (number,)).fetchone()[0])
    return Member(number, mine, person.known_as, addresses.parts_of(db, number), state)


def _address(db: Database, vault: Vault, address: str) -> MemberAddress:
    hashes = address_hashes(vault, address)
    owner = owner_of(db, hashes)
    suspended = db.execute(_SUSPENDED + places(hashes), hashes).fetchone()
    return MemberAddress(
        address, owner is not None and owner.proven, from_stored_or_none(suspended[0] if suspended else None)
    )


def _row(row: tuple[Any, ...]) -> MemberRow:
    pair_id, side, name, state, pair_state, count, unproven, since = row
    states = MemberState(state), PairState(pair_state)
    return MemberRow(pair_id, Side(side), name, *states, count, unproven, from_stored_or_none(since))
