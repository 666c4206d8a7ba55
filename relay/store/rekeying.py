"""Rotates the vault key of a database in use: switch to the new key, re-encrypt and re-hash every row, drop the old
key.

After the switch every process encrypts with the new key (engine/vault_keys.py), and both keys decrypt. Rows that were
written after the switch have the new key already. Rows that cannot be decrypted are left unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from relay.store.engine.database import Database, SharedDatabase
from relay.store.engine.times import from_stored, to_stored
from relay.store.engine.vault_keys import name, seal_proof
from relay.store.errors import StoreError
from relay.store.rekeyed_rows import TABLES
from relay.vault import Vault

_FINISHED = "finished"

_CHANGE = "SELECT number, progress, switched_at FROM vault_key WHERE state = 'rotating'"
_LOOKUPS = "SELECT number, switched_at, lookup FROM vault_key WHERE state = 'retired' ORDER BY number"
_INSERT = """
INSERT INTO vault_key (number, state, forward, back, lookup, progress, switched_at)
VALUES (?, 'rotating', ?, ?, ?, ?, ?)
"""
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
    table = table or next(iter(TABLES))
    page = TABLES[table](db, vault, int(last or 0))
    progress = f"{table} {page.last}" if page.more else _next(table)
    db.execute("UPDATE vault_key SET progress = ? WHERE number = ?", (progress, number))
    return progress != _FINISHED


def _next(table: str) -> str:
    names = list(TABLES)
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
    return sum(int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]) for table in TABLES)  # noqa: S608


def rotation(db: Database) -> Rotation | None:
    """The rotation in progress; None when there is none."""
    change = db.execute(_CHANGE).fetchone()
    if change is None:
        return None
    table, _, last = change[1].partition(" ")
    left = 0
    for one in reversed(TABLES):
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
