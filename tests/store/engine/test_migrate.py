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


def made_with(db: sqlite3.Connection, names: list[str], renumbered: dict[str, int]) -> None:
    """Make the database of a program that had other migrations, or other numbers."""
    steps = [step for step in shipped() if step.name[4:-4] in names]
    migrate(db, [Step(renumbered.get(step.name[4:-4], step.number), step.name, step.sql) for step in steps])


@pytest.mark.parametrize(
    ("left_out", "renumbered"),
    [
        (["unproven_mail", "question_code"], {"roles": 24, "letter_file": 25}),  # 24 was free then
        (["desk", "manners", "reports", "absence", "roles", "letter_file", "unproven_mail", "question_code"], {}),
        (["languages", "manners"], {}),  # they add columns only
    ],
)
def test_a_migration_that_had_another_number_is_neither_left_out_nor_applied_twice(
    db: sqlite3.Connection, left_out: list[str], renumbered: dict[str, int]
) -> None:
    names = [step.name[4:-4] for step in shipped()]
    made_with(db, [name for name in names if name not in left_out], renumbered)
    db.execute("INSERT INTO suspended VALUES (x'00', 'k7f3q2xw', 'mentor', '5.1.1', 1)")
    migrate(db, shipped())
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as wanted:
        migrate(wanted, shipped())
        assert shape(db) == shape(wanted)
    assert version(db) == len(names)
    assert db.execute("SELECT count(*) FROM suspended").fetchone() == (1,)


def test_a_migration_whose_table_is_there_under_a_later_number_is_not_applied_again(db: sqlite3.Connection) -> None:
    names = [step.name[4:-4] for step in shipped()]
    made_with(db, [*names[:15], "dmarc_reports"], {"dmarc_reports": 16})
    migrate(db, shipped())
    assert version(db) == len(names) and "invitation" in {table for table, _ in shape(db)}


def test_a_table_that_a_later_migration_drops_is_not_made_again(db: sqlite3.Connection) -> None:
    steps = (FIRST, Step(2, "002_less.sql", "DROP TABLE book;"))
    migrate(db, steps)
    migrate(db, steps)
    assert shape(db) == set()


def shape(db: sqlite3.Connection) -> set[tuple[str, str]]:
    """Each table with each of its columns."""
    sql = "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'"
    return {(str(table), str(column)) for table, column in db.execute(sql)}


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
