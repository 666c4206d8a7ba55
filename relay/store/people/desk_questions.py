"""Questions to members about their commands to the desk: shall we really, was it you, which pair do you mean?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from relay.model import Side
from relay.store.engine.database import Database
from relay.store.engine.keyed_hashes import places, question_hash, question_hashes
from relay.store.engine.reader import Reader
from relay.store.engine.times import to_stored
from relay.store.errors import StoreChanged
from relay.store.jobs import EXPIRE_QUESTIONS, plan
from relay.store.people.identities import proven_addresses
from relay.store.signing_again import SignAgain
from relay.vault import Vault

_INSERT = "INSERT INTO desk_question (id, hash, member, expires_at, sealed) VALUES (?, ?, ?, ?, ?)"
_OF_MEMBER = "SELECT id, sealed FROM desk_question WHERE member = ?"
_FIND = "SELECT id, member, asked, sealed FROM desk_question WHERE hash IN {} AND expires_at > ?"


class About(StrEnum):
    """What a question asks. CONFIRM: shall the command be carried out? AUTHOR: was it you who wrote it? PAIR: which
    pair is it about?"""

    CONFIRM = "confirm"
    AUTHOR = "author"
    PAIR = "pair"


@dataclass(frozen=True, slots=True)
class DeskQuestion:
    """A question to ``member`` (number) at ``mailbox`` about their ``command`` with its ``argument``. ``pair_id`` and
    ``side``: their part in the pair that it concerns, "" and None for a command that concerns none. ``token``: random,
    part of the address that the answer goes to; ``id``: random, names the question in the database. ``addresses``: the
    member's proven ones in lower case, when it was read; ``asked``: how often."""

    id: str
    token: str
    member: int
    mailbox: str
    about: About
    command: str
    argument: str = ""
    pair_id: str = ""
    side: Side | None = None
    addresses: frozenset[str] = frozenset()
    asked: int = 1


class DeskQuestions:
    """The questions that are not answered yet."""

    def __init__(self, reader: Reader, vault: Vault) -> None:
        self._reader, self._vault = reader, vault

    async def find(self, token: str, now: datetime) -> DeskQuestion | None:
        """The open question with ``token``; None when there is none, or it was answered or has expired."""
        return await self._reader.run(lambda db: _found(db, self._vault, token, now))


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """Asks a question, which can be answered until ``expires_at``. Earlier ones of the member about the same command
    are withdrawn: the newest counts."""

    question: DeskQuestion
    expires_at: datetime

    def apply(self, db: Database, vault: Vault, _: SignAgain) -> None:
        """Write it."""
        asked = self.question
        for id, sealed in db.execute(_OF_MEMBER, (asked.member,)).fetchall():
            before = _opened(vault, id, sealed)
            if (before[3], before[5]) == (asked.command, asked.pair_id):
                db.execute("DELETE FROM desk_question WHERE id = ?", (id,))
        what = asked.about, asked.command, asked.argument, asked.pair_id, asked.side or ""
        plain = [asked.token, asked.mailbox, *what]
        sealed = vault.seal(json.dumps(plain, ensure_ascii=False).encode(), question_row(asked.id))
        hash = question_hash(vault, asked.token)
        db.execute(_INSERT, (asked.id, hash, asked.member, to_stored(self.expires_at), sealed))
        plan(db, EXPIRE_QUESTIONS, "", self.expires_at)


@dataclass(frozen=True, slots=True)
class QuestionClosed:
    """Closes a question. ``again``: it was asked once more instead, and stays open."""

    question: DeskQuestion
    again: bool = False

    def apply(self, db: Database, _: Vault, __: SignAgain) -> None:
        """Close it. Raises StoreChanged when it was answered meanwhile."""
        sql = "UPDATE desk_question SET asked = asked + 1 WHERE id = ? AND asked = ?"
        if not self.again:
            sql = "DELETE FROM desk_question WHERE id = ? AND asked = ?"
        if db.execute(sql, (self.question.id, self.question.asked)).rowcount != 1:
            raise StoreChanged("the question has changed meanwhile")


def question_row(id: str) -> str:
    """The name that a row is sealed for."""
    return f"desk/{id}"


def question_token(plain: bytes) -> str:
    """The token in the decrypted column of a row."""
    return str(json.loads(plain)[0])


def _found(db: Database, vault: Vault, token: str, now: datetime) -> DeskQuestion | None:
    hashes = question_hashes(vault, token)
    row = db.execute(_FIND.format(places(hashes)), (*hashes, to_stored(now))).fetchone()
    if row is None:
        return None
    id, member, asked, sealed = row
    token, mailbox, about, command, argument, pair_id, side = _opened(vault, id, sealed)
    addresses = proven_addresses(db, vault, member)
    whose = pair_id, Side(side) if side else None
    return DeskQuestion(id, token, member, mailbox, About(about), command, argument, *whose, addresses, asked)


def _opened(vault: Vault, id: str, sealed: bytes) -> Sequence[Any]:
    values: Sequence[Any] = json.loads(vault.open(sealed, question_row(id)))
    return values
