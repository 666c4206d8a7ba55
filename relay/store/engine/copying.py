"""Copies all rows of one database into another, for a move between SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from relay.store.engine.database import Database, advance_sequence, columns, tables
from relay.store.engine.letter_files import LetterFiles, letter_files, sealed_whole
from relay.store.errors import StoreError
from relay.vault import Vault

# These first and in this order, so that every foreign key refers to a row already copied.
_ORDER = (
    "member", "address", "pair", "alias", "journal", "letter", "delivery", "thread", "event", "event_word",
    "conversation", "conversation_letter",
)  # fmt: skip
_NUMBERED = (
    "member", "pair", "journal", "letter", "delivery", "thread", "echo", "event", "event_word", "hold", "job",
    "sts_policy", "conversation", "conversation_letter", "relayed_words", "invitation",
    "dmarc_report", "forget_wish", "desk_question", "report", "reported_pair", "absence", "address_move",
    "role_mailbox", "unproven_mail", "question_code",
)  # fmt: skip
_NOT_COPIED = ("proof", "schema_version")
_BATCH = 500


def copy_rows(source: Database, target: Database, vault: Vault) -> dict[str, int]:
    """Copy every row into a new database of ours, in one transaction; letters in files go into the table. Returns the
    number of rows by table. Raises StoreError, with nothing changed, when the target has rows already."""
    target.execute("BEGIN IMMEDIATE")
    try:
        names = _ordered(tables(source))
        if any(target.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone() for name in names):  # noqa: S608
            raise StoreError("the database to copy into holds a programme already; it was not changed")
        copied = {name: _copy(source, target, name, vault) for name in names}
        for name in _NUMBERED:
            advance_sequence(target, name)
        target.execute("COMMIT")
    finally:
        if target.in_transaction:
            target.execute("ROLLBACK")
    return copied


def _ordered(names: set[str]) -> list[str]:
    return [*_ORDER, *sorted(names - {*_ORDER, *_NOT_COPIED})]


def _copy(source: Database, target: Database, table: str, vault: Vault) -> int:
    named = ", ".join(columns(source, table))
    places = ", ".join("?" * len(columns(source, table)))
    count = 0
    files = letter_files(source) if table == "letter" else None
    for step in _batches(source, table, named):
        whole = step if files is None else [_whole(columns(source, table), row, vault, files) for row in step]
        target.executemany(f"INSERT INTO {table} ({named}) VALUES ({places})", whole)  # noqa: S608
        count += len(step)
    return count


def _whole(names: Sequence[str], row: Sequence[Any], vault: Vault, files: LetterFiles) -> Sequence[Any]:
    """A row of letters with the octets of its file, if it has one that can be read."""
    of = dict(zip(names, row, strict=True))
    if of["file"] is None:
        return row
    whole = sealed_whole(vault, files, f"letter/{of['journal']}/{of['part']}", of["sealed"], of["file"])
    return row if whole is None else list((of | {"sealed": whole, "file": None}).values())


def _batches(source: Database, table: str, named: str) -> Iterator[list[Any]]:
    """The rows of a table in batches. Numbered tables are paged by number: their rows may be letters."""
    if table not in _NUMBERED:
        rows = iter(source.execute(f"SELECT {named} FROM {table}"))  # noqa: S608 -- names of our own schema
        while step := list(islice(rows, _BATCH)):
            yield step
        return
    last = -1
    sql = f"SELECT number, {named} FROM {table} WHERE number > ? ORDER BY number LIMIT {_BATCH}"  # noqa: S608
    while numbered := source.execute(sql, (last,)).fetchall():
        last = numbered[-1][0]
        yield [row[1:] for row in numbered]
