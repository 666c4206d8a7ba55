"""One client's connection: limits, the greeting, one command after the other, the end (RFC 5321 3.1, 3.8, 4.3).

A subclass of aiosmtpd's SMTP: from it come the stream, its life and the table of ``smtp_`` methods. The conversation
is led here, because aiosmtpd 1.4.6 answers our own faults with 500 and their text, repeats what the client said, ends
a command at a bare LF, falls silent at a half-closed connection, and logs addresses.
"""

from __future__ import annotations

import asyncio
import logging
import unicodedata
from typing import TYPE_CHECKING

from aiosmtpd.smtp import SMTP

from relay.model import Reply
from relay.refusals import Refusal, ShuttingDown
from relay.smtp.server import replies
from relay.smtp.server.replies import Declined, Goodbye
from relay.smtp.server.stream import HungUp, LineTooLong, Wire
from relay.smtp.server.transaction import Transaction

if TYPE_CHECKING:
    from relay.smtp.server.smtp_server import Door

_log = logging.getLogger(__name__)

_LONGEST_LINE = 2048  # RFC 5321 4.5.3.1.4 wants 512 heard, RFC 6531 3.4 and RFC 1870 3 some more
_LONGEST_TALK = 1800.0  # seconds
_NONSENSE = 5  # commands that no mail server says, or not now, before we hang up
_ERRORS = 20  # the same for every kind of mistake, such as an address that is not ours
_MAKES_NO_SENSE = frozenset({500, 502, 503})  # unknown, not offered, out of order (RFC 5321 4.2.1)
_CHATTER = 100  # commands that bring no letter nearer, between two letters
_IDLE_TALK = frozenset({"EHLO", "HELO", "NOOP", "RSET", "VRFY", "HELP"})
# A browser can be made to post SMTP at us (cross-protocol scripting): its first line gives it away.
_NOT_SMTP = frozenset({"GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT", "DELETE", "PATCH", "TRACE", "HOST:"})
_LINGER = 5.0  # seconds in which a client may take our last words


class Conversation(SMTP):
    """One client. ``_transaction`` is the letter begun, ``_wire`` its octets in and out."""

    line_length_limit = 64 * 1024  # half of what the stream holds before it makes the client wait

    def __init__(self, door: Door) -> None:
        settings = door.settings
        super().__init__(
            None,
            enable_SMTPUTF8=True,
            hostname=settings.hostname,
            auth_exclude_mechanism=("LOGIN", "PLAIN"),
            timeout=2 * _LONGEST_TALK,  # never reached: it would cut the line without a word; the wire says 421
            loop=asyncio.get_running_loop(),
        )
        self._door = door
        self._peer = ""
        self._guest = False
        self._greeted = self._spoke_early = self._secure = self._listening = False
        self._errors = self._nonsense = 0
        self._chatter = 0
        self._transaction = self._fresh()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has come (called by asyncio)."""
        address = transport.get_extra_info("peername")
        self._peer = address[0] if address else ""
        self._guest = self._door.enter(self, self._peer)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Octets have come (called by asyncio)."""
        self._spoke_early = self._spoke_early or not self._greeted
        super().data_received(data)

    def eof_received(self) -> bool:
        """The client will say no more, but may still listen: answer what it said before (called by asyncio)."""
        self._reader.feed_eof()
        return not self._secure

    def connection_lost(self, error: Exception | None) -> None:
        """The client is gone (called by asyncio). A letter in hand goes on: see Door.take."""
        self._door.leave(self, self._peer, guest=self._guest)
        super().connection_lost(error)

    def dismiss(self, *, now: bool = False) -> None:
        """The server is closing: tell a client that has no letter begun, or any client if ``now``, and hang up."""
        if self.transport is None or not (now or (self._listening and not self._transaction.open)):
            return
        self._writer.write(replies.octets(ShuttingDown().reply))
        self._hang_up()

    async def _handle_client(self) -> None:
        self._wire = Wire(
            self._reader,
            self._writer,
            idle=self._door.settings.smtp.idle_timeout,
            ends_at=self.loop.time() + _LONGEST_TALK,
        )
        try:
            await self._talk()
            await self._wire.flush()
        except (HungUp, ConnectionError):
            _log.debug("a client hung up")
        finally:
            self._hang_up()

    async def _talk(self) -> None:
        """The conversation to its end, whatever ends it; hanging up is for the caller."""
        try:
            await self._greet_client()
            await self._converse()
        except Goodbye as goodbye:
            self._wire.say(goodbye.reply)
        except (HungUp, ConnectionError):
            raise
        except Exception as error:  # a fault of ours, at the door; its text may hold what the client said
            _log.error("a conversation was broken off by %s", type(error).__name__)
            self._wire.say(replies.OUR_FAULT)

    def _hang_up(self) -> None:
        transport = self._writer.transport
        if transport.is_closing():
            return
        if transport.get_write_buffer_size():
            self.loop.call_later(_LINGER, transport.abort)
        transport.close()

    async def _greet_client(self) -> None:
        if not self._guest:
            raise Goodbye(replies.TOO_MANY_CONNECTIONS)
        for _ in range(2):  # what came before the greeting shows now; RFC 5321 4.3.1: the client waits for it
            await asyncio.sleep(0)
        if self._spoke_early:
            raise Goodbye(replies.TOO_EARLY)
        self._greeted = True
        self._wire.say(b"220 %s ESMTP\r\n" % self.hostname.encode("ascii"))

    async def _converse(self) -> None:
        while self._errors < _ERRORS and self._nonsense < _NONSENSE:
            if self._door.closing and not self._transaction.open:
                raise Goodbye(ShuttingDown().reply)
            reply = await self._next()
            if reply is None:
                continue
            self._wire.say(reply)
            if reply is replies.BYE:
                return
            self._errors += reply.code >= 500
            self._nonsense += reply.code in _MAKES_NO_SENSE
        raise Goodbye(replies.TOO_MANY_ERRORS)

    async def _next(self) -> Reply | None:
        """Hear one command and answer it; None when it answered for itself."""
        self._listening = True
        try:
            line = await self._wire.line(_LONGEST_LINE)
        except LineTooLong:
            return replies.LINE_TOO_LONG
        finally:
            self._listening = False
        try:
            return await self._obey(_command(line))
        except Declined as declined:
            return declined.reply
        except Refusal as refusal:
            return refusal.reply

    async def _obey(self, command: str) -> Reply | None:
        verb, _, argument = command.partition(" ")
        verb = verb.upper()
        if verb in _NOT_SMTP:
            raise Goodbye(replies.NOT_SMTP)
        self._chatter += verb in _IDLE_TALK
        if self._chatter > _CHATTER:
            raise Goodbye(replies.TOO_MUCH_CHATTER)
        method = self._smtp_methods.get(verb)
        if method is None:
            return replies.UNKNOWN_COMMAND
        answer: Reply | None = await method(argument.strip(" "))
        return answer

    def _fresh(self) -> Transaction:
        settings = self._door.settings
        return Transaction(settings.domain, settings.smtp.max_message_size, settings.limits.recipients)


def _command(line: bytes) -> str:
    """A command line as text, without its line end. Raises Declined."""
    if not line.endswith(b"\r\n"):
        raise Declined(replies.BARE_NEWLINE)
    try:
        command = line[:-2].decode("utf-8")
    except UnicodeDecodeError:
        raise Declined(replies.NOT_PRINTABLE) from None
    if not command.isprintable() and any(unicodedata.category(char) == "Cc" for char in command):
        raise Declined(replies.NOT_PRINTABLE)
    return command
