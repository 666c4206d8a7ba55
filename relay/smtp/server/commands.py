"""What each SMTP command does (RFC 5321 4.1.1, RFC 3207), down to the letter and the answer to it."""

from __future__ import annotations

import asyncio
import logging

from relay.model import Reply
from relay.refusals import Refusal, TryLater
from relay.smtp.server import replies
from relay.smtp.server.connection import Conversation
from relay.smtp.server.data import Body
from relay.smtp.server.replies import Declined, Goodbye
from relay.smtp.server.stream import HungUp

_log = logging.getLogger(__name__)


class Session(Conversation):
    """One client and its commands. Each ``smtp_`` method returns its reply, or None when it has said it."""

    _client = ""  # the name given with EHLO; empty before
    _extended = False

    async def smtp_HELO(self, argument: str) -> None:  # noqa: N802 -- the names aiosmtpd looks for
        """HELO: the greeting of old (RFC 5321 4.1.1.1)."""
        self._hello(argument, extended=False)
        self._wire.say(f"250 {self.hostname}\r\n".encode("ascii"))

    async def smtp_EHLO(self, argument: str) -> None:  # noqa: N802
        """EHLO: the greeting, and what is offered."""
        self._hello(argument, extended=True)
        limit = self._door.settings.smtp.max_message_size
        offers = [self.hostname, "PIPELINING", f"SIZE {limit}", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"]
        if self._door.tls is not None and not self._secure:
            offers.append("STARTTLS")
        lines = [f"250-{offer}\r\n" for offer in offers[:-1]] + [f"250 {offers[-1]}\r\n"]
        self._wire.say("".join(lines).encode("ascii"))

    async def smtp_MAIL(self, argument: str) -> Reply:  # noqa: N802
        """MAIL FROM."""
        if not self._client:
            return replies.HELLO_FIRST
        taken = self._transaction.mail(argument, extended=self._extended)
        try:
            self._door.beginning(self._peer, self._transaction.announced)
        except Refusal:
            self._transaction = self._fresh()
            raise
        return taken

    async def smtp_RCPT(self, argument: str) -> Reply:  # noqa: N802
        """RCPT TO."""
        return self._transaction.rcpt(argument)

    async def smtp_DATA(self, argument: str) -> Reply | None:  # noqa: N802
        """DATA: the letter, and what the house says to it. That verdict is no error of the client's commands."""
        if argument:
            return replies.NO_ARGUMENT
        if not self._transaction.addressed:
            return replies.NO_RECIPIENTS if self._transaction.open else replies.MAIL_FIRST
        self._wire.say(replies.GO_AHEAD)
        body = await self._letter()
        verdict = await self._verdict(body)
        self._transaction = self._fresh()
        self._wire.say(verdict)
        return None

    async def smtp_RSET(self, argument: str) -> Reply:  # noqa: N802
        """RSET: forget the letter begun."""
        if argument:
            return replies.NO_ARGUMENT
        self._transaction = self._fresh()
        return replies.FORGOTTEN

    async def smtp_NOOP(self, argument: str) -> Reply:  # noqa: N802
        """NOOP."""
        return replies.OK

    async def smtp_QUIT(self, argument: str) -> Reply:  # noqa: N802
        """QUIT."""
        return replies.NO_ARGUMENT if argument else replies.BYE

    async def smtp_VRFY(self, argument: str) -> Reply:  # noqa: N802
        """VRFY: the same words whoever is asked for (RFC 5321 7.3)."""
        return replies.CANNOT_VERIFY

    async def smtp_EXPN(self, argument: str) -> Reply:  # noqa: N802
        """EXPN: there are no lists."""
        return replies.NOT_OFFERED

    async def smtp_HELP(self, argument: str) -> Reply:  # noqa: N802
        """HELP."""
        return replies.HELP

    async def smtp_AUTH(self, argument: str) -> Reply:  # noqa: N802
        """AUTH: never offered; who may write is decided by the letter."""
        return replies.NO_AUTH

    async def smtp_STARTTLS(self, argument: str) -> Reply | None:  # noqa: N802
        """STARTTLS (RFC 3207)."""
        if argument:
            return replies.NO_ARGUMENT
        if self._secure:
            return replies.IN_TLS_ALREADY
        if self._door.tls is None:
            return replies.NO_TLS
        self._wire.say(replies.START_TLS)
        await self._wire.flush()
        await self._encrypt()
        return None

    def _hello(self, client: str, *, extended: bool) -> None:
        if not client or " " in client or not client.isascii():
            raise Declined(replies.HELLO_SYNTAX)
        self._transaction = self._fresh()  # RFC 5321 4.1.4: a second EHLO forgets the letter begun
        self._client, self._extended = client, extended

    async def _letter(self) -> Body:
        body = Body(self._door.settings.smtp.max_message_size)
        while (rest := body.feed(await self._wire.chunk())) is None:
            if body.hopeless:
                raise Goodbye(replies.FAR_TOO_LARGE)
        self._wire.unread(rest)
        return body

    async def _verdict(self, body: Body) -> Reply:
        try:
            text = await self._door.take(self._transaction.envelope(body.content(), self._peer, self._client))
        except Refusal as refusal:
            return refusal.reply
        except Exception as error:  # the door through which nothing but a reply may pass: class name only
            _log.error("a letter was put off by %s", type(error).__name__)
            return TryLater().reply
        self._chatter = self._errors = self._nonsense = 0
        return Reply(250, "2.0.0", text)

    async def _encrypt(self) -> None:
        """Go on in TLS. What was said in the clear counts for nothing afterwards (RFC 3207 4.2), least of all what an
        attacker put behind STARTTLS (CVE-2011-0411, CVE-2024-34083): between emptying the buffers and the handshake
        nothing is awaited, so nothing can come in."""
        assert self._door.tls is not None
        self._wire.forget()
        try:
            transport = await self.loop.start_tls(
                self._writer.transport,
                self,
                self._door.tls,
                server_side=True,
                ssl_handshake_timeout=self._door.settings.smtp.idle_timeout,
                ssl_shutdown_timeout=1.0,
            )
        except OSError:  # ssl.SSLError and TimeoutError are kinds of it
            raise HungUp from None
        if transport is None:
            raise HungUp
        self._adopt(transport)
        self._secure = True
        self._client, self._extended = "", False
        self._transaction = self._fresh()

    def _adopt(self, transport: asyncio.Transport) -> None:
        # Python 3.11 has no public way to hand a stream a new transport; aiosmtpd does the same.
        self.transport = transport
        self._writer._transport = transport  # type: ignore[attr-defined]
        self._reader._transport = transport  # type: ignore[attr-defined]
