"""One client connection: limits, greeting, one command after another, closing (RFC 5321 3.1, 3.8, 4.3).

Subclasses aiosmtpd's SMTP for the asyncio stream and its lifetime only. The dialogue is implemented here, because
aiosmtpd 1.4.6 answers internal errors with 500 and their text, echoes what the client said, ends a command at a bare
LF, stops answering on a half-closed connection, and logs addresses.
"""

from __future__ import annotations

import asyncio
import logging
from typing import cast

from aiosmtpd.smtp import SMTP

from relay.model import Reply
from relay.refusals import ShuttingDown
from relay.smtp.server import replies
from relay.smtp.server.commands import Commands
from relay.smtp.server.connection_limits import CommandLimits
from relay.smtp.server.replies import Goodbye
from relay.smtp.server.server_protocol import Server
from relay.smtp.server.stream import MOST_AHEAD, HungUp, LineTooLong, Stream

_log = logging.getLogger(__name__)

_LONGEST_LINE = 2048  # RFC 5321 4.5.3.1.4 wants 512 accepted, RFC 6531 3.4 and RFC 1870 3 some more
_LONGEST_CONNECTION = 1800.0  # seconds
_LINGER = 5.0  # seconds for a client to read the last reply


class Connection(SMTP):
    """One client of ``server``."""

    # Reading pauses at twice this many unread octets, so a thousand connections use little memory.
    line_length_limit = 8 * 1024

    def __init__(self, server: Server) -> None:
        super().__init__(
            None,
            enable_SMTPUTF8=True,
            hostname=server.settings.hostname,
            auth_exclude_mechanism=("LOGIN", "PLAIN"),
            timeout=2 * _LONGEST_CONNECTION,  # never reached: it would close without a reply; the stream replies 421
            loop=asyncio.get_running_loop(),
        )
        self._server = server
        self._peer = ""
        self._admitted = self._greeted = self._spoke_early = self._reading = False
        self._limits = CommandLimits()
        self._stream: Stream | None = None
        self._commands: Commands | None = None

    @property
    def answering(self) -> bool:
        """Whether a letter of this client is being answered."""
        return self._commands is not None and self._commands.answering

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client connected (called by asyncio)."""
        address = transport.get_extra_info("peername")
        self._peer = address[0] if address else ""
        self._admitted = self._server.enter(self, self._peer)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Octets arrived (called by asyncio)."""
        self._spoke_early = self._spoke_early or not self._greeted
        if self._stream is None or self._stream.has_room_for(len(data)):
            super().data_received(data)
        elif self._open_transport.is_reading():
            self._open_transport.pause_reading()

    def eof_received(self) -> bool:
        """The client sends no more but may still read: answer what it sent before (called by asyncio)."""
        self._reader.feed_eof()
        return self._open_transport.get_extra_info("sslcontext") is None

    def connection_lost(self, error: Exception | None) -> None:
        """The client is gone (called by asyncio). A letter being answered goes on: see SmtpServer.take."""
        self._server.leave(self)
        super().connection_lost(error)

    def close_if_idle(self) -> None:
        """Reply 421 and close, unless the client has begun a letter or a command is running."""
        if self._reading and self._commands is not None and not self._commands.letter_begun:
            self.close_with(ShuttingDown().reply)

    def close_with(self, reply: Reply) -> None:
        """Send ``reply`` and close, whatever the client is doing. A letter being answered goes on."""
        if self.transport is None:
            return
        self._writer.write(replies.octets(reply))
        self._hang_up()
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()  # frees what it holds now, not when the client has read the reply

    async def _handle_client(self) -> None:
        """The whole connection (called by aiosmtpd)."""
        self._stream = Stream(
            self._reader,
            self._writer,
            idle=self._server.settings.smtp.idle_timeout,
            ends_at=self.loop.time() + _LONGEST_CONNECTION,
        )
        self._commands = Commands(self._server, self._stream, self._peer, self._limits, self._start_tls)
        try:
            await self._talk(self._stream, self._commands)
            await self._stream.flush()
        except (HungUp, ConnectionError):
            _log.debug("client hung up")
        finally:
            self._hang_up()

    async def _talk(self, stream: Stream, commands: Commands) -> None:
        """The dialogue until it ends; the caller closes the connection."""
        try:
            await self._greet(stream)
            await self._obey_commands(stream, commands)
        except Goodbye as goodbye:
            stream.send(goodbye.reply)
        except (HungUp, ConnectionError):
            raise
        except Exception as error:  # the class name only: its text may hold what the client said
            _log.error("connection closed because of an internal error: %s", type(error).__name__)
            stream.send(replies.OUR_FAULT)

    async def _greet(self, stream: Stream) -> None:
        if not self._admitted:
            raise Goodbye(replies.TOO_MANY_CONNECTIONS)
        for _ in range(2):  # shows octets sent before the greeting; RFC 5321 4.3.1: the client waits for it
            await asyncio.sleep(0)
        if self._spoke_early:
            raise Goodbye(replies.TOO_EARLY)
        self._greeted = True
        stream.send(b"220 %s ESMTP\r\n" % self.hostname.encode("ascii"))

    async def _obey_commands(self, stream: Stream, commands: Commands) -> None:
        reply: Reply | None = None
        while reply is not replies.BYE:
            self._limits.check()
            if self._server.closing and not commands.letter_begun:
                raise Goodbye(ShuttingDown().reply)
            reply = await self._obey_next(stream, commands)
            if reply is not None:
                stream.send(reply)

    async def _obey_next(self, stream: Stream, commands: Commands) -> Reply | None:
        """Read and execute one command. Returns its reply; None when it has been sent."""
        self._reading = True
        try:
            line = await stream.line(_LONGEST_LINE)
        except LineTooLong:
            self._limits.count_reply("", replies.LINE_TOO_LONG)
            return replies.LINE_TOO_LONG
        finally:
            self._reading = False
        return await commands.obey(line)

    def _hang_up(self) -> None:
        transport = self._writer.transport
        if transport.is_closing():
            return
        if transport.get_write_buffer_size():
            self.loop.call_later(_LINGER, transport.abort)
        transport.close()

    @property
    def _open_transport(self) -> asyncio.Transport:
        return cast(asyncio.Transport, self.transport)

    async def _start_tls(self) -> None:
        """Continue in TLS. Commands injected after STARTTLS are never executed (CVE-2011-0411, CVE-2024-34083): nothing
        is awaited between clearing the buffers and the handshake, so nothing can arrive. Raises HungUp."""
        assert self._stream is not None
        assert self._server.tls is not None
        self._stream.forget()
        try:
            transport = await self.loop.start_tls(
                self._writer.transport,
                self,
                self._server.tls,
                server_side=True,
                ssl_handshake_timeout=self._server.settings.smtp.idle_timeout,
                ssl_shutdown_timeout=1.0,
            )
        except OSError:  # ssl.SSLError and TimeoutError are subclasses
            raise HungUp from None
        if transport is None:
            raise HungUp
        # Python 3.11 has no public way to hand a stream a new transport; aiosmtpd does the same.
        self.transport = transport
        self._writer._transport = transport  # type: ignore[attr-defined]
        self._reader._transport = transport  # type: ignore[attr-defined]
        # While nothing reads, TLS would buffer half a megabyte of its own.
        transport.set_read_buffer_limits(MOST_AHEAD)  # type: ignore[attr-defined]
