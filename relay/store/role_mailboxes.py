"""Mailboxes of people with a role: asked whether they are that, and proven by the answer, like members' addresses.

A mailbox is known by its address, whatever its roles are: when the settings name another one, that one is asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from relay.model import Event, EventKind
from relay.store.engine.database import Database
from relay.store.engine.keyed_hashes import address_hash, address_hashes, places, question_hash, question_hashes
from relay.store.engine.reader import Reader
from relay.store.engine.times import from_stored, from_stored_or_none, to_stored
from relay.store.engine.writer import Writer
from relay.store.errors import StoreChanged
from relay.store.events import record
from relay.store.people.invitation_records import Consent
from relay.store.queue.acceptance import accept
from relay.store.records import Acceptance, Decision
from relay.store.signing_again import SignAgain
from relay.vault import Vault

ROLE_ANSWER_WITHIN = timedelta(days=14)

_FIND = "SELECT number, asked, asked_at, expires_at, answer, answered_at, sealed FROM role_mailbox WHERE {} IN {}"
_INSERT = """
INSERT INTO role_mailbox (hash, question, asked_at, expires_at, sealed) VALUES (?, ?, ?, ?, ?) RETURNING number
"""
_AGAIN = """
UPDATE role_mailbox SET question = ?, asked = 1, asked_at = ?, expires_at = ?, answer = '', answered_at = NULL
WHERE number = ?
"""


@dataclass(frozen=True, slots=True)
class RoleMailbox:
    """A mailbox that was asked whether it is that of a person with a role. ``asked``: how often, 3 when only a person
    decides; ``token``: random, part of the address that the answer goes to."""

    token: str
    mailbox: str
    asked: int
    asked_at: datetime
    expires_at: datetime
    answer: Consent = Consent.OPEN
    answered_at: datetime | None = None

    @property
    def proven(self) -> bool:
        """Whether it was answered with yes."""
        return self.answer is Consent.YES

    @property
    def addresses(self) -> frozenset[str]:
        """The one address that may answer, in lower case."""
        return frozenset({self.mailbox.lower()})


@dataclass(frozen=True, slots=True)
class RoleAnswer:
    """The decision about ``asked``, as it was when the answer was read, and the letters that tell of it: a Change
    (changes.py)."""

    asked: RoleMailbox
    decision: Decision
    at: datetime
    letters: tuple[Acceptance, ...] = ()

    def apply(self, db: Database, vault: Vault, _: SignAgain) -> None:
        """Carry it out. Raises StoreChanged when the question has changed meanwhile."""
        hashes = question_hashes(vault, self.asked.token)
        if _found(db, vault, "question", hashes) != self.asked:
            raise StoreChanged("the question has changed meanwhile")
        where = f"WHERE question IN {places(hashes)}"
        if self.decision in (Decision.ASK_AGAIN, Decision.LEAVE):
            db.execute(f"UPDATE role_mailbox SET asked = asked + 1 {where}", hashes)  # noqa: S608 -- question marks
        else:
            yes = self.decision is Decision.YES
            values = (Consent.YES.value if yes else Consent.NO.value, to_stored(self.at), *hashes)
            db.execute(f"UPDATE role_mailbox SET answer = ?, answered_at = ? {where}", values)  # noqa: S608
            kind = EventKind.ADDRESS_PROVEN if yes else EventKind.ADDRESS_WITHDRAWN
            record(db, vault, [Event(kind, self.at, facts={"roles": "yes" if yes else "no"})])
        accept(db, vault, self.letters)


class RoleMailboxes:
    """The table of these mailboxes."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault) -> None:
        self._reader, self._writer, self._vault = reader, writer, vault

    async def of(self, addresses: Iterable[str]) -> dict[str, RoleMailbox]:
        """Those of ``addresses`` that were asked, by the address as it is given here."""
        wanted = tuple(dict.fromkeys(addresses))

        def job(db: Database) -> dict[str, RoleMailbox]:
            found = ((one, _found(db, self._vault, "hash", address_hashes(self._vault, one))) for one in wanted)
            return {one: row for one, row in found if row is not None}

        return await self._reader.run(job)

    async def find(self, token: str, now: datetime) -> RoleMailbox | None:
        """The mailbox that was asked with this token and has not answered; None when there is none, or it is late."""
        row = await self._reader.run(
            lambda db: _found(db, self._vault, "question", question_hashes(self._vault, token))
        )
        return row if row is not None and row.answer is Consent.OPEN and row.expires_at > now else None

    async def ask(
        self, asked: Sequence[RoleMailbox], letters: Sequence[Acceptance], *, roles: Sequence[str], who: str = ""
    ) -> None:
        """Note that these mailboxes are asked now (again), and accept the ``letters``. ``roles``: what each is asked
        to be; ``who`` is recorded."""

        def job(db: Database) -> None:
            for one in asked:
                _write(db, self._vault, one)
            events = [
                Event(EventKind.ADDRESS_ADDED, one.asked_at, facts={"roles": what}, who=who)
                for one, what in zip(asked, roles, strict=True)
            ]
            record(db, self._vault, events)
            accept(db, self._vault, letters)

        await self._writer.run(job)

    async def forget_others(self, named: Iterable[str]) -> int:
        """Delete the mailboxes of people whom the settings do not name any more. Returns how many."""
        kept = {one.lower() for one in named}

        def job(db: Database) -> int:
            rows = db.execute("SELECT number, sealed FROM role_mailbox").fetchall()
            gone = [
                (number,)
                for number, sealed in rows
                if json.loads(self._vault.open(sealed, role_row(number)))[1].lower() not in kept
            ]
            db.executemany("DELETE FROM role_mailbox WHERE number = ?", gone)
            return len(gone)

        return await self._writer.run(job)


def role_row(number: int) -> str:
    """The name that a row is sealed for."""
    return f"role_mailbox/{number}"


def rehash_role(db: Database, vault: Vault, number: int, plain: bytes, _: Sequence[Any]) -> None:
    """Write the hashes of a row with the current key."""
    token, mailbox = json.loads(plain)
    values = (address_hash(vault, mailbox), question_hash(vault, token), number)
    db.execute("UPDATE role_mailbox SET hash = ?, question = ? WHERE number = ?", values)


def _write(db: Database, vault: Vault, asked: RoleMailbox) -> None:
    hashes = address_hashes(vault, asked.mailbox)
    sql = f"SELECT number FROM role_mailbox WHERE hash IN {places(hashes)}"  # noqa: S608 -- question marks
    row = db.execute(sql, hashes).fetchone()
    times = (to_stored(asked.asked_at), to_stored(asked.expires_at))
    question = question_hash(vault, asked.token)
    if row is None:
        row = db.execute(_INSERT, (address_hash(vault, asked.mailbox), question, *times, b"")).fetchone()
    else:
        db.execute(_AGAIN, (question, *times, row[0]))
    plain = json.dumps([asked.token, asked.mailbox]).encode()
    sealed = vault.seal(plain, role_row(row[0]))
    db.execute("UPDATE role_mailbox SET sealed = ? WHERE number = ?", (sealed, row[0]))


def _found(db: Database, vault: Vault, column: str, hashes: Sequence[bytes]) -> RoleMailbox | None:
    row = db.execute(_FIND.format(column, places(hashes)), hashes).fetchone()
    if row is None:
        return None
    number, asked, asked_at, expires_at, answer, answered_at, sealed = row
    token, mailbox = json.loads(vault.open(sealed, role_row(number)))
    times = from_stored(asked_at), from_stored(expires_at)
    return RoleMailbox(token, mailbox, asked, *times, Consent(answer), from_stored_or_none(answered_at))
