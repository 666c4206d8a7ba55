"""Sends letters at a steady rate, as a mail server does: a deferred or unanswered letter is sent again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from lab.house import HOST
from lab.load import Letter

_RETRY_AFTER = 1.0
"""Seconds until a deferred letter is sent again."""
_TIMEOUT = 60.0
"""Seconds to wait for a reply: a tenth of what RFC 5321 4.5.3.2.6 asks for after the final dot."""


@dataclass
class Results:
    """How letters were answered.

    ``accepted``: with 250. ``deferred``: with 4xx or not at all. ``unanswered``: those without a reply in time.
    ``refused``: with 5xx. ``took``: seconds from when a letter was due to its 250; the reader may clear it.
    """

    accepted: int = 0
    deferred: int = 0
    unanswered: int = 0
    refused: int = 0
    took: list[float] = field(default_factory=list)


class Stream:
    """Sends ``rate`` letters a second to ``port`` over ``sessions`` connections. ``write`` makes letter number n."""

    def __init__(self, port: int, write: Callable[[int], Letter], rate: float, sessions: int = 20) -> None:
        self.results = Results()
        self._port, self._write, self._rate, self._sessions = port, write, rate, sessions
        self._due: asyncio.Queue[tuple[Letter, float] | None] = asyncio.Queue()

    async def run(self, seconds: float) -> int:
        """Send letters for ``seconds``, then wait until all are accepted or refused. Returns the number of letters."""
        begun, number = time.monotonic(), 0
        async with asyncio.TaskGroup() as sessions:
            for _ in range(self._sessions):
                sessions.create_task(self._session())
            while (now := time.monotonic() - begun) < seconds:
                while number < now * self._rate:
                    self._due.put_nowait((self._write(number), begun + number / self._rate))
                    number += 1
                await asyncio.sleep(0.01)
            await self._due.join()
            for _ in range(self._sessions):
                self._due.put_nowait(None)
        return number

    async def _session(self) -> None:
        """Send letters over one connection. After an error or a reply other than 2xx, open a new one."""
        connection: _Connection | None = None
        while (next_one := await self._due.get()) is not None:
            letter, due = next_one
            try:
                connection = connection or await _Connection.open(self._port)
                reply = await connection.send(letter)
            except TimeoutError:
                self.results.unanswered += 1
                reply = b""
            except (OSError, EOFError):
                reply = b""
            if connection is not None and not reply.startswith(b"2"):
                connection.close()
                connection = None
            self._count(reply, letter, due)
        if connection is not None:
            connection.close()

    def _count(self, reply: bytes, letter: Letter, due: float) -> None:
        """Count a reply, and send a deferred letter again later. No reply (b"") counts as deferred."""
        if reply.startswith(b"2"):
            self.results.accepted += 1
            self.results.took.append(time.monotonic() - due)
            self._due.task_done()
        elif reply.startswith(b"5"):
            self.results.refused += 1
            self._due.task_done()
        else:
            self.results.deferred += 1
            asyncio.get_running_loop().call_later(_RETRY_AFTER, self._send_again, letter, due)

    def _send_again(self, letter: Letter, due: float) -> None:
        self._due.put_nowait((letter, due))
        self._due.task_done()  # for the try before; done last, so that join() does not return meanwhile


class _Connection:
    """One SMTP connection after EHLO."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> _Connection:
        """Connect, and wait for the replies to the greeting and EHLO. Raises OSError, TimeoutError, EOFError."""
        connection = cls(*await asyncio.open_connection(HOST, port))
        try:
            async with asyncio.timeout(_TIMEOUT):
                await connection._reply()
            await connection._command(b"EHLO load.example.net")
        except (OSError, EOFError):
            connection.close()
            raise
        return connection

    async def send(self, letter: Letter) -> bytes:
        """Send one letter. Returns the last reply: 2xx if it was accepted. Raises OSError, TimeoutError, EOFError."""
        reply = b""
        lines = f"MAIL FROM:<{letter.sender}>", f"RCPT TO:<{letter.recipient}>", "DATA"
        for line in (*(line.encode() for line in lines), letter.content + b"\r\n."):
            reply = await self._command(line)
            if reply[:1] not in b"23":
                break
        return reply

    def close(self) -> None:
        """Send QUIT and close, without waiting for the reply."""
        if not self._writer.is_closing():
            self._writer.write(b"QUIT\r\n")
        self._writer.close()

    async def _command(self, line: bytes) -> bytes:
        self._writer.write(line + b"\r\n")
        async with asyncio.timeout(_TIMEOUT):
            return await self._reply()

    async def _reply(self) -> bytes:
        while True:
            line = await self._reader.readline()
            if not line:
                raise EOFError
            if line[3:4] != b"-":
                return line
