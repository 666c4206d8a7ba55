"""Letters over one open connection to another mail server, one by one (RFC 5321 4.1, client side)."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from relay.outcomes import Failed, Outcome
from relay.smtp.client.pipeline import ConnectionLost, Pipeline
from relay.smtp.client.reply_outcome import NO_SMTPUTF8, Stage, outcome_of

_SLOWEST = 50_000  # octets a second: a big letter may take this long on top of the step's time
# RFC 5321 4.5.3.2: the answer to the dot is given five times the time of the answer to DATA, because giving up
# early on a server that has taken the letter makes it arrive twice.
_DOT = 5
_QUIT_SECONDS = 2.0  # seconds
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
    """One letter to one person, addresses as they stand in MAIL and RCPT. ``utf8``: they need RFC 6531."""

    return_path: str
    recipient: str
    content: bytes
    utf8: bool


class BrokenOff(Exception):  # noqa: N818
    """The connection broke at ``stage``, or the server fell silent or says what is no reply. At the dot: whether it has
    the letter is unknown."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage = stage


class Client:
    """A connection on which EHLO was answered. ``offers`` are the server's extensions, in lower case; ``step`` is the
    time in seconds for each reply; ``letters`` counts what it has carried."""

    def __init__(self, server: Server, pipeline: Pipeline, offers: frozenset[str], step: float) -> None:
        self._server = server
        self._pipeline = pipeline
        self._offers = offers
        self._step = step
        self._good = True  # the last letter was taken
        self.letters = 0

    @property
    def usable(self) -> bool:
        """Another letter may go this way. Not after any answer but the best: what state the other side is in then is
        not worth guessing."""
        return self._good and self._pipeline.ready

    @property
    def encrypted(self) -> bool:
        """The connection is in TLS."""
        return self._pipeline.encrypted

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
        """Send the commands up to DATA, all at once where the server offers that (RFC 2920 3.1). None when it waits for
        the letter, else the outcome."""
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
            if reply.code == 421 and stage is Stage.MAIL and self.letters:  # it was about to hang up anyway
                raise BrokenOff(stage)
            if not (reply.code == _GO_AHEAD if stage is Stage.DATA else reply.good):
                if together:
                    await self._read_out(len(commands) - number - 1)
                return outcome_of(stage, reply, smarthost=self._server.smarthost)
        return None

    async def _read_out(self, replies: int) -> None:
        """Read the replies to the commands sent behind one that was refused. A server that waits for a letter all the
        same gets an empty one, which goes to nobody (RFC 2920 3.1)."""
        with contextlib.suppress(ConnectionLost):
            for _ in range(replies):
                reply = await self._pipeline.reply(_QUIT_SECONDS)
                if reply.code == _GO_AHEAD:
                    self._pipeline.send(b".\r\n")
                    await self._pipeline.reply(_QUIT_SECONDS)

    async def _content(self, content: bytes) -> Outcome:
        """Send the letter and its dot. Raises BrokenOff."""
        seconds = _DOT * self._step + len(content) / _SLOWEST
        try:
            self._pipeline.send(_stuffed(content))
            reply = await self._pipeline.reply(seconds)
        except ConnectionLost:
            raise BrokenOff(Stage.DOT) from None
        self._good = reply.good
        self.letters += 1
        return outcome_of(Stage.DOT, reply, smarthost=self._server.smarthost)

    def drop(self) -> None:
        """Leave without waiting. With a QUIT (RFC 5321 4.1.1.10), unless something is under way: what is still in the
        buffer must not go out then, for it has been given up."""
        if self._pipeline.ready:
            self._pipeline.send(b"QUIT\r\n")
            self._pipeline.close()
        else:
            self._pipeline.abort()

    async def leave(self) -> None:
        """Send QUIT and close. It cannot fail: every letter has had its reply before."""
        with contextlib.suppress(ConnectionLost):
            self._pipeline.send(b"QUIT\r\n")
            await self._pipeline.reply(_QUIT_SECONDS)
        self._pipeline.close()


def _stuffed(content: bytes) -> bytes:
    """The letter as it is sent after DATA, with its dot (RFC 5321 4.5.2). Its line ends are CRLF; one that is not is
    made so, for a bare CR or LF could smuggle in another letter."""
    if not content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r"):
        content = _LINE_END.sub(b"\r\n", content)
    if content.startswith(b".") or b"\n." in content:
        content = _LEADING_DOT.sub(b"..", content)
    return content + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n")
