"""One connection to another mail server: open it, hand over letters one by one, leave (RFC 5321 4.1, client side)."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from dataclasses import dataclass
from typing import cast

import aiosmtplib

from relay.outcomes import Failed, Outcome
from relay.smtp.verdict import BROKEN_OFF, NO_SMTPUTF8, UNREACHABLE, Heard, Stage, judge

_SLOWEST = 50_000  # octets a second: a big letter may take this long on top of the step's time
# RFC 5321 4.5.3.2: the answer to the dot is given five times the time of the answer to DATA, because giving up
# early on a server that has taken the letter makes it arrive twice.
_DOT = 5
_FAREWELL = 2.0  # seconds


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
    """A connection that is open and greeted. ``letters`` counts what it has carried."""

    def __init__(self, server: Server, wire: aiosmtplib.SMTP, step: float) -> None:
        self._server = server
        self._wire = wire
        self._step = step
        self._good = True  # the last letter was taken
        self._answered = True  # nothing is under way
        self.letters = 0

    @property
    def usable(self) -> bool:
        """Another letter may go this way. Not after any answer but the best: what state the other side is in then is
        not worth guessing."""
        return self._good and self._answered and self._wire.is_connected

    @property
    def encrypted(self) -> bool:
        """The connection is in TLS."""
        return self._wire.is_connected and self._wire.get_transport_info("sslcontext") is not None

    async def deliver(self, letter: Letter) -> Outcome:
        """Hand over one letter. Raises BrokenOff."""
        if letter.utf8 and self._wire.is_connected and not self._wire.supports_extension("smtputf8"):
            return Failed(NO_SMTPUTF8)
        self._good = self._answered = False
        stage = Stage.MAIL
        try:
            for stage, words in self._envelope(letter):
                heard = Heard(*await self._wire.execute_command(*words))
                if heard.code == 421 and stage is Stage.MAIL and self.letters:  # it was about to hang up anyway
                    raise BrokenOff(stage)
                if not heard.good:
                    self._answered = True
                    return judge(stage, heard, smarthost=self._server.smarthost)
            stage = Stage.DATA
            outcome = await self._content(letter.content)
        except (aiosmtplib.SMTPException, OSError):
            raise BrokenOff(stage) from None
        self._answered = True
        return outcome

    def _envelope(self, letter: Letter) -> list[tuple[Stage, list[bytes]]]:
        mail = [b"MAIL", b"FROM:<%s>" % letter.return_path.encode()]
        if self._wire.supports_extension("size"):
            mail.append(b"SIZE=%d" % len(letter.content))
        if letter.utf8:
            mail.append(b"SMTPUTF8")
        return [(Stage.MAIL, mail), (Stage.RCPT, [b"RCPT", b"TO:<%s>" % letter.recipient.encode()])]

    async def _content(self, content: bytes) -> Outcome:
        """DATA and the letter."""
        patience = _DOT * self._step + len(content) / _SLOWEST
        try:
            heard = Heard(*await self._wire.data(content, timeout=patience))
        except aiosmtplib.SMTPDataError as refusal:
            return judge(Stage.DATA, Heard(refusal.code, refusal.message), smarthost=self._server.smarthost)
        self._good = True
        self.letters += 1
        return judge(Stage.DOT, heard, smarthost=self._server.smarthost)

    def drop(self) -> None:
        """Leave without waiting. With a QUIT (RFC 5321 4.1.1.10), unless something is under way: what is still in the
        buffer must not go out then, for it has been given up."""
        protocol = self._wire.protocol
        if protocol is not None and protocol.is_connected:
            if self._answered:
                protocol.write(b"QUIT\r\n")
            else:
                cast(asyncio.WriteTransport, protocol.transport).abort()
        self._wire.close()

    async def leave(self) -> None:
        """Say QUIT and close. It cannot fail: every letter has had its answer before."""
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await self._wire.quit(timeout=_FAREWELL)
        self._wire.close()


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
    return Client(server, wire, step)


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
