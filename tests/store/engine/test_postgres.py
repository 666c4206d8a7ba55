"""A connection to PostgreSQL sends statements ahead, and commits nothing when one of them failed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from relay.store.engine.postgres import Postgres
from relay.store.engine.postgres_open import connected as opened
from relay.store.errors import StoreBusyOrFull


def connected(url: str) -> Postgres:
    db = Postgres(url)
    db.connect()
    return db


@pytest.fixture
def db(empty_postgres: str) -> Iterator[Postgres]:
    db = connected(empty_postgres)
    db.execute("CREATE TABLE thing (number INTEGER PRIMARY KEY, name TEXT UNIQUE, octets BLOB)")
    yield db
    db.close()


@pytest.fixture
def other(empty_postgres: str) -> Iterator[Postgres]:
    """Another connection to the same database."""
    other = connected(empty_postgres)
    yield other
    other.close()


def names(db: Postgres) -> list[str]:
    return [name for (name,) in db.execute("SELECT name FROM thing ORDER BY number")]


def test_values_come_back_as_they_were_written(db: Postgres) -> None:
    values = (2**62, "Zoë نور\n", bytes(range(256)))
    db.execute("INSERT INTO thing (number, name, octets) VALUES (?, ?, ?)", values)
    assert db.execute("SELECT number, name, octets FROM thing").fetchall() == [values]
    assert db.execute("SELECT -number, NULL, '' FROM thing WHERE number = :n", {"n": 2**62}).fetchone() == (
        -(2**62),
        None,
        "",
    )
    assert db.execute("SELECT sum(number), sum(-number) FROM thing").fetchone() == (2**62, -(2**62))


def test_a_failed_statement_whose_result_nobody_read_fails_the_commit(db: Postgres, other: Postgres) -> None:
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT INTO thing (name) VALUES ('one')")
    db.execute("INSERT INTO thing (name) VALUES ('one')")
    db.execute("INSERT INTO thing (name) VALUES ('two')")
    with pytest.raises(sqlite3.IntegrityError, match="UniqueViolation of thing_name_key"):
        db.execute("COMMIT")
    assert db.in_transaction
    db.execute("ROLLBACK")
    assert not db.in_transaction
    assert names(db) == names(other) == []


def test_a_failed_statement_fails_the_next_result_that_is_read(db: Postgres) -> None:
    db.execute("BEGIN IMMEDIATE")
    wrong = db.execute("INSERT INTO nothing (name) VALUES (?)", ("one",))
    right = db.execute("SELECT 1")
    for result in (right, right, wrong):
        with pytest.raises(sqlite3.OperationalError, match="UndefinedTable"):
            result.fetchone()
    db.execute("ROLLBACK")
    assert names(db) == []


def test_a_transaction_that_the_server_gave_up_is_not_reported_as_committed(db: Postgres) -> None:
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT INTO thing (name) VALUES ('one')")
    with pytest.raises(sqlite3.OperationalError):
        db.execute("SELECT nothing").fetchone()
    with pytest.raises(sqlite3.OperationalError, match="RolledBack"):
        db.execute("COMMIT")
    assert names(db) == []


def test_after_a_rollback_nobody_hears_of_what_failed_before_it(db: Postgres) -> None:
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT INTO nothing (name) VALUES ('one')")
    db.execute("ROLLBACK")
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT INTO thing (name) VALUES ('two')")
    db.execute("COMMIT")
    assert names(db) == ["two"]


def test_what_failed_in_a_savepoint_takes_only_that_back(db: Postgres) -> None:
    db.execute("BEGIN IMMEDIATE")
    for name in ("one", "two", "one", "three"):
        db.execute("SAVEPOINT job")
        try:
            db.execute("INSERT INTO thing (name) VALUES (?)", (name,))
            db.execute("RELEASE job")
        except sqlite3.IntegrityError:
            db.execute("ROLLBACK TO job")
            db.execute("RELEASE job")
    db.execute("COMMIT")
    assert names(db) == ["one", "two", "three"]


def test_large_values_pass_in_both_directions_at_once(db: Postgres) -> None:
    octets = bytes(range(256)) * 8192
    db.execute("BEGIN IMMEDIATE")
    written = [
        db.execute("INSERT INTO thing (name, octets) VALUES (?, ?) RETURNING octets", (str(number), octets))
        for number in range(16)
    ]
    db.execute("COMMIT")
    assert all(row.fetchone() == (octets,) for row in written)


def test_many_statements_are_sent_ahead(db: Postgres) -> None:
    db.execute("BEGIN IMMEDIATE")
    db.executemany("INSERT INTO thing (name) VALUES (?)", [(str(number),) for number in range(3000)])
    db.execute("COMMIT")
    assert db.execute("SELECT count(*) FROM thing").fetchone() == (3000,)


def end(other: Postgres, db: Postgres) -> None:
    """End the server's process for ``db``."""
    found = "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
    other.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM ({found}) AS others").fetchall()


def test_a_connection_lost_between_transactions_is_made_anew(db: Postgres, other: Postgres) -> None:
    end(other, db)
    db.connect()
    assert names(db) == []


def test_a_connection_lost_in_a_transaction_is_a_fault_of_the_whole_database(db: Postgres, other: Postgres) -> None:
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT INTO thing (name) VALUES ('one')").rowcount  # noqa: B018 -- reading waits for the server
    end(other, db)
    with pytest.raises(sqlite3.OperationalError) as told:
        db.execute("COMMIT")
    assert told.value.sqlite_errorcode == sqlite3.SQLITE_BUSY
    assert not db.in_transaction
    db.connect()
    assert names(db) == []


def test_a_server_that_refuses_and_one_that_is_not_there_are_told_apart(postgres: str) -> None:
    with pytest.raises(StoreBusyOrFull, match="PostgreSQL refuses relay's connection; check user, password"):
        opened(postgres.replace("/postgres?", "/elsewhere?"))
    with pytest.raises(StoreBusyOrFull, match="cannot be reached; see whether it runs"):
        opened("postgresql://u:p@127.0.0.1:1/x")
