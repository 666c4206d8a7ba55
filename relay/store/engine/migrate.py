"""Migrations: numbered SQL files that bring a database of any earlier version up to date, one transaction each."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from relay.store.engine.database import Database, lock_for_nodes, set_version, version
from relay.store.errors import StoreError, StoreNewer, store_wide

SCHEMA = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One file of schema/, which migrates the database from version ``number`` - 1 to ``number``."""

    number: int
    name: str
    sql: str


def shipped() -> tuple[Step, ...]:
    """The migrations of this version of relay, in order."""
    found = [
        Step(int(file.name[:3]), file.name, file.read_text("utf-8"))
        for file in files("relay.store.engine").joinpath("schema").iterdir()
        if file.name.endswith(".sql")
    ]
    return tuple(sorted(found, key=lambda step: step.number))


After = Mapping[str, Callable[[Database], None]]
"""File name without its number, such as "events.sql", to a function that runs after its statements, in the same
transaction, for what SQL alone cannot do."""


def migrate(db: Database, steps: Sequence[Step], after: After | None = None) -> None:
    """Apply the migrations that the database does not have yet, with the functions of ``after``.

    Raises StoreNewer when it is of a later version than this relay, StoreError when a migration fails; that one is
    rolled back, those before it stay.
    """
    known = max((step.number for step in steps), default=0)
    if version(db) > known:
        raise StoreNewer(
            f"a newer relay has migrated this database (to version {version(db)}; this relay supports {known})",
            "install that version again, or restore an older backup",
        )
    for step in steps:
        if step.number > version(db):
            _apply(db, step, (after or {}).get(step.name[4:]))


def _apply(db: Database, step: Step, then: Callable[[Database], None] | None) -> None:
    # Not executescript, which commits first: a migration that fails half-way could not be rolled back.
    db.execute("BEGIN IMMEDIATE")
    try:
        lock_for_nodes(db, SCHEMA)
        if version(db) < step.number:  # another process may have applied it meanwhile
            for statement in statements(step.sql):
                db.execute(statement)
            if then is not None:
                then(db)
            set_version(db, step.number)
        db.execute("COMMIT")
    except BaseException as error:
        if db.in_transaction:
            db.execute("ROLLBACK")
        if isinstance(error, sqlite3.OperationalError) and store_wide(error):
            raise
        if isinstance(error, sqlite3.OperationalError | sqlite3.IntegrityError):
            raise StoreError(
                f"migrating the database failed ({step.name}: {error})",
                "it was not changed, and the previous version of relay still works with it",
            ) from error
        raise


def statements(sql: str) -> Iterator[str]:
    """The statements of a file, each with the comments before it."""
    *pieces, rest = sql.split(";")
    gathered = ""
    for piece in pieces:
        gathered += piece + ";"
        # A semicolon inside a string, a comment or a trigger does not end a statement.
        if sqlite3.complete_statement(gathered):
            yield gathered.strip()
            gathered = ""
    rest = gathered + rest
    if any(line.strip() and not line.strip().startswith("--") for line in rest.splitlines()):
        raise StoreError("a file in schema/ ends within a statement", "reinstall relay")
