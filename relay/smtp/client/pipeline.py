"""Commands out and replies in over an open connection, several at a time where the server allows it (RFC 2920).

aiosmtplib opens the connection, greets and goes into TLS; from then on it would wait for the answer to each command
before it sends the next, and each such wait is a turn of the event loop, a packet and a round trip more for a letter.
"""

from __future__ import annotations

import asyncio
from collections import deque

from relay.smtp.client.reply_outcome import Heard

_LONGEST_LINE = 2048  # octets; RFC 5321 4.5.3.1.5 wants 512 heard
_LONGEST_REPLY = 64 * 1024


class Lost(Exception):  # noqa: N818 -- said as it is
    """The server is gone, silent, or says what is no reply."""


class Exchange(asyncio.Protocol):
    """One connection. ``say`` writes, ``hear`` waits for the reply to the oldest command not answered yet."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._held = bytearray()
        self._replies: deque[Heard] = deque()
        self._lines: list[bytes] = []
        self._owed = 0
        self._fault = False
        self._waiting: asyncio.Future[None] | None = None
        transport.set_protocol(self)

    @property
    def sound(self) -> bool:
        """Open, in step, and nothing under way."""
        return not (self._fault or self._owed or self._transport.is_closing())

    @property
    def encrypted(self) -> bool:
        """The connection is in TLS."""
        return self._transport.get_extra_info("sslcontext") is not None

    def say(self, octets: bytes, *, answers: int = 1) -> None:
        """Write commands, or a letter, which get so many ``answers``. Raises Lost."""
        if self._fault or self._transport.is_closing():
            raise Lost
        self._owed += answers
        self._transport.write(octets)

    async def hear(self, patience: float) -> Heard:
        """The next reply; waits at most ``patience`` seconds. Raises Lost."""
        if not self._replies and not self._fault:
            self._waiting = self._loop.create_future()
            timer = self._loop.call_later(patience, self._break)
            try:
                await self._waiting
            finally:
                timer.cancel()
                self._waiting = None
        if not self._replies:
            raise Lost
        self._owed -= 1
        return self._replies.popleft()

    def close(self) -> None:
        """Close, after what was written has gone out."""
        self._transport.close()

    def abort(self) -> None:
        """Close at once: what has not gone out yet never will."""
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Octets have come (called by asyncio)."""
        self._held += data
        while not self._fault and (end := self._held.find(b"\n")) >= 0:
            line = bytes(self._held[: end + 1])
            del self._held[: end + 1]
            self._line(line)
        endless = len(self._held) > _LONGEST_LINE or sum(map(len, self._lines)) > _LONGEST_REPLY
        unasked = len(self._replies) > self._owed  # such a server is about to hang up
        if endless or unasked:
            self._break()
        elif self._replies:
            self._wake()

    def eof_received(self) -> None:
        """The server says no more (called by asyncio, which then closes)."""
        self._break()

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is gone (called by asyncio)."""
        self._break()

    def _line(self, line: bytes) -> None:
        """One line of a reply (RFC 5321 4.2.1). Its last has no hyphen after the code."""
        code, mark = line[:3], line[3:4]
        if not (code.isdigit() and mark in (b"-", b" ", b"\r", b"\n")):
            self._break()
            return
        self._lines.append(line[4:].strip(b" \t\r\n"))
        if mark != b"-":
            self._replies.append(Heard(int(code), b"\n".join(self._lines).decode("utf-8", "replace")))
            self._lines.clear()

    def _break(self) -> None:
        self._fault = True
        self._wake()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
