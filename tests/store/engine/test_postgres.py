"""A connection to PostgreSQL sends statements ahead, and commits nothing when one of them failed."""

from __future__ import annotations

import os
import socket
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from relay.store import Store, StoreError
from relay.store.engine import postgres_pipeline, postgres_sql
from relay.store.engine.postgres import Postgres
from relay.store.engine.postgres_open import connected as opened
from relay.store.errors import StoreBusyOrFull, store_wide
from relay.vault import Vault


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
    with pytest.raises(
        StoreBusyOrFull, match="PostgreSQL refuses relay's connection; the log of PostgreSQL says why: it starts"
    ):
        opened(postgres.replace("/postgres?", "/elsewhere?"))
    with pytest.raises(StoreBusyOrFull, match="cannot be reached; see whether it runs"):
        opened("postgresql://u:p@127.0.0.1:1/x")


def test_what_was_prepared_but_rolled_back_unread_is_prepared_again(db: Postgres) -> None:
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT INTO nothing (name) VALUES ('one')")
    db.execute("SELECT 77")
    db.execute("ROLLBACK")
    db.execute("BEGIN IMMEDIATE")
    assert db.execute("SELECT 77").fetchone() == (77,)
    db.execute("COMMIT")


def test_a_connection_whose_prepared_statements_are_gone_is_made_anew(db: Postgres, other: Postgres) -> None:
    """A pooler, or a change of a table by a newer relay, takes them away."""
    db.execute("SELECT * FROM thing")
    other.execute("ALTER TABLE thing ADD COLUMN more TEXT")
    with pytest.raises(sqlite3.OperationalError) as told:
        db.execute("SELECT * FROM thing")
    assert told.value.sqlite_errorcode == sqlite3.SQLITE_BUSY
    db.connect()
    assert names(db) == []
    db.execute("DEALLOCATE ALL")
    with pytest.raises(sqlite3.OperationalError):
        names(db)
    db.connect()
    assert names(db) == []


def test_a_value_too_long_for_an_index_is_a_fault_of_its_statement(db: Postgres) -> None:
    with pytest.raises(sqlite3.OperationalError, match="ProgramLimitExceeded") as told:
        db.execute("INSERT INTO thing (name) VALUES (?)", (os.urandom(8000).hex(),))
    assert store_wide(told.value) is None


def test_a_result_that_cannot_be_read_ends_the_connection(db: Postgres) -> None:
    """What follows would be taken for the result of another statement."""
    db.execute("BEGIN IMMEDIATE")
    wrong, right = db.execute("SELECT 'NaN'::numeric * 10.0 ^ 200"), db.execute("SELECT 2")
    reading = postgres_sql._READ
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(reading, 1700, lambda octets: int(b"no number"))
        with pytest.raises(ValueError, match="invalid literal"):
            wrong.fetchone()
    for result in (wrong, right):
        with pytest.raises(sqlite3.OperationalError, match="ServerLost"):
            result.fetchone()
    assert not db.in_transaction
    db.connect()
    assert db.execute("SELECT 3").fetchone() == (3,)


def test_the_other_threads_go_on_while_a_server_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is reached, but whose PostgreSQL is stuck."""
    monkeypatch.setattr(postgres_pipeline, "CONNECT_SECONDS", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent, ThreadPoolExecutor(1) as other:
        connecting = other.submit(connected, f"postgresql://relay@127.0.0.1:{silent.getsockname()[1]}/relay")
        turns = 0
        while not connecting.done():
            time.sleep(0.01)
            turns += 1
        assert turns > 10
        with pytest.raises(sqlite3.OperationalError, match="ServerLost"):
            connecting.result()


def test_a_lost_connection_is_told_as_a_server_that_cannot_be_reached(db: Postgres, other: Postgres) -> None:
    db.execute("BEGIN IMMEDIATE").rowcount  # noqa: B018 -- reading waits for the server
    end(other, db)
    with pytest.raises(sqlite3.OperationalError) as told:
        names(db)
    assert str(store_wide(told.value)).startswith("the PostgreSQL server that store.url names cannot be reached; see")


@pytest.mark.parametrize("state", ["57P01", "57P02", "57P03", "25P03", "08006"])
def test_a_server_that_ends_the_connection_cannot_be_reached(state: str) -> None:
    assert "cannot be reached" in str(store_wide(postgres_sql.database_error(state, "")))


def test_each_fault_of_the_server_says_what_it_is() -> None:
    told = {state: str(store_wide(postgres_sql.database_error(state, ""))) for state in ("53100", "53200", "40P01")}
    assert told == {
        "53100": "the disk of the database is full; free some space there, then try again",
        "53200": "there is not enough memory for the database; free some memory, then try again",
        "40P01": "PostgreSQL could not do this now (DeadlockDetected); the log of PostgreSQL says more; then try again",
    }


async def test_a_database_that_cannot_hold_every_letter_is_refused(postgres: str, vault: Vault) -> None:
    with psycopg.connect(postgres, autocommit=True) as link:
        link.execute("CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    with pytest.raises(StoreError, match="is encoded in LATIN1; make a new one with createdb --encoding=UTF8"):
        await Store.create(postgres.replace("/postgres?", "/latin?"), vault)


def test_a_commit_is_on_the_disk_whatever_the_server_does_for_others(postgres: str) -> None:
    for others, ours in (("off", "on"), ("local", "local"), ("on", "on")):
        db = connected(f"{postgres}&options=-csynchronous_commit%3D{others}")
        assert db.execute("SHOW synchronous_commit").fetchone() == (ours,)
        db.close()
