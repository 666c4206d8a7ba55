"""One client's side of the line: its octets in as lines or chunks, our replies out, no wait longer than agreed.

Replies are gathered while whole commands are still at hand and go out in one write before we wait for more
(RFC 2920 3.2): that is what makes PIPELINING worth offering.
"""

from __future__ import annotations

import asyncio

from relay.model import Reply
from relay.smtp.server.replies import NOT_SMTP, TOO_LONG_HERE, TOO_QUIET, Goodbye, octets

_CHUNK = 64 * 1024
_TLS_HANDSHAKE = 0x16  # RFC 8446 5.1: the first octet of a client that speaks TLS without asking


class HungUp(Exception):  # noqa: N818
    """The client is gone."""


class _TooQuiet(Exception):  # noqa: N818
    """Nothing came for too long."""


class LineTooLong(Exception):  # noqa: N818
    """The command line had more octets than agreed; it has been read to its end and dropped."""


class Wire:
    """Lines and chunks of ``reader``, replies to ``writer``.

    ``idle`` is the longest silence in seconds, ``ends_at`` the loop time after which nothing more is waited for.
    Both end in Goodbye; a closed connection in HungUp.
    """

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, idle: float, ends_at: float
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._idle = idle
        self._ends_at = ends_at
        self._held = bytearray()
        self._owed = bytearray()

    async def line(self, limit: int) -> bytes:
        """The next line with its line end, at most ``limit`` octets. Raises LineTooLong."""
        begin = 0
        while (end := self._held.find(b"\n", begin)) < 0:
            if len(self._held) > limit:
                await self._drop_line()
                raise LineTooLong
            begin = len(self._held)
            await self._more()
            if self._held[0] == _TLS_HANDSHAKE:
                raise Goodbye(NOT_SMTP)
        line = bytes(self._held[: end + 1])
        del self._held[: end + 1]
        if len(line) > limit:
            raise LineTooLong
        return line

    async def chunk(self) -> bytes:
        """Whatever came, at least one octet."""
        if not self._held:
            await self._more()
        chunk, self._held = self._held, bytearray()
        return bytes(chunk)

    def unread(self, rest: bytes) -> None:
        """Put back what belongs to the next command."""
        self._held[:0] = rest

    def forget(self) -> None:
        """Drop everything heard and not yet read, without waiting."""
        self._held.clear()
        self._reader._buffer.clear()  # type: ignore[attr-defined]  # the stream has no public way; aiosmtpd does so too

    def say(self, reply: Reply | bytes) -> None:
        """Owe the client a reply; it leaves with the next flush, at the latest before we wait."""
        self._owed += reply if isinstance(reply, bytes) else octets(reply)

    async def flush(self) -> None:
        """Send what is owed."""
        if not self._owed:
            return
        owed, self._owed = self._owed, bytearray()
        self._writer.write(owed)
        if not self._writer.transport.get_write_buffer_size():
            return
        try:
            async with asyncio.timeout(self._idle):
                await self._writer.drain()
        except TimeoutError:  # it does not read: no farewell would reach it either
            self._writer.transport.abort()
            raise HungUp from None

    async def _drop_line(self) -> None:
        while (end := self._held.find(b"\n")) < 0:
            self._held.clear()
            await self._more()
        del self._held[: end + 1]

    async def _more(self) -> None:
        await self.flush()
        loop = asyncio.get_running_loop()
        remaining = self._ends_at - loop.time()
        if remaining <= 0:
            raise Goodbye(TOO_LONG_HERE)
        # A timer, not asyncio.timeout: a letter is waited for five times, and each would cost a fifth of reading it.
        timer = loop.call_later(min(self._idle, remaining), self._reader.set_exception, _TooQuiet())
        try:
            data = await self._reader.read(_CHUNK)
        except _TooQuiet:
            raise Goodbye(TOO_QUIET) from None
        finally:
            timer.cancel()
        if not data:
            raise HungUp
        self._held += data
