"""Sends letters over one open connection, one after another (RFC 5321 4.1, client side)."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from relay.outcomes import Deferred, Failed, Outcome, Sent
from relay.smtp.client.pipeline import ConnectionLost, Pipeline
from relay.smtp.client.protection import OFFERED, Protection
from relay.smtp.client.reply_outcome import NO_SMTPUTF8, Stage, outcome_of
from relay.smtp.line_ends import has_bare

_SLOWEST = 50_000  # octets a second: adds to the timeout for large letters
# RFC 5321 4.5.3.2: the reply to the dot gets five times the timeout of the reply to DATA. Giving up early on a server
# that has accepted the letter would deliver it twice.
_DOT = 5
_QUIT_SECONDS = 2.0  # seconds
_GO_AHEAD = 354
_LINE_END = re.compile(rb"\r\n?|\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Server:
    """Where to connect: ``address`` an IP address or a name, ``name`` for TLS, whether it is the smarthost, and how the
    connection must be protected."""

    address: str
    port: int
    name: str
    smarthost: bool
    protection: Protection = OFFERED


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one recipient, with addresses as sent in MAIL and RCPT. ``utf8``: they need RFC 6531."""

    return_path: str
    recipient: str
    content: bytes
    utf8: bool


class BrokenOff(Exception):  # noqa: N818
    """The connection broke at ``stage``, the server stopped answering, or it sent something that is no reply. At the
    dot it is unknown whether the server has the letter."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage = stage


class Client:
    """A connection after EHLO. ``offers`` are the server's extensions, in lower case; ``step`` is the timeout in
    seconds for each reply; ``proof`` how the server was verified (ClientTls.proof), "" in the clear; ``letters`` counts
    the letters sent."""

    def __init__(
        self, server: Server, pipeline: Pipeline, offers: frozenset[str], step: float, proof: str = ""
    ) -> None:
        self._server = server
        self._pipeline = pipeline
        self._offers = offers
        self._step = step
        self._proof = proof
        self._good = True  # the last letter was accepted
        self.letters = 0

    @property
    def usable(self) -> bool:
        """Whether another letter may be sent. Not after any reply other than success: the server's state is
        uncertain."""
        return self._good and self._pipeline.ready

    @property
    def encrypted(self) -> bool:
        """Whether the connection uses TLS."""
        return self._pipeline.encrypted

    async def deliver(self, letter: Letter) -> Outcome:
        """Send one letter. Raises BrokenOff."""
        protection = self._server.protection
        if protection.required and not self._pipeline.encrypted:  # connect() checks this too; a mistake must not leak
            return Deferred(protection.not_encrypted)
        if letter.utf8 and "smtputf8" not in self._offers:
            return Failed(NO_SMTPUTF8)
        self._good = False
        refused = await self._ask(self._commands(letter))
        return refused or await self._content(letter.content)

    async def would_take(self, return_path: str, recipient: str) -> str:
        """The code and status with which the server refuses mail from and to these addresses; "" when it takes it.
        Nothing is sent, and no recipient when ``recipient`` is empty. Raises BrokenOff."""
        commands = [(Stage.MAIL, b"MAIL FROM:<%s>\r\n" % return_path.encode())]
        commands += [(Stage.RCPT, b"RCPT TO:<%s>\r\n" % recipient.encode())] if recipient else []
        for stage, command in commands:
            try:
                self._pipeline.send(command)
                reply = await self._pipeline.reply(self._step)
            except ConnectionLost:
                raise BrokenOff(stage) from None
            if not reply.good:
                return f"{reply.code} {outcome_of(stage, reply, smarthost=True).status}"
        return ""

    def _commands(self, letter: Letter) -> tuple[tuple[Stage, bytes], ...]:
        size = b" SIZE=%d" % len(letter.content) if "size" in self._offers else b""
        utf8 = b" SMTPUTF8" if letter.utf8 else b""
        return (
            (Stage.MAIL, b"MAIL FROM:<%s>%s%s\r\n" % (letter.return_path.encode(), size, utf8)),
            (Stage.RCPT, b"RCPT TO:<%s>\r\n" % letter.recipient.encode()),
            (Stage.DATA, b"DATA\r\n"),
        )

    async def _ask(self, commands: Sequence[tuple[Stage, bytes]]) -> Outcome | None:
        """Send the commands up to DATA, all at once where the server offers PIPELINING (RFC 2920 3.1). None when the
        server waits for the letter, else the outcome."""
        together = "pipelining" in self._offers
        try:
            if together:
                self._pipeline.send(b"".join(command for _, command in commands), replies=len(commands))
        except ConnectionLost:
            raise BrokenOff(Stage.MAIL) from None
        for number, (stage, command) in enumerate(commands):
            try:
                if not together:
                    self._pipeline.send(command)
                reply = await self._pipeline.reply(self._step)
            except ConnectionLost:
                raise BrokenOff(stage) from None
            if reply.code == 421 and stage is Stage.MAIL and self.letters:  # it was about to close anyway
                raise BrokenOff(stage)
            if not (reply.code == _GO_AHEAD if stage is Stage.DATA else reply.good):
                if together:
                    await self._read_out(len(commands) - number - 1)
                return outcome_of(stage, reply, smarthost=self._server.smarthost)
        return None

    async def _read_out(self, replies: int) -> None:
        """Read the replies to commands sent after a refused one. A server that still accepts DATA gets an empty letter,
        which has no recipient (RFC 2920 3.1)."""
        with contextlib.suppress(ConnectionLost):
            for _ in range(replies):
                reply = await self._pipeline.reply(_QUIT_SECONDS)
                if reply.code == _GO_AHEAD:
                    self._pipeline.send(b".\r\n")
                    await self._pipeline.reply(_QUIT_SECONDS)

    async def _content(self, content: bytes) -> Outcome:
        """Send the letter and its final dot. Raises BrokenOff."""
        seconds = _DOT * self._step + len(content) / _SLOWEST
        try:
            self._pipeline.send(*_stuffed(content))
            reply = await self._pipeline.reply(seconds)
        except ConnectionLost:
            raise BrokenOff(Stage.DOT) from None
        self._good = reply.good
        self.letters += 1
        outcome = outcome_of(Stage.DOT, reply, smarthost=self._server.smarthost, octets=len(content))
        return Sent(outcome.status, self._proof) if isinstance(outcome, Sent) else outcome

    def drop(self) -> None:
        """Close without waiting: with QUIT (RFC 5321 4.1.1.10) when idle. Otherwise abort, so that octets still in the
        buffer of a letter that was given up are not sent."""
        if self._pipeline.ready:
            self._pipeline.send(b"QUIT\r\n")
            self._pipeline.close()
        else:
            self._pipeline.abort()

    async def leave(self) -> None:
        """Send QUIT and close. Never fails: every letter has had its reply."""
        with contextlib.suppress(ConnectionLost):
            self._pipeline.send(b"QUIT\r\n")
            await self._pipeline.reply(_QUIT_SECONDS)
        self._pipeline.close()


def _stuffed(content: bytes) -> tuple[bytes, bytes]:
    """The letter as sent after DATA, dot-stuffed, and its final dot (RFC 5321 4.5.2). Line ends other than CRLF are
    converted: a bare CR or LF could smuggle in another letter."""
    if has_bare(content, 0, len(content)) or content.endswith(b"\r"):
        content = _LINE_END.sub(b"\r\n", content)
    # No dot is in base64: the last one is far from the end of a large letter.
    if content.startswith(b".") or content.find(b"\n.", 0, content.rfind(b".") + 1) >= 0:
        content = _LEADING_DOT.sub(b"..", content)
    return content, b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"
