"""Rotates the vault key of a database in use: switch to the new key, re-encrypt and re-hash every row, drop the old
key.

After the switch every process encrypts with the new key (engine/vault_keys.py), and both keys decrypt. Rows that were
written after the switch have the new key already. Rows that cannot be decrypted are left unchanged.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from relay.policy.mailboxes import mailbox_of
from relay.store.conversation_turns import conversation_row, letter_row
from relay.store.echoes import echo_row
from relay.store.engine.database import Database, SharedDatabase
from relay.store.engine.keyed_hashes import (
    address_hashes,
    conversation_hash,
    destination_of,
    foreign_hash,
    question_hash,
    sts_hash,
)
from relay.store.engine.times import from_stored, to_stored
from relay.store.engine.vault_keys import name, seal_proof
from relay.store.errors import StoreError
from relay.store.event_chain import CHAIN_ROW, word_row
from relay.store.people.identities import opened
from relay.store.people.inviting import invitation_row, token_of
from relay.store.queue.envelopes import opened_envelope
from relay.store.relayed_words import words_row
from relay.store.sts_policies import policy_row
from relay.vault import Vault, VaultError

_ROWS = 200
_OCTETS = 4 * 1024 * 1024
_FINISHED = "finished"

_CHANGE = "SELECT number, progress, switched_at FROM vault_key WHERE state = 'rotating'"
_LOOKUPS = "SELECT number, switched_at, lookup FROM vault_key WHERE state = 'retired' ORDER BY number"
_INSERT = """
INSERT INTO vault_key (number, state, forward, back, lookup, progress, switched_at)
VALUES (?, 'rotating', ?, ?, ?, ?, ?)
"""
_PLACES_OF_ADDRESSES = (
    "UPDATE address SET hash = ? WHERE hash = ?",
    "UPDATE address_question SET address = ? WHERE address = ?",
    "UPDATE question SET address = ? WHERE address = ?",
    "UPDATE question SET mailbox = ? WHERE mailbox = ?",
    "UPDATE suspended SET hash = ? WHERE hash = ?",
    "UPDATE mailbox SET hash = ? WHERE hash = ?",
)
# Rows found by hashes that cannot be computed anew (of tokens and fingerprints), written before the switch.
_UNDER_OLD_KEY = """
SELECT 1 WHERE EXISTS (SELECT 1 FROM return_path WHERE created_at <= :at)
    OR EXISTS (SELECT 1 FROM seen WHERE seen_at <= :at)
    OR EXISTS (SELECT 1 FROM question JOIN delivery ON delivery.id = question.delivery_id WHERE created_at <= :at)
    OR EXISTS (SELECT 1 FROM address_question WHERE expires_at <= :answered_at)
"""
_END = "UPDATE vault_key SET state = 'retired', forward = NULL, back = NULL WHERE number = ?"
_DONE = "UPDATE vault_key SET state = 'done', lookup = NULL WHERE number = ?"


@dataclass(frozen=True, slots=True)
class Rotation:
    """A rotation in progress. ``left``: rows still to be re-encrypted; ``switched_at``: when it began."""

    left: int
    switched_at: datetime


def begin(db: Database, vault: Vault, secret: bytes, now: datetime) -> None:
    """Switch to the new key ``secret``. Raises StoreError when a rotation is in progress."""
    _lock_out_writers(db)
    if db.execute(_CHANGE).fetchone() is not None:
        raise StoreError("a rotation of the vault key is in progress already; let it finish first")
    number = 1 + int(db.execute("SELECT coalesce(max(number), 0) FROM vault_key").fetchone()[0])
    new = Vault(secret)
    forward = vault.seal(secret, name(number, "forward"))
    back = new.seal(vault.secret, name(number, "back"))
    lookup = new.seal(vault.lookup_key, name(number, "lookup"))
    for old, _, sealed in db.execute(_LOOKUPS).fetchall():
        again = new.seal(vault.open(sealed, name(old, "lookup")), name(old, "lookup"))
        db.execute("UPDATE vault_key SET lookup = ? WHERE number = ?", (again, old))
    db.execute(_INSERT, (number, forward, back, lookup, "", to_stored(now)))
    db.execute("UPDATE proof SET sealed = ?", (seal_proof(new),))


def _lock_out_writers(db: Database) -> None:
    """Wait until every transaction that may encrypt with the old key has ended, and let none begin. Each reads
    vault_key first, which locks the table until its end. SQLite has one writer anyway."""
    if isinstance(db, SharedDatabase):
        db.execute("SELECT set_config('lock_timeout', '2000', true)")
        db.execute("LOCK TABLE vault_key IN ACCESS EXCLUSIVE MODE")


def step(db: Database, vault: Vault) -> bool:
    """Re-encrypt the next rows and record the progress. Returns whether there may be more."""
    change = db.execute(_CHANGE).fetchone()
    if change is None:  # another node has finished it
        return False
    number, progress, _ = change
    table, _, last = progress.partition(" ")
    if table == _FINISHED:
        return False
    table = table or next(iter(_TABLES))
    page = _TABLES[table](db, vault, int(last or 0))
    progress = f"{table} {page.last}" if page.more else _next(table)
    db.execute("UPDATE vault_key SET progress = ? WHERE number = ?", (progress, number))
    return progress != _FINISHED


def _next(table: str) -> str:
    names = list(_TABLES)
    following = names[names.index(table) + 1 :]
    return f"{following[0]} 0" if following else _FINISHED


def end(db: Database) -> None:
    """Drop the old secret. Raises StoreError while rows are encrypted with it."""
    _lock_out_writers(db)
    change = db.execute(_CHANGE).fetchone()
    if change is not None and change[1] != _FINISHED:
        raise StoreError("some rows are still encrypted with the old vault key")
    if change is not None:
        db.execute(_END, (change[0],))


def retired_at(db: Database) -> list[datetime]:
    """When the old keys were replaced whose lookup keys are still needed, oldest first."""
    return [from_stored(at) for _, at, _ in db.execute(_LOOKUPS).fetchall()]


def rows(db: Database) -> int:
    """How many rows a rotation re-encrypts."""
    return sum(int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]) for table in _TABLES)  # noqa: S608


def rotation(db: Database) -> Rotation | None:
    """The rotation in progress; None when there is none."""
    change = db.execute(_CHANGE).fetchone()
    if change is None:
        return None
    table, _, last = change[1].partition(" ")
    left = 0
    for one in reversed(_TABLES):
        if table == _FINISHED:
            break
        after = int(last or 0) if one == table else 0
        left += db.execute(f"SELECT count(*) FROM {one} WHERE number > ?", (after,)).fetchone()[0]  # noqa: S608
        if one == table:
            break
    return Rotation(left, from_stored(change[2]))


def drop_lookups(db: Database, answered_within: timedelta) -> int:
    """Drop old lookup keys that no row needs any more. Returns how many."""
    dropped = 0
    for number, at, _ in db.execute(_LOOKUPS).fetchall():
        values = {"at": at, "answered_at": at + answered_within // timedelta(microseconds=1)}
        if db.execute(_UNDER_OLD_KEY, values).fetchone() is None:
            db.execute(_DONE, (number,))
            dropped += 1
    return dropped


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
        letter = db.execute("SELECT journal, part, sealed FROM letter WHERE number = ?", (number,)).fetchone()
        row = f"letter/{letter[0]}/{letter[1]}"
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


_TABLES: dict[str, Callable[[Database, Vault, int], _Page]] = {
    "member": _members,
    "delivery": _deliveries,
    "thread": _Rows("thread", ("pair_id", "side", "relay_id"), lambda _, __, id: f"thread/{id}", _rehash_thread),
    "echo": _Rows("echo", ("pair_id", "side"), echo_row),
    "letter": _letters,
    "conversation": _Rows("conversation", ("number",), conversation_row, _rehash_conversation),
    "conversation_letter": _Rows("conversation_letter", ("relay_id",), letter_row),
    "invitation": _Rows("invitation", ("pair_id", "side"), invitation_row, _rehash_invitation),
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
    "suspended.hash", "delivery.sealed", "delivery.destination", "thread.sealed", "thread.hash", "echo.sealed",
    "letter.sealed", "mailbox.hash", "mailbox.address", "event_word.sealed", "event_chain.sealed",
    "sts_policy.sealed", "sts_policy.hash", "relayed_words.sealed",
    "conversation.hash", "invitation.sealed", "invitation.hash", "conversation.sealed", "conversation_letter.sealed",
}  # fmt: skip
"""Columns that have the new key after a rotation."""
FOUND_BY_OLD = {"return_path.hash", "seen.hash", "question.hash", "question.network", "address_question.hash"}
"""Columns that keep hashes of the old lookup key until their rows are deleted."""
CHAINED = {"event.hash"}
"""Columns hashed with the key of the event chain, which does not change."""


def _opened(vault: Vault, sealed: Any, row: str) -> bytes | None:
    try:
        return vault.open(sealed, row)
    except VaultError:
        return None


def _replace(db: Database, table: str, number: int, before: Any, after: bytes) -> None:
    """Write the row, unless another node has written it since it was read: then it has the new key already."""
    db.execute(f"UPDATE {table} SET sealed = ? WHERE number = ? AND sealed = ?", (after, number, before))  # noqa: S608
