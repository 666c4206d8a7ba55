"""Writes the letters of conversations with the operator, in the transaction that accepts them."""

from __future__ import annotations

import json
from datetime import datetime

from relay.model import MemberState, Side
from relay.store.engine.database import Database
from relay.store.engine.keyed_hashes import conversation_hash, conversation_hashes, places
from relay.store.engine.times import to_stored
from relay.store.errors import StoreChanged
from relay.store.records import Turn
from relay.vault import Vault

_INSERT = "INSERT INTO conversation (hash, pair_id, side, changed_at, sealed) VALUES (?, ?, ?, ?, ?) RETURNING number"
_CHANGE = "UPDATE conversation SET changed_at = ?, sealed = ? WHERE number = ?"
_LETTER = "INSERT INTO conversation_letter (conversation, by_operator, relay_id, sealed) VALUES (?, ?, ?, ?)"
_STATE = """
SELECT member.state FROM pair
    JOIN member ON member.number = CASE CAST(? AS TEXT) WHEN 'mentor' THEN mentor ELSE mentee END WHERE pair.id = ?
"""
_THESE = "SELECT number FROM conversation WHERE pair_id = ? AND side = ?"


def take_turn(db: Database, vault: Vault, turn: Turn, at: datetime) -> None:
    """Write a letter of a conversation, which begins with it or goes on. Raises StoreChanged when its member was
    forgotten meanwhile."""
    hashes = conversation_hashes(vault, turn.token)
    found = db.execute(f"SELECT number FROM conversation WHERE hash IN {places(hashes)}", hashes).fetchone()  # noqa: S608
    number = int(found[0]) if found else _begun(db, vault, turn, at)
    plain = json.dumps([turn.token, turn.mailbox, turn.subject, turn.shown_subject, turn.role]).encode()
    db.execute(_CHANGE, (to_stored(at), vault.seal(plain, conversation_row(number)), number))
    foreign = None
    if turn.foreign_id is not None:
        foreign = vault.seal(turn.foreign_id.encode("utf-8", "surrogateescape"), letter_row(turn.relay_id))
    db.execute(_LETTER, (number, int(turn.by_operator), turn.relay_id, foreign))


def conversation_row(number: int) -> str:
    """What a sealed conversation is bound to."""
    return f"conversation/{number}"


def letter_row(relay_id: str) -> str:
    """What a sealed Message-ID of a letter in a conversation is bound to."""
    return f"conversation_letter/{relay_id}"


def forget_conversations(db: Database, pair_id: str, side: Side) -> None:
    """Erase the conversations with the member on ``side`` of a pair."""
    theirs = (pair_id, side.value)
    db.execute(f"DELETE FROM conversation_letter WHERE conversation IN ({_THESE})", theirs)  # noqa: S608
    db.execute("DELETE FROM conversation WHERE pair_id = ? AND side = ?", theirs)


def _begun(db: Database, vault: Vault, turn: Turn, at: datetime) -> int:
    side = None if turn.side is None else turn.side.value
    if turn.pair_id is not None:
        row = db.execute(_STATE, (side, turn.pair_id)).fetchone()
        if row is None or row[0] == MemberState.FORGOTTEN:
            raise StoreChanged("the member was forgotten meanwhile")
    values = (conversation_hash(vault, turn.token), turn.pair_id, side, to_stored(at), b"")
    return int(db.execute(_INSERT, values).fetchone()[0])
