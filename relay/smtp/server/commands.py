"""The SMTP commands (RFC 5321 4.1.1, RFC 3207), including the letter after DATA and its reply."""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable

from relay.model import Reply
from relay.refusals import Refusal
from relay.smtp.server import replies
from relay.smtp.server.connection_limits import CommandLimits
from relay.smtp.server.data import Body
from relay.smtp.server.octet_budget import HeldLetter
from relay.smtp.server.replies import Declined, Goodbye
from relay.smtp.server.server_protocol import Server
from relay.smtp.server.stream import Stream
from relay.smtp.server.transaction import Transaction

# A browser can be made to send HTTP to this port (cross-protocol scripting); its request line shows it.
_NOT_SMTP = frozenset({"GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT", "DELETE", "PATCH", "TRACE", "HOST:"})


class Commands:
    """The commands of the client at the IP address ``peer``. ``start_tls`` continues in TLS and discards everything
    received before. ``limits`` counts each command and its reply."""

    def __init__(
        self, server: Server, stream: Stream, peer: str, limits: CommandLimits, start_tls: Callable[[], Awaitable[None]]
    ) -> None:
        self._server = server
        self._stream = stream
        self._peer = peer
        self._limits = limits
        self._start_tls = start_tls
        self._secure = self._extended = False
        self._helo = ""  # the name given with EHLO or HELO; empty before
        self.answering = False
        self._transaction = self._new_transaction()

    @property
    def letter_begun(self) -> bool:
        """Whether MAIL was accepted and its letter not answered yet."""
        return self._transaction.open

    async def obey(self, line: bytes) -> Reply | None:
        """Execute a command line (with its line end). Returns the reply; None when it has been sent. Raises Goodbye
        when the connection is to end."""
        verb = ""
        try:
            verb, _, argument = decode(line).partition(" ")
            verb = verb.upper()
            if verb in _NOT_SMTP:
                raise Goodbye(replies.NOT_SMTP)
            self._limits.count_command(verb)
            command = _COMMANDS.get(verb)
            reply = replies.UNKNOWN_COMMAND if command is None else await command(self, argument.strip(" "))
        except Declined as declined:
            reply = declined.reply
        except Refusal as refusal:
            reply = refusal.reply
        if reply is not None:
            self._limits.count_reply(verb, reply)
        return reply

    async def _helo_command(self, argument: str) -> None:
        """HELO: the old greeting (RFC 5321 4.1.1.1)."""
        self._greet(argument, extended=False)
        self._stream.send(f"250 {self._server.settings.hostname}\r\n".encode("ascii"))

    async def _ehlo(self, argument: str) -> None:
        """EHLO: the greeting, and the extensions offered."""
        self._greet(argument, extended=True)
        settings = self._server.settings
        size = f"SIZE {settings.smtp.max_message_size}"
        offers = [settings.hostname, "PIPELINING", size, "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"]
        if self._server.tls is not None and not self._secure:
            offers.append("STARTTLS")
        lines = [f"250-{offer}\r\n" for offer in offers[:-1]] + [f"250 {offers[-1]}\r\n"]
        self._stream.send("".join(lines).encode("ascii"))

    async def _mail(self, argument: str) -> Reply:
        """MAIL FROM."""
        if not self._helo:
            return replies.HELLO_FIRST
        reply = self._transaction.mail(argument, extended=self._extended)
        try:
            self._server.check_mail_from(self._peer, self._transaction.announced)
        except Refusal:
            self._transaction = self._new_transaction()
            raise
        return reply

    async def _rcpt(self, argument: str) -> Reply:
        """RCPT TO."""
        return self._transaction.rcpt(argument)

    async def _data(self, argument: str) -> Reply | None:
        """DATA: reads the letter and replies. That reply does not count as a command error."""
        if argument:
            return replies.NO_ARGUMENT
        if not self._transaction.addressed:
            return replies.NO_RECIPIENTS if self._transaction.open else replies.MAIL_FIRST
        body = Body(self._server.settings.smtp.max_message_size)
        letter = self._server.budget.open(self._peer, self._transaction.announced, body.drop)
        try:
            self._stream.send(replies.GO_AHEAD)
            await self._read(body, letter)
            answer = await self._answer(body, letter)
        finally:
            if not letter.answering:  # otherwise the server finishes it, even without the client
                self._server.budget.close(letter)
        self._transaction = self._new_transaction()
        self._stream.send(answer)
        return None

    async def _rset(self, argument: str) -> Reply:
        """RSET: discard the transaction."""
        if argument:
            return replies.NO_ARGUMENT
        self._transaction = self._new_transaction()
        return replies.FORGOTTEN

    async def _noop(self, _: str) -> Reply:
        """NOOP."""
        return replies.OK

    async def _quit(self, argument: str) -> Reply:
        """QUIT."""
        return replies.NO_ARGUMENT if argument else replies.BYE

    async def _vrfy(self, _: str) -> Reply:
        """VRFY: the same reply for every address (RFC 5321 7.3)."""
        return replies.CANNOT_VERIFY

    async def _expn(self, _: str) -> Reply:
        """EXPN: there are no lists."""
        return replies.NOT_OFFERED

    async def _help(self, _: str) -> Reply:
        """HELP."""
        return replies.HELP

    async def _auth(self, _: str) -> Reply:
        """AUTH: never offered; the letter itself must prove its author."""
        return replies.NO_AUTH

    async def _starttls(self, argument: str) -> Reply | None:
        """STARTTLS (RFC 3207). Everything said before is discarded (4.2)."""
        if argument:
            return replies.NO_ARGUMENT
        if self._secure:
            return replies.IN_TLS_ALREADY
        if self._server.tls is None:
            return replies.NO_TLS
        self._stream.forget()
        self._stream.send(replies.START_TLS)
        await self._stream.flush()
        await self._start_tls()
        self._secure = True
        self._helo, self._extended = "", False
        self._transaction = self._new_transaction()
        return None

    def _greet(self, name: str, *, extended: bool) -> None:
        if not name or " " in name or not name.isascii():
            raise Declined(replies.HELLO_SYNTAX)
        self._transaction = self._new_transaction()  # RFC 5321 4.1.4: a second EHLO discards the transaction
        self._helo, self._extended = name, extended

    async def _read(self, body: Body, letter: HeldLetter) -> None:
        while (rest := body.feed(await self._stream.chunk())) is None:
            self._server.budget.hold(letter, body.held)
            if body.hopeless:
                raise Goodbye(replies.FAR_TOO_LARGE)
        self._server.budget.hold(letter, body.held)
        self._stream.unread(rest)

    async def _answer(self, body: Body, letter: HeldLetter) -> Reply:
        try:
            await self._server.wait_for_answer(letter)
            envelope = self._transaction.envelope(body.content(), self._peer, self._helo)
        except Refusal as refusal:
            self._server.budget.close(letter)
            return refusal.reply
        self.answering = True
        try:
            answer = await self._server.take(envelope, letter)
        finally:
            self.answering = False
        if answer.code == 250:
            self._limits.forget()
        return answer

    def _new_transaction(self) -> Transaction:
        settings = self._server.settings
        return Transaction(settings.domain, settings.smtp.max_message_size, settings.limits.recipients)


def decode(line: bytes) -> str:
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


_COMMANDS: dict[str, Callable[[Commands, str], Awaitable[Reply | None]]] = {
    "HELO": Commands._helo_command,
    "EHLO": Commands._ehlo,
    "STARTTLS": Commands._starttls,
    "MAIL": Commands._mail,
    "RCPT": Commands._rcpt,
    "DATA": Commands._data,
    "RSET": Commands._rset,
    "NOOP": Commands._noop,
    "QUIT": Commands._quit,
    "VRFY": Commands._vrfy,
    "EXPN": Commands._expn,
    "HELP": Commands._help,
    "AUTH": Commands._auth,
}
