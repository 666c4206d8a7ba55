"""Numbered SQL files bring a database of any earlier version to this one, each in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from relay.store.engine.database import Database, alone, set_version, version
from relay.store.errors import StoreError, StoreNewer

SCHEMA = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One file of schema/: what turns version ``number`` - 1 into ``number``."""

    number: int
    name: str
    sql: str


def shipped() -> tuple[Step, ...]:
    """The steps that come with this version, in order."""
    found = [
        Step(int(file.name[:3]), file.name, file.read_text("utf-8"))
        for file in files("relay.store.engine").joinpath("schema").iterdir()
        if file.name.endswith(".sql")
    ]
    return tuple(sorted(found, key=lambda step: step.number))


After = Mapping[str, Callable[[Database], None]]
"""By what a step's file is called after its number, such as "events.sql": what is done in its transaction, after its
statements, where SQL alone cannot do it."""


def migrate(db: Database, steps: Sequence[Step], after: After | None = None) -> None:
    """Apply the steps the database does not have yet, and what comes ``after`` them.

    Raises StoreNewer when it has more than we know, StoreError when a step fails; the database then stays as the
    last whole step left it.
    """
    known = max((step.number for step in steps), default=0)
    if version(db) > known:
        raise StoreNewer(
            f"the database was changed by a later relay (form {version(db)}; this one knows {known}); "
            "install that version again, or restore a backup from before"
        )
    for step in steps:
        if step.number > version(db):
            _apply(db, step, (after or {}).get(step.name[4:]))


def _apply(db: Database, step: Step, then: Callable[[Database], None] | None) -> None:
    # Not executescript: it commits first, and a step that fails half-way would stay half-way.
    db.execute("BEGIN IMMEDIATE")
    try:
        alone(db, SCHEMA)
        if version(db) < step.number:  # another process may have been faster
            for statement in statements(step.sql):
                db.execute(statement)
            if then is not None:
                then(db)
            set_version(db, step.number)
        db.execute("COMMIT")
    except BaseException as error:
        if db.in_transaction:
            db.execute("ROLLBACK")
        if isinstance(error, sqlite3.OperationalError | sqlite3.IntegrityError):
            raise StoreError(
                f"the database could not be brought up to date ({step.name}: {error}); "
                "it is as it was, so the former version of relay still runs with it"
            ) from error
        raise


def statements(sql: str) -> Iterator[str]:
    """The single statements of a file, comments and all."""
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
        raise StoreError("a file in schema/ ends in the middle of a statement; reinstall relay")
