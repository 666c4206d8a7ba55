"""Conversations of the operator with a member, or with somebody else, through an address of ours that both write to.

Neither learns the other's address, and each side's mail program keeps the thread: every letter has two Message-IDs, its
author's and ours, as between the members of a pair (threads.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from relay.model import Side
from relay.store.conversation_turns import conversation_row, letter_row
from relay.store.engine.database import Database
from relay.store.engine.keyed_hashes import conversation_hashes, places
from relay.store.engine.reader import Reader
from relay.store.engine.times import to_stored
from relay.store.people.pairs import PAIR_COLUMNS, read_pair
from relay.store.people.records import Part
from relay.vault import Vault

_MOST_LETTERS = 100
"""The newest of a conversation, which its next letter may cite."""

_FIND = "SELECT number, pair_id, side, sealed FROM conversation WHERE hash IN {} AND changed_at >= ?"
_PAIR = f"SELECT {PAIR_COLUMNS} FROM pair WHERE id = ?"  # noqa: S608
_LETTERS = """
SELECT by_operator, relay_id, sealed FROM conversation_letter WHERE conversation = ? ORDER BY number DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation that goes on. ``part``: the member's, None for anybody else; ``mailbox``: where the other side
    wrote from, "" when nobody can be written to. ``subject`` is what the other side knows it by, ``shown_subject`` what
    the operator does. ``letters``: by the operator or not, our Message-ID, and the author's own, the newest first.
    ``role``: of the person who has the operator's place (relay/roles.py), "" for the operator."""

    token: str
    part: Part | None
    mailbox: str
    subject: str
    shown_subject: str
    letters: tuple[tuple[bool, str, str | None], ...]
    role: str = ""

    def known_ids(self, *, by_operator: bool) -> Mapping[str, str]:
        """For each Message-ID that a letter by the operator (or else by the other side) may cite, the one that its
        reader knows."""
        found: dict[str, str] = {}
        for theirs, relay_id, foreign_id in self.letters:
            if foreign_id is not None and theirs == by_operator:
                found[foreign_id] = relay_id
            elif foreign_id is not None:
                found[relay_id] = foreign_id
        return found


class Conversations:
    """The conversations of the operator."""

    def __init__(self, reader: Reader, vault: Vault) -> None:
        self._reader, self._vault = reader, vault

    async def find(self, token: str, since: datetime) -> Conversation | None:
        """The conversation whose address has ``token``; None when there is none, or its newest letter was accepted
        before ``since``."""
        return await self._reader.run(lambda db: _found(db, self._vault, token, to_stored(since)))


def _found(db: Database, vault: Vault, token: str, since: int) -> Conversation | None:
    hashes = conversation_hashes(vault, token)
    row = db.execute(_FIND.format(places(hashes)), (*hashes, since)).fetchone()
    if row is None:
        return None
    number, pair_id, side, sealed = row
    _, mailbox, subject, shown, *more = json.loads(vault.open(sealed, conversation_row(number)))
    letters = [_letter(vault, *one) for one in db.execute(_LETTERS, (number, _MOST_LETTERS)).fetchall()]
    part = _part(db, pair_id, side)
    return Conversation(token, part, mailbox, subject, shown, tuple(letters), more[0] if more else "")


def _part(db: Database, pair_id: str | None, side: str | None) -> Part | None:
    row = None if pair_id is None else db.execute(_PAIR, (pair_id,)).fetchone()
    return None if row is None or side is None else Part(read_pair(row), Side(side))


def _letter(vault: Vault, by_operator: int, relay_id: str, sealed: Any) -> tuple[bool, str, str | None]:
    if sealed is None:
        return bool(by_operator), relay_id, None
    foreign = vault.open(sealed, letter_row(relay_id)).decode("utf-8", "surrogateescape")
    return bool(by_operator), relay_id, foreign
