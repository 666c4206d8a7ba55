"""Moves a programme from one database to another, row by row, with nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from relay.store.engine.database import Database, columns, follow_numbers, tables
from relay.store.errors import StoreError

# These first and in this order: every row finds those it names already there.
_ORDER = (
    "member", "address", "pair", "alias", "journal", "letter", "delivery", "thread", "event", "event_word",
    "conversation", "conversation_letter",
)  # fmt: skip
_NUMBERED = (
    "member", "pair", "journal", "letter", "delivery", "thread", "event", "event_word", "hold", "job",
    "conversation", "conversation_letter",
)  # fmt: skip
_OF_EACH_ITS_OWN = ("proof", "schema_version")
_ROWS_A_STEP = 500


def copy_rows(source: Database, target: Database) -> dict[str, int]:
    """Copy every row into a database of ours that has none yet, in one transaction. Returns how many, by table.
    Raises StoreError when it has some, and then leaves it as it is."""
    target.execute("BEGIN IMMEDIATE")
    try:
        names = _ordered(tables(source))
        if any(target.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone() for name in names):  # noqa: S608
            raise StoreError("the database to copy into holds a programme already; it stays as it is")
        copied = {name: _copy(source, target, name) for name in names}
        for name in _NUMBERED:
            follow_numbers(target, name)
        target.execute("COMMIT")
    finally:
        if target.in_transaction:
            target.execute("ROLLBACK")
    return copied


def _ordered(names: set[str]) -> list[str]:
    return [*_ORDER, *sorted(names - {*_ORDER, *_OF_EACH_ITS_OWN})]


def _copy(source: Database, target: Database, table: str) -> int:
    named = ", ".join(columns(source, table))
    places = ", ".join("?" * len(columns(source, table)))
    count = 0
    for step in _steps(source, table, named):
        target.executemany(f"INSERT INTO {table} ({named}) VALUES ({places})", step)  # noqa: S608
        count += len(step)
    return count


def _steps(source: Database, table: str, named: str) -> Iterator[list[Any]]:
    """The rows of a table, a few hundred at a time where a row may be a letter."""
    if table not in _NUMBERED:
        rows = iter(source.execute(f"SELECT {named} FROM {table}"))  # noqa: S608 -- names of our own schema
        while step := list(islice(rows, _ROWS_A_STEP)):
            yield step
        return
    last = -1
    sql = f"SELECT number, {named} FROM {table} WHERE number > ? ORDER BY number LIMIT {_ROWS_A_STEP}"  # noqa: S608
    while numbered := source.execute(sql, (last,)).fetchall():
        last = numbered[-1][0]
        yield [row[1:] for row in numbered]
