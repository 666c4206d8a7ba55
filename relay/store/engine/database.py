"""What a connection must offer to the store, whichever database it leads to; and where the two databases differ."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Values = Sequence[Any] | Mapping[str, Any]


class Cursor(Protocol):
    """What a statement gave (PEP 249)."""

    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Database(Protocol):
    """One connection, used by one thread at a time. SQL is SQLite's, with ? and :name for values. Faults are raised as
    sqlite3.Error, by either database: they are PEP 249's, and errors.py reads them."""

    @property
    def in_transaction(self) -> bool: ...
    def execute(self, sql: str, values: Any = ..., /) -> Cursor: ...
    def executemany(self, sql: str, rows: Iterable[Any], /) -> Any: ...


class Thread(Protocol):
    """A connection in a thread of its own, to which whole functions are sent."""

    async def run(self, function: Callable[[Any], T], /) -> T:
        """Call ``function`` with the connection. A cancelled wait does not stop it. Raises what it raises."""

    def at_hand(self) -> Any | None:
        """The connection, for the caller's own thread and until its next await, when nobody has to be waited for: not
        the thread, and no other machine. None otherwise."""

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
    """What stands behind IN for constants of our own, such as states. Values from outside are bound, never written."""
    quoted = [f"'{constant}'" for constant in constants]
    return f"({', '.join(quoted)})"


def version(db: Database) -> int:
    """Which step of schema/ the database has reached."""
    if not isinstance(db, SharedDatabase):
        return int(db.execute("PRAGMA user_version").fetchone()[0])
    if db.execute("SELECT to_regclass('schema_version')").fetchone()[0] is None:
        return 0
    return int(db.execute("SELECT number FROM schema_version").fetchone()[0])


def set_version(db: Database, number: int) -> None:
    """Note that the database has reached this step."""
    if not isinstance(db, SharedDatabase):
        db.execute(f"PRAGMA user_version = {number:d}")
        return
    db.execute("CREATE TABLE IF NOT EXISTS schema_version (number INTEGER NOT NULL)")
    db.execute("DELETE FROM schema_version")
    db.execute("INSERT INTO schema_version (number) VALUES (?)", (number,))


def alone(db: Database, what: int) -> None:
    """Until this transaction ends, no other node does ``what`` (any number of ours). SQLite has one writer anyway."""
    if isinstance(db, SharedDatabase):
        db.execute("SELECT pg_advisory_xact_lock(?)", (0x72656C79 << 8 | what,))


def unclaimed(db: Database) -> str:
    """The end of a SELECT whose rows nobody else may take meanwhile."""
    return " FOR UPDATE SKIP LOCKED" if isinstance(db, SharedDatabase) else ""


def is_alone(db: Database) -> bool:
    """Whether this process is the only one that delivers from this database."""
    return not isinstance(db, SharedDatabase)


def notify(db: Database) -> None:
    """Tell the other nodes, once this is committed, that something may be due."""
    if isinstance(db, SharedDatabase):
        db.execute("SELECT pg_notify('relay', '')")


def tables(db: Database) -> set[str]:
    """The names of all tables."""
    if isinstance(db, SharedDatabase):
        sql = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
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


def follow_numbers(db: Database, table: str) -> None:
    """New rows of a table go on from the highest number there is. SQLite does so by itself."""
    if isinstance(db, SharedDatabase):
        sql = f"SELECT setval(pg_get_serial_sequence('{table}', 'number'), greatest(1, max(number))) FROM {table}"  # noqa: S608
        db.execute(sql)
