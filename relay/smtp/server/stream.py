"""Reads lines or chunks from one connection and writes replies, with timeouts and bounded buffers.

Replies are collected while complete commands are buffered and sent in one write before waiting for more
(RFC 2920 3.2): this is what makes PIPELINING fast.
"""

from __future__ import annotations

import asyncio

from relay.model import Reply
from relay.smtp.server.replies import NOT_SMTP, TOO_FAR_AHEAD, TOO_LONG_HERE, TOO_QUIET, Goodbye, octets

MOST_AHEAD = 32 * 1024
"""Octets that a client may send before it has the replies to those before: a hundred recipients and DATA (RFC 2920 3.1
allows one group of commands)."""

_CHUNK = 256 * 1024  # as much as the event loop reads at once
_LINES = 50  # commands that came together, after which other connections have their turn
_TLS_HANDSHAKE = 0x16  # RFC 8446 5.1: the first octet of a client that starts TLS without STARTTLS


class HungUp(Exception):  # noqa: N818
    """The client is gone."""


class _TooQuiet(Exception):  # noqa: N818
    """Nothing came for too long."""


class LineTooLong(Exception):  # noqa: N818
    """The command line was longer than the limit; it has been read to its end and dropped."""


class Stream:
    """Lines and chunks of ``reader``, replies to ``writer``.

    ``idle`` is the longest silence in seconds, ``ends_at`` the loop time when the connection ends. Both raise Goodbye;
    a closed connection raises HungUp.
    """

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, idle: float, ends_at: float
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._idle = idle
        self._ends_at = ends_at
        self._unread = bytearray()
        self._replies = bytearray()
        self._lines = 0
        self._waiting = self._too_far_ahead = False

    def has_room_for(self, octets: int) -> bool:
        """Whether ``octets`` more may be buffered. Octets that come while nothing is read (a letter is being answered)
        are limited: without room they are to be dropped, and the next ``line`` raises Goodbye."""
        waiting_octets = len(self._reader._buffer)  # type: ignore[attr-defined]  # the stream has no public way
        if not self._waiting and waiting_octets + octets > MOST_AHEAD:
            self._too_far_ahead = True
        return not self._too_far_ahead

    async def line(self, limit: int) -> bytes:
        """The next line with its line end, at most ``limit`` octets. Raises LineTooLong."""
        if self._too_far_ahead:
            raise Goodbye(TOO_FAR_AHEAD)
        await self._give_others_a_turn()
        begin = 0
        while (end := self._unread.find(b"\n", begin)) < 0:
            if len(self._unread) > limit:
                await self._drop_line()
                raise LineTooLong
            begin = len(self._unread)
            self._unread += await self._more()
            if self._unread[0] == _TLS_HANDSHAKE:
                raise Goodbye(NOT_SMTP)
        line = bytes(self._unread[: end + 1])
        del self._unread[: end + 1]
        if len(line) > limit:
            raise LineTooLong
        return line

    async def chunk(self) -> bytes:
        """What has arrived, at least one octet."""
        if not self._unread:
            return await self._more()
        chunk = bytes(self._unread)
        self._unread = bytearray()
        return chunk

    def unread(self, rest: bytes) -> None:
        """Put back what belongs to the next command."""
        if len(rest) > MOST_AHEAD:
            self._too_far_ahead = True
        else:
            self._unread[:0] = rest

    def forget(self) -> None:
        """Drop everything received and not yet read, without waiting."""
        self._unread.clear()
        self._reader._buffer.clear()  # type: ignore[attr-defined]  # the stream has no public way; aiosmtpd does so too

    def send(self, reply: Reply | bytes) -> None:
        """Queue a reply; it is sent with the next flush, at the latest before the next wait."""
        self._replies += reply if isinstance(reply, bytes) else octets(reply)

    async def flush(self) -> None:
        """Send queued replies."""
        if not self._replies:
            return
        replies, self._replies = self._replies, bytearray()
        self._writer.write(replies)
        if not self._writer.transport.get_write_buffer_size():
            return
        try:
            async with asyncio.timeout(self._idle):
                await self._writer.drain()
        except TimeoutError:  # it does not read, so no farewell would reach it
            self._writer.transport.abort()
            raise HungUp from None

    async def _give_others_a_turn(self) -> None:
        self._lines += 1
        if self._lines >= _LINES:
            self._lines = 0
            await asyncio.sleep(0)

    async def _drop_line(self) -> None:
        while (end := self._unread.find(b"\n")) < 0:
            self._unread.clear()
            self._unread += await self._more()
        del self._unread[: end + 1]

    async def _more(self) -> bytes:
        """What the client sends next, at least one octet."""
        await self.flush()
        if self._too_far_ahead:  # part of what follows was dropped
            raise Goodbye(TOO_FAR_AHEAD)
        loop = asyncio.get_running_loop()
        remaining = self._ends_at - loop.time()
        if remaining <= 0:
            raise Goodbye(TOO_LONG_HERE)
        # A timer instead of asyncio.timeout: a letter waits five times, and each timeout would cost a fifth of reading
        # it.
        timer = loop.call_later(min(self._idle, remaining), self._reader.set_exception, _TooQuiet())
        self._lines, self._waiting = 0, True
        try:
            received = await self._reader.read(_CHUNK)
        except _TooQuiet:
            raise Goodbye(TOO_QUIET) from None
        finally:
            self._waiting = False
            timer.cancel()
        if not received:
            raise HungUp
        return received
