"""Sends statements to PostgreSQL ahead, and reads a result when it is asked for (libpq's pipeline mode).

A statement whose result nobody reads costs no round trip. When one fails, the server leaves out all that follow it, up
to the next sync, and the error is raised at the next result that is read, which is at the latest that of COMMIT.
"""

from __future__ import annotations

import select
import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

import psycopg
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus
from psycopg.pq.abc import PGresult

from relay.store.engine.postgres_sql import bound, busy, database_error, reading
from relay.store.errors import SERVER_LOST, SERVER_REFUSES

CONNECT_SECONDS = 10
_SILENT_SECONDS = 60.0
"""A server that sends nothing for so long while it is waited for counts as lost."""
_MOST_AHEAD, _MOST_OCTETS = 500, 1024 * 1024
"""So many statements, and octets of their values, are sent before their results are read."""
_TEXT, _OCTETS = 0, 1
_STALE = frozenset({b"26000", b"0A000", b"42P05"})
"""The prepared statements of this connection are not those that were prepared: a pooler or DEALLOCATE removed them, or
a table has changed since. A new connection prepares them anew."""


class Reply:
    """The result of a statement (PEP 249), read from the server when it is asked for; that may raise sqlite3.Error."""

    __slots__ = ("_count", "_pipeline", "_rows", "arrived", "error", "ignored", "prepares", "status")

    def __init__(self, pipeline: Pipeline, prepares: str = "") -> None:
        """``prepares``: the statement that was only to be prepared."""
        self._pipeline, self.prepares = pipeline, prepares
        self._rows: Iterator[tuple[Any, ...]] = iter(())
        self._count, self.status = -1, b""
        self.arrived = self.ignored = False
        self.error: sqlite3.Error | None = None

    @property
    def rowcount(self) -> int:
        self._pipeline.receive(self)
        return self._count

    def fetchone(self) -> tuple[Any, ...] | None:
        self._pipeline.receive(self)
        return next(self._rows, None)

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(iter(self))

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        self._pipeline.receive(self)
        return self._rows

    def take(self, result: PGresult) -> None:
        """Take what the server sent."""
        columns = [(at, reading(result.ftype(at))) for at in range(result.nfields)]
        get = result.get_value
        self._rows = iter(
            [
                tuple([None if (value := get(row, at)) is None else read(value) for at, read in columns])
                for row in range(result.ntuples)
            ]
        )
        self._count = -1 if result.command_tuples is None else result.command_tuples
        self.status = result.command_status or b""


class Pipeline:
    """A connection to the database at ``url`` (libpq's connection URI). Its methods raise sqlite3.Error."""

    def __init__(self, url: str) -> None:
        self._connection = _connection(url)
        self._link = self._connection.pgconn
        self._link.nonblocking = 1
        self._link.enter_pipeline_mode()
        self._socket = select.poll()
        self._socket.register(self._link.socket, select.POLLIN)
        self._prepared: dict[str, bytes] = {}
        self._pending: deque[Reply | None] = deque()  # None: a sync
        self._named = self._octets = 0
        self._asked = True
        self._fault: sqlite3.Error | None = None

    @property
    def lost(self) -> bool:
        """Whether the connection is gone, also when the server closed it while nothing was asked of it."""
        try:
            while self._link.status == ConnStatus.OK and self._ready(select.POLLIN, 0):
                self._link.consume_input()
        except psycopg.Error:
            self.close()
        return self._link.status != ConnStatus.OK

    def send(self, sql: str, values: Sequence[Any] = ()) -> Reply:
        """Send a statement. Returns its reply to be."""
        sent = [bound(value) for value in values]
        formats = [_OCTETS if isinstance(value, bytes | bytearray | memoryview) else _TEXT for value in values]
        reply = Reply(self)
        try:
            name = self._prepared.get(sql) or self._prepare(sql)
            self._link.send_query_prepared(name, sent, formats, _OCTETS)
        except psycopg.Error as error:
            self._lose(error)
        self._pending.append(reply)
        self._asked = False
        self._octets += sum([len(value) for value in sent if value])
        if len(self._pending) > _MOST_AHEAD or self._octets > _MOST_OCTETS:
            self.receive(reply)
        return reply

    def sync(self) -> None:
        """Send all, and let the server go on after this even when something before it failed."""
        try:
            self._link.pipeline_sync()
            self._pending.append(None)
            self._asked = True
            self._flush()
        except psycopg.Error as error:
            self._lose(error)

    def ignore(self) -> None:
        """What was sent may fail unnoticed, because it is about to be rolled back."""
        if any(self._pending):
            for reply in filter(None, self._pending):
                reply.ignored = True
                self._prepared.pop(reply.prepares, None)  # that may have failed too
            self.sync()

    def receive(self, reply: Reply) -> None:
        """Read results until that of ``reply`` has arrived. Raises the first error among them."""
        if not reply.arrived:
            try:
                self._read_until(reply)
            except sqlite3.Error:
                raise
            except psycopg.Error as error:
                self._lose(error)
            except BaseException:  # half a result was read: the next ones would be taken for those of other statements
                self._give_up()
                raise
        if reply.error is not None:
            raise reply.error

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _prepare(self, sql: str) -> bytes:
        self._named += 1
        name = b"relay%d" % self._named
        self._link.send_prepare(name, sql.encode())
        self._pending.append(Reply(self, prepares=sql))
        self._prepared[sql] = name
        return name

    def _read_until(self, reply: Reply) -> None:
        if not self._asked:
            self._link.send_flush_request()
            self._asked = True
            self._flush()
        while not reply.arrived:
            failed = self._read()
            if failed is not None and not failed.ignored:
                if None not in self._pending:
                    self.sync()
                while self._fault is not None:
                    self._read()
                assert failed.error is not None
                raise failed.error

    def _read(self) -> Reply | None:
        """Read the result of the next statement. Returns its reply when it failed."""
        reply = self._pending[0]  # taken away only when all of its result is here
        if reply is None:
            self._result()
            self._pending.popleft()
            self._fault = None
            return None
        stale = False
        self._octets = 0
        while (result := self._result()) is not None:
            if result.status == ExecStatus.FATAL_ERROR:
                self._fault = reply.error = _error_of(result)
                stale = result.error_field(DiagnosticField.SQLSTATE) in _STALE
            elif result.status == ExecStatus.PIPELINE_ABORTED:
                reply.error = self._fault
            elif not reply.prepares:
                reply.take(result)
        self._pending.popleft()
        reply.arrived = True
        if reply.error is None:
            return None
        self._prepared.pop(reply.prepares, None)
        if stale or self._link.status != ConnStatus.OK:
            raise psycopg.OperationalError("the connection was lost")
        return reply

    def _result(self) -> PGresult | None:
        while self._link.is_busy():
            self._wait(select.POLLIN)
            self._link.consume_input()
        return self._link.get_result()

    def _flush(self) -> None:
        while self._link.flush():
            # The server may have to send something before it takes more.
            if self._wait(select.POLLIN | select.POLLOUT) & select.POLLIN:
                self._link.consume_input()

    def _wait(self, events: int) -> int:
        ready = self._ready(events, _SILENT_SECONDS)
        if not ready:
            raise psycopg.OperationalError("the server is silent")
        return ready

    def _ready(self, events: int, seconds: float) -> int:
        """Wait for one of ``events`` of the socket. Returns those that came, 0 for none."""
        self._socket.modify(self._link.socket, events)
        ready = self._socket.poll(seconds * 1000)
        return ready[0][1] if ready else 0

    def _lose(self, error: psycopg.Error) -> NoReturn:
        raise self._give_up() from error

    def _give_up(self) -> sqlite3.Error:
        """Close the connection. Returns the error of all that was pending."""
        lost = busy(SERVER_LOST)
        for reply in filter(None, self._pending):
            reply.arrived, reply.error = True, lost
        self._pending.clear()
        self._fault = None
        self.close()
        return lost


def _connection(url: str) -> psycopg.Connection:
    """Not PGconn.connect, which stops all threads of this process until the server answers."""
    try:
        return psycopg.Connection.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS, client_encoding="UTF8")
    except psycopg.Error as error:
        refused = "FATAL:" in str(error)  # the server's own word
        raise busy(SERVER_REFUSES if refused else SERVER_LOST) from None  # its text may hold the password


def _error_of(result: PGresult) -> sqlite3.Error:
    state = result.error_field(DiagnosticField.SQLSTATE) or b""
    constraint = result.error_field(DiagnosticField.CONSTRAINT_NAME) or b""
    return database_error(state.decode(), constraint.decode())
