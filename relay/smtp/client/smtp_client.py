"""One connection to another mail server: open it, hand over letters one by one, leave (RFC 5321 4.1, client side)."""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import aiosmtplib

from relay.outcomes import Failed, Outcome
from relay.smtp.client.pipeline import Exchange, Lost
from relay.smtp.client.reply_outcome import BROKEN_OFF, NO_SMTPUTF8, UNREACHABLE, Heard, Stage, judge

_SLOWEST = 50_000  # octets a second: a big letter may take this long on top of the step's time
# RFC 5321 4.5.3.2: the answer to the dot is given five times the time of the answer to DATA, because giving up
# early on a server that has taken the letter makes it arrive twice.
_DOT = 5
_FAREWELL = 2.0  # seconds
_GO_AHEAD = 354
_LINE_END = re.compile(rb"\r\n?|\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Server:
    """Where to connect: ``address`` an IP or a name, ``name`` for TLS, and whether it is the smarthost."""

    address: str
    port: int
    name: str
    smarthost: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one person, addresses as they are said in MAIL and RCPT. ``utf8``: they need RFC 6531."""

    return_path: str
    recipient: str
    content: bytes
    utf8: bool


class Unreachable(Exception):  # noqa: N818
    """The server could not be brought to the point of taking letters; ``status`` says why. Another may do."""

    def __init__(self, status: str) -> None:
        super().__init__()
        self.status = status


class BrokenOff(Exception):  # noqa: N818
    """The connection broke, or the server went silent or mad. After the dot: whether it has the letter is unknown."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage = stage


class Client:
    """A connection that is open and greeted. ``offers`` are the server's extensions, in lower case; ``letters`` counts
    what it has carried."""

    def __init__(self, server: Server, exchange: Exchange, offers: frozenset[str], step: float) -> None:
        self._server = server
        self._exchange = exchange
        self._offers = offers
        self._step = step
        self._good = True  # the last letter was taken
        self.letters = 0

    @property
    def usable(self) -> bool:
        """Another letter may go this way. Not after any answer but the best: what state the other side is in then is
        not worth guessing."""
        return self._good and self._exchange.sound

    @property
    def encrypted(self) -> bool:
        """The connection is in TLS."""
        return self._exchange.encrypted

    async def deliver(self, letter: Letter) -> Outcome:
        """Hand over one letter. Raises BrokenOff."""
        if letter.utf8 and "smtputf8" not in self._offers:
            return Failed(NO_SMTPUTF8)
        self._good = False
        refused = await self._ask(self._commands(letter))
        return refused or await self._content(letter.content)

    def _commands(self, letter: Letter) -> tuple[tuple[Stage, bytes], ...]:
        size = b" SIZE=%d" % len(letter.content) if "size" in self._offers else b""
        utf8 = b" SMTPUTF8" if letter.utf8 else b""
        return (
            (Stage.MAIL, b"MAIL FROM:<%s>%s%s\r\n" % (letter.return_path.encode(), size, utf8)),
            (Stage.RCPT, b"RCPT TO:<%s>\r\n" % letter.recipient.encode()),
            (Stage.DATA, b"DATA\r\n"),
        )

    async def _ask(self, commands: Sequence[tuple[Stage, bytes]]) -> Outcome | None:
        """Say the commands up to DATA, all at once where the server offers that (RFC 2920 3.1). None when it waits for
        the letter, else what came of it."""
        together = "pipelining" in self._offers
        try:
            if together:
                self._exchange.say(b"".join(command for _, command in commands), answers=len(commands))
        except Lost:
            raise BrokenOff(Stage.MAIL) from None
        for number, (stage, command) in enumerate(commands):
            try:
                if not together:
                    self._exchange.say(command)
                heard = await self._exchange.hear(self._step)
            except Lost:
                raise BrokenOff(stage) from None
            if heard.code == 421 and stage is Stage.MAIL and self.letters:  # it was about to hang up anyway
                raise BrokenOff(stage)
            if not (heard.code == _GO_AHEAD if stage is Stage.DATA else heard.good):
                if together:
                    await self._hear_out(len(commands) - number - 1)
                return judge(stage, heard, smarthost=self._server.smarthost)
        return None

    async def _hear_out(self, answers: int) -> None:
        """The answers to what was said behind a command that was refused. A server that waits for a letter all the same
        gets an empty one, which goes to nobody (RFC 2920 3.1)."""
        with contextlib.suppress(Lost):
            for _ in range(answers):
                heard = await self._exchange.hear(_FAREWELL)
                if heard.code == _GO_AHEAD:
                    self._exchange.say(b".\r\n")
                    await self._exchange.hear(_FAREWELL)

    async def _content(self, content: bytes) -> Outcome:
        """The letter, and what the server says to it."""
        patience = _DOT * self._step + len(content) / _SLOWEST
        try:
            self._exchange.say(_stuffed(content))
            heard = await self._exchange.hear(patience)
        except Lost:
            raise BrokenOff(Stage.DOT) from None
        self._good = heard.good
        self.letters += 1
        return judge(Stage.DOT, heard, smarthost=self._server.smarthost)

    def drop(self) -> None:
        """Leave without waiting. With a QUIT (RFC 5321 4.1.1.10), unless something is under way: what is still in the
        buffer must not go out then, for it has been given up."""
        if self._exchange.sound:
            self._exchange.say(b"QUIT\r\n")
            self._exchange.close()
        else:
            self._exchange.abort()

    async def leave(self) -> None:
        """Say QUIT and close. It cannot fail: every letter has had its answer before."""
        with contextlib.suppress(Lost):
            self._exchange.say(b"QUIT\r\n")
            await self._exchange.hear(_FAREWELL)
        self._exchange.close()


def _stuffed(content: bytes) -> bytes:
    """The letter as it is said after DATA, with its dot (RFC 5321 4.5.2). Its line ends are CRLF; should one not be, it
    is made so, for a bare CR or LF could smuggle in another letter."""
    if not content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r"):
        content = _LINE_END.sub(b"\r\n", content)
    if content.startswith(b".") or b"\n." in content:
        content = _LEADING_DOT.sub(b"..", content)
    return content + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n")


async def connect(server: Server, hostname: str, step: float, tls: ssl.SSLContext) -> Client:
    """Open a connection, greet as ``hostname``, and go into TLS when the server offers it. When that fails, without:
    the choice is encryption or none (RFC 7435 3). ``step`` is the time in seconds for each answer.

    Raises Unreachable.
    """
    try:
        try:
            wire = await _greeted(server, hostname, step, tls)
        except _TlsFailed:
            wire = await _greeted(server, hostname, step, None)
    except aiosmtplib.SMTPResponseException as refusal:
        raise Unreachable(_status(Heard(refusal.code, refusal.message))) from None
    except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPConnectTimeoutError):
        raise Unreachable(UNREACHABLE) from None
    except (aiosmtplib.SMTPException, OSError, ValueError):
        raise Unreachable(BROKEN_OFF) from None
    assert wire.transport is not None  # connected a moment ago
    offers = frozenset(extension.lower() for extension in wire.esmtp_extensions)
    return Client(server, Exchange(cast(asyncio.Transport, wire.transport)), offers, step)


class _TlsFailed(Exception):  # noqa: N818
    pass


async def _greeted(server: Server, hostname: str, step: float, tls: ssl.SSLContext | None) -> aiosmtplib.SMTP:
    wire = aiosmtplib.SMTP(
        hostname=server.address, port=server.port, local_hostname=hostname, timeout=step, start_tls=False
    )
    try:
        await wire.connect()
        await _hello(wire)
        if tls is not None and wire.supports_extension("starttls"):
            await _encrypt(wire, server, tls)
    except BaseException:
        wire.close()
        raise
    return wire


async def _hello(wire: aiosmtplib.SMTP) -> None:
    try:
        await wire.ehlo()
    except aiosmtplib.SMTPHeloError as refusal:
        if not (wire.is_connected and 500 <= refusal.code < 505):  # RFC 5321 3.2: a server of old
            raise
        await wire.helo()


async def _encrypt(wire: aiosmtplib.SMTP, server: Server, tls: ssl.SSLContext) -> None:
    try:
        await wire.starttls(tls_context=tls, server_hostname=server.name)
        await wire.ehlo()
    except (aiosmtplib.SMTPException, OSError) as error:
        raise _TlsFailed from error


def _status(heard: Heard) -> str:
    outcome = judge(Stage.GREETING, heard, smarthost=False)
    return outcome.status
