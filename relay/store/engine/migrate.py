"""Migrations: numbered SQL files that bring a database of any earlier version up to date, one transaction each."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from relay.store.engine.database import Database, columns, lock_for_nodes, set_version, tables, version
from relay.store.errors import StoreError, StoreNewer, store_wide

SCHEMA = 0
_TABLE = re.compile(r"^CREATE TABLE (\w+)", re.MULTILINE)
_COLUMN = re.compile(r"^ALTER TABLE (\w+) ADD COLUMN (\w+)", re.MULTILINE)
_GONE = re.compile(r"^(?:DROP TABLE (?:IF EXISTS )?|ALTER TABLE (?=\w+ RENAME TO))(\w+)", re.MULTILINE)


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
    for step in due(db, steps):
        _apply(db, step, steps, (after or {}).get(step.name[4:]))
    if 0 < version(db) < known:  # the last of them was there under another number
        set_version(db, known)


def due(db: Database, steps: Sequence[Step]) -> list[Step]:
    """The migrations that the database does not have, in order.

    They are those after its version; but programs between two releases have numbered some of them otherwise. So what a
    migration makes tells, too, whether it is there.
    """
    reached, there = version(db), tables(db)
    gone = {name for step in steps for name in _GONE.findall(step.sql)}

    def parts(step: Step) -> list[bool]:
        """Of each table that the step makes, or else of each column, whether it is there."""
        made = [name in there for name in _TABLE.findall(step.sql) if name not in gone]
        return made or [column in columns(db, table) for table, column in _COLUMN.findall(step.sql)]

    found: list[Step] = []
    for step in steps:
        made = parts(step) if reached else []
        whole, nothing = bool(made) and all(made), bool(made) and not any(made)
        if nothing if step.number <= reached else not whole:
            found.append(step)
    return found


def _apply(db: Database, step: Step, steps: Sequence[Step], then: Callable[[Database], None] | None) -> None:
    # Not executescript, which commits first: a migration that fails half-way could not be rolled back.
    db.execute("BEGIN IMMEDIATE")
    try:
        lock_for_nodes(db, SCHEMA)
        if step in due(db, steps):  # another process may have applied it meanwhile
            for statement in statements(step.sql):
                db.execute(statement)
            if then is not None:
                then(db)
            set_version(db, max(step.number, version(db)))
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
