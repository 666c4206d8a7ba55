"""Sends commands and reads replies on one connection, several at a time where the server allows it (RFC 2920)."""

from __future__ import annotations

import asyncio
import ssl
import sys
from collections import deque
from typing import cast

from relay.smtp.client.reply_outcome import ServerReply

_LONGEST_LINE = 2048  # octets; RFC 5321 4.5.3.1.5 asks for 512
_LONGEST_REPLY = 64 * 1024


class ConnectionLost(Exception):  # noqa: N818
    """The connection is closed, the server does not answer, or it sends something that is no reply."""


class Pipeline(asyncio.Protocol):
    """One connection. ``send`` writes commands, ``reply`` waits for the reply to the oldest unanswered one.

    It expects the greeting first.
    """

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self._received = b""
        self._replies: deque[ServerReply] = deque()
        self._lines: list[bytes] = []
        self._length = 0  # octets of _lines
        self._owed = 1  # the greeting
        self._broken = False
        self._waiting: asyncio.Future[None] | None = None
        self.garbled = False
        """The server sent something that is no reply."""
        self.encrypted = False
        """Whether the connection uses, or used, TLS."""

    @property
    def ready(self) -> bool:
        """Whether another command may be sent: open, every command answered, nothing else received."""
        return not (self._broken or self._owed or self._received or self._lines or self._closing)

    def send(self, *octets: bytes, replies: int = 1) -> None:
        """Write commands, or a letter and its end, that ``replies`` replies will follow. Raises ConnectionLost."""
        if self._broken or self._transport is None or self._closing:
            raise ConnectionLost
        self._owed += replies
        self._transport.writelines(octets)

    async def reply(self, seconds: float) -> ServerReply:
        """The next reply; waits at most ``seconds``. Raises ConnectionLost."""
        if not self._replies and not self._broken:
            self._waiting = self._loop.create_future()
            timer = self._loop.call_later(seconds, self._break)
            try:
                await self._waiting
            finally:
                timer.cancel()
                self._waiting = None
        if not self._replies:
            raise ConnectionLost
        self._owed -= 1
        return self._replies.popleft()

    async def encrypt(self, context: ssl.SSLContext, name: str, seconds: float) -> None:
        """Start TLS, which the server ``name`` has just agreed to (RFC 3207 4), in at most ``seconds``. Raises
        ConnectionLost when cleartext follows its agreement; OSError or ValueError when TLS fails."""
        if self._transport is None or not self.ready:
            raise ConnectionLost
        self._transport = await self._loop.start_tls(
            self._transport, self, context, server_hostname=name, ssl_handshake_timeout=seconds
        )
        self.encrypted = True

    def certificates(self) -> tuple[bytes, ...]:
        """The certificates that the server sent in TLS (DER), its own first; the chain is not verified. Empty in the
        clear."""
        tls: ssl.SSLObject | None = self._transport.get_extra_info("ssl_object") if self._transport else None
        if tls is None:
            return ()
        if sys.version_info >= (3, 13):
            return tuple(tls.get_unverified_chain())
        shown = tls._sslobj.get_unverified_chain() or ()  # type: ignore[attr-defined]
        return tuple(ssl.PEM_cert_to_DER_cert(one.public_bytes()) for one in shown)

    def close(self) -> None:
        """Close after the written octets have been sent."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Close at once; unsent octets are discarded."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is open (called by asyncio)."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's transports do not derive from asyncio's

    def data_received(self, data: bytes) -> None:
        """Octets arrived (called by asyncio)."""
        *lines, self._received = (self._received + data).split(b"\n")
        for line in lines:
            if not self._broken:
                self._line(line)
        endless = len(self._received) > _LONGEST_LINE or self._length > _LONGEST_REPLY
        unasked = len(self._replies) > self._owed  # usually a 421 before the server closes
        if endless or unasked:
            self._break()
        elif self._replies:
            self._wake()

    def eof_received(self) -> None:
        """The server sends no more (called by asyncio, which then closes)."""
        self._break()

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is closed (called by asyncio)."""
        self._break()

    @property
    def _closing(self) -> bool:
        return self._transport is None or self._transport.is_closing()

    def _line(self, line: bytes) -> None:
        """Parse one line of a reply (RFC 5321 4.2.1), without its LF. The last line has no hyphen after the code."""
        code, mark = line[:3], line[3:4]
        if not (len(code) == 3 and code.isdigit() and mark in (b"-", b" ", b"\r", b"")):
            self.garbled = True
            self._break()
            return
        self._lines.append(line[4:].strip(b" \t\r"))
        self._length += len(line)
        if mark != b"-":
            self._replies.append(ServerReply(int(code), b"\n".join(self._lines).decode("utf-8", "replace")))
            self._lines.clear()
            self._length = 0

    def _break(self) -> None:
        self._broken = True
        self._wake()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
