"""The interface of a database connection, and the statements in which SQLite and PostgreSQL differ."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Values = Sequence[Any] | Mapping[str, Any]


class Cursor(Protocol):
    """The result of a statement (PEP 249)."""

    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Database(Protocol):
    """One connection, used by one thread at a time. SQL is written for SQLite, with ? and :name as placeholders. Both
    databases raise sqlite3.Error (the exceptions of PEP 249), which errors.py translates.

    On PostgreSQL ``execute`` only sends the statement, and reading its result waits for the server. So ask everything
    first, then read; and do not read what nobody needs. What a change returns is read before anything that may fail,
    because on SQLite it ends then."""

    @property
    def in_transaction(self) -> bool: ...
    def execute(self, sql: str, values: Any = ..., /) -> Cursor: ...
    def executemany(self, sql: str, rows: Iterable[Any], /) -> Any: ...


class Thread(Protocol):
    """A connection in a thread of its own, which runs whole functions."""

    async def run(self, function: Callable[[Any], T], /) -> T:
        """Call ``function`` with the connection. Cancelling the wait does not stop it. Raises what it raises."""

    def connection_if_idle(self) -> Any | None:
        """The connection, for use in the caller's thread until its next await. None when its thread is busy, or when
        statements wait for a server."""

    async def close(self) -> None:
        """Close the connection and end the thread."""


class SharedDatabase(ABC):
    """A database that several relay nodes use at the same time."""

    @property
    @abstractmethod
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""

    @abstractmethod
    def execute(self, sql: str, values: Values = (), /) -> Cursor:
        """Run one statement. Raises sqlite3.Error."""

    @abstractmethod
    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> None:
        """Run one statement for each row. Raises sqlite3.Error."""


def text_list(constants: Iterable[str]) -> str:
    """A list of text constants such as states, for SQL's IN. Never for values from outside: those are bound."""
    quoted = [f"'{constant}'" for constant in constants]
    return f"({', '.join(quoted)})"


def version(db: Database) -> int:
    """The number of the last migration in schema/ that was applied."""
    if not isinstance(db, SharedDatabase):
        return int(db.execute("PRAGMA user_version").fetchone()[0])
    if db.execute("SELECT to_regclass('schema_version')").fetchone()[0] is None:
        return 0
    return int(db.execute("SELECT number FROM schema_version").fetchone()[0])


def set_version(db: Database, number: int) -> None:
    """Record ``number`` as the last migration applied."""
    if not isinstance(db, SharedDatabase):
        db.execute(f"PRAGMA user_version = {number:d}")
        return
    db.execute("CREATE TABLE IF NOT EXISTS schema_version (number INTEGER NOT NULL)")
    db.execute("DELETE FROM schema_version")
    db.execute("INSERT INTO schema_version (number) VALUES (?)", (number,))


def lock_for_nodes(db: Database, what: int, condition: str = "TRUE") -> None:
    """Lock ``what`` (a number of ours) against the other nodes until this transaction ends, if ``condition`` (SQL of
    ours) is true. SQLite has one writer anyway."""
    if isinstance(db, SharedDatabase):
        db.execute(f"SELECT pg_advisory_xact_lock(?) WHERE {condition}", (0x72656C79 << 8 | what,))


def insert_numbered(db: Any, sql: str, values: Values) -> int:
    """Run an INSERT of one row into a table with the key ``number``. Returns that number."""
    if isinstance(db, SharedDatabase):
        return int(db.execute(f"{sql} RETURNING number", values).fetchone()[0])
    return int(db.execute(sql, values).lastrowid)  # RETURNING takes twice as long as the rest: a table of its own


def skip_locked(db: Database) -> str:
    """The end of a SELECT that locks its rows and leaves out those that another node has locked."""
    return " FOR UPDATE SKIP LOCKED" if isinstance(db, SharedDatabase) else ""


def is_only_node(db: Database) -> bool:
    """Whether only one node can deliver from this database."""
    return not isinstance(db, SharedDatabase)


def notify(db: Database) -> None:
    """Notify the other nodes, after the commit, that something may be due."""
    if isinstance(db, SharedDatabase):
        db.execute("SELECT pg_notify('relay', '')")


def tables(db: Database) -> set[str]:
    """The names of all tables."""
    if isinstance(db, SharedDatabase):
        sql = (
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
        )
    else:
        sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    return {str(row[0]) for row in db.execute(sql)}


def columns(db: Database, table: str) -> list[str]:
    """The names of a table's columns."""
    if isinstance(db, SharedDatabase):
        sql = (
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND table_name = ? ORDER BY ordinal_position"
        )
    else:
        sql = "SELECT name FROM pragma_table_info(?) ORDER BY cid"
    return [str(row[0]) for row in db.execute(sql, (table,))]


def octet_columns(db: Database, table: str) -> list[str]:
    """The names of a table's columns that hold octets."""
    if isinstance(db, SharedDatabase):
        sql = (
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND table_name = ? AND data_type = 'bytea'"
        )
    else:
        sql = "SELECT name FROM pragma_table_info(?) WHERE type = 'BLOB'"
    return [str(row[0]) for row in db.execute(sql, (table,))]


def advance_sequence(db: Database, table: str) -> None:
    """Set the table's sequence to its highest ``number``, after rows with numbers were inserted. SQLite needs none."""
    if isinstance(db, SharedDatabase):
        sql = f"SELECT setval(pg_get_serial_sequence('{table}', 'number'), greatest(1, max(number))) FROM {table}"  # noqa: S608
        db.execute(sql)
