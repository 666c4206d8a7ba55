"""Migrations: each is applied as a whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from relay.store import StoreError, StoreNewer
from relay.store.engine.migrate import Step, migrate, shipped, statements, version

FIRST = Step(1, "001_first.sql", "CREATE TABLE book (title TEXT) STRICT; INSERT INTO book VALUES ('Emma; a novel');")
SECOND = Step(2, "002_more.sql", "ALTER TABLE book ADD COLUMN pages INTEGER; UPDATE book SET pages = 474;")
BROKEN = Step(2, "002_more.sql", "ALTER TABLE book ADD COLUMN pages INTEGER; UPDATE shelf SET pages = 474;")


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        yield opened


def test_steps_are_applied_in_order(db: sqlite3.Connection) -> None:
    migrate(db, (FIRST, SECOND))
    assert version(db) == 2
    assert db.execute("SELECT * FROM book").fetchall() == [("Emma; a novel", 474)]


def test_an_applied_migration_is_not_applied_again(db: sqlite3.Connection) -> None:
    migrate(db, (FIRST,))
    migrate(db, (FIRST, SECOND))
    migrate(db, (FIRST, SECOND))
    assert db.execute("SELECT * FROM book").fetchall() == [("Emma; a novel", 474)]


def test_a_migration_that_fails_half_way_is_rolled_back(db: sqlite3.Connection) -> None:
    migrate(db, (FIRST,))
    with pytest.raises(StoreError, match=r"002_more\.sql"):
        migrate(db, (FIRST, BROKEN))
    assert version(db) == 1
    assert [column[1] for column in db.execute("PRAGMA table_info(book)")] == ["title"]
    assert not db.in_transaction


def test_a_corrected_migration_runs_after_a_failed_one(db: sqlite3.Connection) -> None:
    with pytest.raises(StoreError):
        migrate(db, (FIRST, BROKEN))
    migrate(db, (FIRST, SECOND))
    assert version(db) == 2


def test_a_newer_database_is_not_changed(db: sqlite3.Connection) -> None:
    migrate(db, (FIRST, SECOND))
    with pytest.raises(StoreNewer):
        migrate(db, (FIRST,))
    assert version(db) == 2


def test_without_migrations_only_an_empty_database_is_accepted(db: sqlite3.Connection) -> None:
    migrate(db, ())
    migrate(db, (FIRST,))
    with pytest.raises(StoreNewer):
        migrate(db, ())


def test_the_shipped_migrations_have_a_number_each() -> None:
    numbers = [step.number for step in shipped()]
    assert numbers == sorted(set(numbers)) and numbers[0] == 1


def test_the_shipped_migrations_apply_to_an_empty_database(db: sqlite3.Connection) -> None:
    migrate(db, shipped())
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("", 0),
        ("-- nothing; at all\n", 0),
        ("SELECT 1; -- the end", 1),
        ("SELECT ';'; SELECT 2;", 2),
        ("CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; DELETE FROM c; END; SELECT 1;", 2),
    ],
)
def test_a_file_is_split_where_its_statements_end(sql: str, count: int) -> None:
    assert len(list(statements(sql))) == count


def test_a_file_that_ends_within_a_statement_is_refused() -> None:
    with pytest.raises(StoreError, match="reinstall"):
        list(statements("SELECT 1; SELECT 2"))
