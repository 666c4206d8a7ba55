"""Re-encrypts and re-hashes the rows of each table with the current vault key, a page at a time (rekeying.py)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from relay.policy.mailboxes import mailbox_of
from relay.store.conversation_turns import conversation_row, letter_row
from relay.store.echoes import echo_row
from relay.store.engine.database import Database
from relay.store.engine.keyed_hashes import (
    address_hashes,
    conversation_hash,
    destination_of,
    foreign_hash,
    question_hash,
    sts_hash,
)
from relay.store.engine.letter_files import key_row
from relay.store.event_chain import CHAIN_ROW, word_row
from relay.store.people.desk_questions import question_row, question_token
from relay.store.people.identities import opened
from relay.store.people.inviting import invitation_row, token_of
from relay.store.people.question_codes import code_row, rehash_code
from relay.store.people.reports import report_row
from relay.store.people.unproven_mail import unproven_row
from relay.store.queue.envelopes import opened_envelope
from relay.store.relayed_words import words_row
from relay.store.role_mailboxes import rehash_role, role_row
from relay.store.sts_policies import policy_row
from relay.vault import Vault, VaultError

_ROWS = 200
_OCTETS = 4 * 1024 * 1024

_PLACES_OF_ADDRESSES = (
    "UPDATE address SET hash = ? WHERE hash = ?",
    "UPDATE address_question SET address = ? WHERE address = ?",
    "UPDATE address_move SET address = ? WHERE address = ?",
    "UPDATE question SET address = ? WHERE address = ?",
    "UPDATE question SET mailbox = ? WHERE mailbox = ?",
    "UPDATE suspended SET hash = ? WHERE hash = ?",
    "UPDATE mailbox SET hash = ? WHERE hash = ?",
)


def _members(db: Database, vault: Vault, after: int) -> _Page:
    """Re-encrypts members, and re-hashes their addresses in all tables."""
    rows = db.execute("SELECT number, sealed FROM member WHERE number > ? ORDER BY number LIMIT ?", (after, _ROWS))
    page = rows.fetchall()
    for number, sealed in page:
        plain = _opened(vault, sealed, f"member/{number}")
        if plain is None:
            continue
        addresses = opened(vault, number, sealed).addresses
        for address in addresses:
            _rehash_address(db, vault, address)
            if mailbox_of(address) not in addresses:
                _rehash_address(db, vault, mailbox_of(address))
        _replace(db, "member", number, sealed, vault.seal(plain, f"member/{number}"))
    return _page(page)


def _rehash_address(db: Database, vault: Vault, address: str) -> None:
    new, *older = address_hashes(vault, address)
    for old in older:
        for statement in _PLACES_OF_ADDRESSES:
            db.execute(statement, (new, old))


def _deliveries(db: Database, vault: Vault, after: int) -> _Page:
    """Re-encrypts deliveries, and re-hashes their destinations."""
    sql = "SELECT number, id, sealed FROM delivery WHERE number > ? ORDER BY number LIMIT ?"
    page = db.execute(sql, (after, _ROWS)).fetchall()
    for number, id, sealed in page:
        plain = _opened(vault, sealed, f"delivery/{id}")
        if plain is not None:
            destination = destination_of(vault, opened_envelope(vault, id, sealed)[0])
            db.execute("UPDATE delivery SET destination = ? WHERE number = ?", (destination, number))
            _replace(db, "delivery", number, sealed, vault.seal(plain, f"delivery/{id}"))
    return _page(page)


def _letters(db: Database, vault: Vault, after: int) -> _Page:
    """Re-encrypts letters: up to _OCTETS of them, or one larger one."""
    sql = "SELECT number, length(sealed) FROM letter WHERE number > ? ORDER BY number LIMIT ?"
    page = db.execute(sql, (after, _ROWS)).fetchall()
    octets, last = 0, None
    for number, length in page:
        if octets and octets + length > _OCTETS:
            return _Page(last, more=True)
        octets, last = octets + length, number
        letter = db.execute("SELECT journal, part, sealed, file FROM letter WHERE number = ?", (number,)).fetchone()
        row = f"letter/{letter[0]}/{letter[1]}"
        row = row if letter[3] is None else key_row(row)
        plain = _opened(vault, letter[2], row)
        if plain is not None:
            _replace(db, "letter", number, letter[2], vault.seal(plain, row))
    return _page(page)


def _sts_policies(db: Database, vault: Vault, after: int) -> _Page:
    """Policies of domains, and how they are found."""
    sql = "SELECT number, hash, sealed FROM sts_policy WHERE number > ? ORDER BY number LIMIT ?"
    page = db.execute(sql, (after, _ROWS)).fetchall()
    for number, old, sealed in page:
        plain = _opened(vault, sealed, policy_row(old))
        if plain is not None:
            new = sts_hash(vault, json.loads(plain)[0])
            values = (new, vault.seal(plain, policy_row(new)), number, sealed)
            db.execute("UPDATE sts_policy SET hash = ?, sealed = ? WHERE number = ? AND sealed = ?", values)
    return _page(page)


@dataclass(frozen=True, slots=True)
class _Page:
    """The number of the last row re-encrypted, and whether there may be more."""

    last: int | None
    more: bool


def _page(rows: Sequence[Sequence[Any]]) -> _Page:
    """A page that is not full is the last one: rows written from now on have the new key."""
    return _Page(rows[-1][0] if rows else None, len(rows) == _ROWS)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Re-encrypts the rows of ``table``. ``row`` makes the name that a row is sealed for from the columns ``names``;
    ``rehash`` writes what else of the row is under the key: (database, vault, number, plain, values of ``names``)."""

    table: str
    names: tuple[str, ...]
    row: Callable[..., str]
    rehash: Callable[..., None] | None = None

    def __call__(self, db: Database, vault: Vault, after: int) -> _Page:
        named = ", ".join(("number", "sealed", *self.names))
        sql = f"SELECT {named} FROM {self.table} WHERE number > ? ORDER BY number LIMIT ?"  # noqa: S608 -- constants
        page = db.execute(sql, (after, _ROWS)).fetchall()
        for number, sealed, *values in page:
            row = self.row(*values)
            plain = None if sealed is None else _opened(vault, sealed, row)
            if plain is not None:
                if self.rehash is not None:
                    self.rehash(db, vault, number, plain, values)
                _replace(db, self.table, number, sealed, vault.seal(plain, row))
        return _page(page)


def _rehash_thread(db: Database, vault: Vault, number: int, plain: bytes, values: Sequence[Any]) -> None:
    pair_id, side, _ = values
    hash = foreign_hash(vault, pair_id, side, plain.decode("utf-8", "surrogateescape"))
    db.execute("UPDATE thread SET hash = ? WHERE number = ?", (hash, number))


def _rehash_conversation(db: Database, vault: Vault, number: int, plain: bytes, _: Sequence[Any]) -> None:
    hash = conversation_hash(vault, json.loads(plain)[0])
    db.execute("UPDATE conversation SET hash = ? WHERE number = ?", (hash, number))


def _rehash_invitation(db: Database, vault: Vault, number: int, plain: bytes, _: Sequence[Any]) -> None:
    db.execute("UPDATE invitation SET hash = ? WHERE number = ?", (question_hash(vault, token_of(plain)), number))


def _rehash_desk_question(db: Database, vault: Vault, number: int, plain: bytes, _: Sequence[Any]) -> None:
    hash = question_hash(vault, question_token(plain))
    db.execute("UPDATE desk_question SET hash = ? WHERE number = ?", (hash, number))


TABLES: dict[str, Callable[[Database, Vault, int], _Page]] = {
    "member": _members,
    "delivery": _deliveries,
    "thread": _Rows("thread", ("pair_id", "side", "relay_id"), lambda _, __, id: f"thread/{id}", _rehash_thread),
    "echo": _Rows("echo", ("pair_id", "side"), echo_row),
    "letter": _letters,
    "conversation": _Rows("conversation", ("number",), conversation_row, _rehash_conversation),
    "conversation_letter": _Rows("conversation_letter", ("relay_id",), letter_row),
    "invitation": _Rows("invitation", ("pair_id", "side", "asks"), invitation_row, _rehash_invitation),
    "role_mailbox": _Rows("role_mailbox", ("number",), role_row, rehash_role),
    "report": _Rows("report", ("number",), report_row),
    "desk_question": _Rows("desk_question", ("id",), question_row, _rehash_desk_question),
    "question_code": _Rows("question_code", ("id",), code_row, rehash_code),
    "unproven_mail": _Rows("unproven_mail", ("id",), unproven_row),
    # The chain of events covers only a salted digest of operators' words, and does not change.
    "event_word": _Rows("event_word", ("event", "part"), word_row),
    "event_chain": _Rows("event_chain", (), lambda: CHAIN_ROW),
    "sts_policy": _sts_policies,
    # The key that the hashes of words were made with is sealed with them, and does not change.
    "relayed_words": _Rows("relayed_words", ("journal_id",), words_row),
}
"""Table with encrypted rows to the function that re-encrypts its rows after a number."""

REKEYED = {
    "proof.sealed", "vault_key.forward", "vault_key.back", "vault_key.lookup",
    "member.sealed", "address.hash", "address_question.address", "question.address", "question.mailbox",
    "address_move.address",
    "suspended.hash", "delivery.sealed", "delivery.destination", "thread.sealed", "thread.hash", "echo.sealed",
    "letter.sealed", "mailbox.hash", "mailbox.address", "event_word.sealed", "event_chain.sealed",
    "sts_policy.sealed", "sts_policy.hash", "relayed_words.sealed",
    "role_mailbox.sealed", "role_mailbox.hash", "role_mailbox.question",
    "conversation.hash", "invitation.sealed", "invitation.hash", "conversation.sealed", "conversation_letter.sealed",
    "report.sealed", "desk_question.sealed", "desk_question.hash",
    "unproven_mail.sealed", "question_code.code", "question_code.sealed",
}  # fmt: skip
"""Columns that have the new key after a rotation."""
FOUND_BY_OLD = {"return_path.hash", "seen.hash", "question.hash", "question.network", "address_question.hash"}
"""Columns that keep hashes of the old lookup key until their rows are deleted."""
CHAINED = {"event.hash", "event_chain.head", "event_chain.mac", "event_chain.base_hash", "event_chain.base_mac"}
"""Columns hashed with the key of the event chain, which does not change."""
NOT_KEYED = {"event.digest", "invitation.reply"}
"""Columns with salted or plain digests, under no key."""


def _opened(vault: Vault, sealed: Any, row: str) -> bytes | None:
    try:
        return vault.open(sealed, row)
    except VaultError:
        return None


def _replace(db: Database, table: str, number: int, before: Any, after: bytes) -> None:
    """Write the row, unless another node has written it since it was read: then it has the new key already."""
    db.execute(f"UPDATE {table} SET sealed = ? WHERE number = ? AND sealed = ?", (after, number, before))  # noqa: S608
