"""Pairs: add, find, list, and change their states."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Any

from relay.model import Event, EventKind, Identity, MemberState, NewPair, Pair, PairState, Persona, Side
from relay.states import OVER
from relay.store.engine.database import Database, lock_for_nodes, text_list
from relay.store.engine.keyed_hashes import address_hashes, places
from relay.store.engine.reader import Reader
from relay.store.engine.times import from_stored, to_stored
from relay.store.engine.writer import Writer
from relay.store.events import record
from relay.store.people.identities import PEOPLE, PeopleImport, identity
from relay.store.people.invitation_records import Invitation
from relay.store.people.inviting import invite
from relay.store.people.manners import ONE_COLUMN, read_manner
from relay.store.people.moves import move_member, move_pair
from relay.store.queue.acceptance import accept
from relay.store.records import Acceptance
from relay.vault import Vault

PAIR_COLUMNS = f"""
id, state, mentor_name, mentor_alias, mentee_name, mentee_alias, cohort, pair.language, created_at,
(SELECT {ONE_COLUMN} FROM member WHERE member.number = pair.mentor),
(SELECT {ONE_COLUMN} FROM member WHERE member.number = pair.mentee), paused_by, pair.number
"""  # noqa: S608
_PAIR = f"SELECT {PAIR_COLUMNS} FROM pair WHERE id = ?"  # noqa: S608
_PAGE = f"""
SELECT {PAIR_COLUMNS} FROM pair
WHERE number > ? AND (CAST(? AS TEXT) IS NULL OR state = ?) ORDER BY number LIMIT 1000
"""  # noqa: S608
_BETWEEN = f"""
SELECT {PAIR_COLUMNS} FROM pair
WHERE mentor IN (SELECT member FROM address WHERE hash IN {{0}})
    AND mentee IN (SELECT member FROM address WHERE hash IN {{0}}) AND state NOT IN {text_list(OVER)}
ORDER BY number LIMIT 1
"""  # noqa: S608
_INSERT = """
INSERT INTO pair (id, state, mentor, mentee, mentor_name, mentor_alias, mentee_name, mentee_alias,
    cohort, language, created_at, changed_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_LANGUAGES = f"""
SELECT DISTINCT
    coalesce(nullif(mentor.language, ''), pair.language), coalesce(nullif(mentee.language, ''), pair.language)
FROM pair JOIN member AS mentor ON mentor.number = pair.mentor JOIN member AS mentee ON mentee.number = pair.mentee
WHERE pair.state NOT IN {text_list(OVER)}
"""  # noqa: S608

_ZONELESS = f"""
SELECT count(*) FROM member WHERE time_zone = '' AND EXISTS (
    SELECT 1 FROM pair WHERE (mentor = member.number OR mentee = member.number) AND pair.state NOT IN {text_list(OVER)}
)
"""  # noqa: S608

_ELSEWHERE = f"""
SELECT count(*), min(mentor_alias) FROM pair WHERE lower(mentor_alias) NOT LIKE ? AND state NOT IN {text_list(OVER)}
"""  # noqa: S608

Addresses = tuple[str, str]


class Directory:
    """The pairs and their members. Addresses and aliases are compared in lower case."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault) -> None:
        self._reader, self._writer, self._vault = reader, writer, vault

    async def add_pairs(
        self,
        pairs: Sequence[NewPair],
        letters: Sequence[Acceptance] = (),
        *,
        invitations: Sequence[Invitation] = (),
        who: str = "",
    ) -> None:
        """Add ``pairs``, and accept the ``letters`` that go with them, in one transaction, with events by ``who``. With
        ``invitations`` the pairs are invited, without any they are active.

        A person with a registered address is the same member; new addresses and names are added to theirs. Raises
        StoreError for a duplicate id or alias.
        """

        def job(db: Database) -> None:
            add(db, self._vault, pairs, PairState.INVITED if invitations else PairState.ACTIVE, who)
            invite(db, self._vault, invitations, who)
            accept(db, self._vault, letters)

        await self._writer.run(job)

    async def existing(self, people: Iterable[Addresses]) -> dict[Addresses, Pair]:
        """For each (mentor's address, mentee's address) their pair, unless there is none or it is over."""
        asked = tuple(people)
        return await self._reader.run(lambda db: _existing(db, self._vault, asked))

    async def taken(self) -> set[str]:
        """Every pseudonym in use, in lower case."""
        sql = "SELECT mentor_name FROM pair UNION ALL SELECT mentee_name FROM pair"
        return await self._reader.run(lambda db: {name.lower() for (name,) in db.execute(sql)})

    async def languages(self) -> set[str]:
        """The languages of all members of pairs that are not over, as BCP 47 tags."""
        return await self._reader.run(lambda db: {tag for row in db.execute(_LANGUAGES) for tag in row})

    async def elsewhere(self, domain: str) -> tuple[int, str]:
        """How many pairs that are not over have addresses outside ``domain``, and one of these, "" for none."""
        row = await self._reader.run(lambda db: db.execute(_ELSEWHERE, (f"%@{domain.lower()}",)).fetchone())
        return int(row[0]), row[1] or ""

    async def without_time_zone(self) -> int:
        """How many members of pairs that are not over have no time zone."""
        row = await self._reader.run(lambda db: db.execute(_ZONELESS).fetchone())
        return int(row[0])

    async def pair(self, pair_id: str) -> Pair | None:
        """One pair; None when there is no such pair."""
        row = await self._reader.run(lambda db: db.execute(_PAIR, (pair_id,)).fetchone())
        return None if row is None else read_pair(row)

    async def pairs(self, state: PairState | None = None) -> list[Pair]:
        """All pairs (in ``state``), in the order they were made."""
        return [pair async for pair in self.each(state)]

    async def each(self, state: PairState | None = None) -> AsyncIterator[Pair]:
        """Iterate over all pairs (in ``state``), reading a thousand at a time."""
        number = 0
        while True:
            values = (number, state, state)
            rows = await self._reader.run(lambda db, values=values: db.execute(_PAGE, values).fetchall())  # type: ignore[misc]
            if not rows:
                return
            for row in rows:
                yield read_pair(row)
            number = rows[-1][-1]

    async def identities(self, pair_id: str) -> tuple[Identity, Identity] | None:
        """The identities of mentor and mentee; None when there is no such pair."""
        return await self._reader.run(lambda db: _identities(db, self._vault, pair_id))

    async def set_cohort(self, pair_id: str, cohort: str) -> Pair | None:
        """Put a pair into another cohort. Returns the pair, None when there is no such pair."""

        def job(db: Database) -> Pair | None:
            db.execute("UPDATE pair SET cohort = ? WHERE id = ?", (cohort, pair_id))
            row = db.execute(_PAIR, (pair_id,)).fetchone()
            return None if row is None else read_pair(row)

        return await self._writer.run(job)

    async def set_state(
        self,
        pair_id: str,
        state: PairState,
        now: datetime,
        *,
        who: str = "",
        why: str = "",
        letters: Sequence[Acceptance] = (),
    ) -> Pair | None:
        """Change the state of a pair. If that changes anything, accept ``letters`` and record an event with ``who`` and
        ``why``. Returns the pair, None when there is no such pair. Raises MoveError."""

        def job(db: Database) -> Pair | None:
            if move_pair(db, self._vault, pair_id, state, now, who=who, why=why):
                accept(db, self._vault, letters)
            row = db.execute(_PAIR, (pair_id,)).fetchone()
            return None if row is None else read_pair(row)

        return await self._writer.run(job)


def add(db: Database, vault: Vault, pairs: Sequence[NewPair], state: PairState, who: str) -> None:
    """Write new pairs in ``state``, with their people and aliases, and events by ``who``."""
    lock_for_nodes(db, PEOPLE)  # member numbers are assigned
    people = PeopleImport(db, vault)
    rows = [
        _row(
            pair,
            state,
            people.member_number(pair.mentor_identity, pair.mentor_manner),
            people.member_number(pair.mentee_identity, pair.mentee_manner, pair.guardian),
        )
        for pair in pairs
    ]
    people.write(MemberState.INVITED if state is PairState.INVITED else MemberState.ACTIVE)
    db.executemany(_INSERT, rows)
    if state is PairState.ACTIVE:
        _activate(db, vault, {number for row in rows for number in row[2:4]}, pairs, who)
    aliases = [(pair.mentor.alias.lower(), pair.id, Side.MENTOR.value) for pair in pairs]
    aliases += [(pair.mentee.alias.lower(), pair.id, Side.MENTEE.value) for pair in pairs]
    db.executemany("INSERT INTO alias (alias, pair_id, side) VALUES (?, ?, ?)", sorted(aliases))
    begun = {"from": "", "to": state.value}
    record(db, vault, [Event(EventKind.STATE, pair.created_at, pair.id, facts=begun, who=who) for pair in pairs])


def _activate(db: Database, vault: Vault, members: set[int], pairs: Sequence[NewPair], who: str) -> None:
    """Members who were invited to another pair are active as well: the programme vouches for their consent."""
    invited = db.execute("SELECT number FROM member WHERE state = ?", (MemberState.INVITED.value,)).fetchall()
    for number in sorted(members & {number for (number,) in invited}):
        move_member(db, vault, number, MemberState.ACTIVE, pairs[0].created_at, who=who)


def _row(pair: NewPair, state: PairState, mentor: int, mentee: int) -> tuple[Any, ...]:
    made_at = to_stored(pair.created_at)
    names = (pair.mentor.name, pair.mentor.alias, pair.mentee.name, pair.mentee.alias)
    return (pair.id, state.value, mentor, mentee, *names, pair.cohort, pair.language, made_at, made_at)


def _existing(db: Database, vault: Vault, asked: Iterable[Addresses]) -> dict[Addresses, Pair]:
    found = {}
    for mentor, mentee in asked:
        of_mentor, of_mentee = address_hashes(vault, mentor), address_hashes(vault, mentee)
        row = db.execute(_BETWEEN.format(places(of_mentor)), (*of_mentor, *of_mentee)).fetchone()
        if row is not None:
            found[mentor, mentee] = read_pair(row)
    return found


def _identities(db: Database, vault: Vault, pair_id: str) -> tuple[Identity, Identity] | None:
    row = db.execute("SELECT mentor, mentee FROM pair WHERE id = ?", (pair_id,)).fetchone()
    return None if row is None else (identity(db, vault, row[0]), identity(db, vault, row[1]))


def read_pair(row: tuple[Any, ...]) -> Pair:
    """The pair of a row with PAIR_COLUMNS."""
    id, state, mentor_name, mentor_alias, mentee_name, mentee_alias, cohort, language, created_at = row[:9]
    mentor, mentee = Persona(mentor_name, mentor_alias), Persona(mentee_name, mentee_alias)
    made_at, mentors, mentees, paused_by = from_stored(created_at), read_manner(row[9]), read_manner(row[10]), row[11]
    return Pair(id, PairState(state), mentor, mentee, cohort, language, made_at, mentors, mentees, paused_by)
