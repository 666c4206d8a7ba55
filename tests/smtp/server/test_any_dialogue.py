"""A client that says anything at any moment: whole or in halves, pipelined, binary, in TLS or not, gone in the middle.

The door and the socket are real. Whatever was said, each reply is a whole line of a known form, nothing the client said
comes back, 250 after the dot stands for a letter that was taken and was meant, and the next client is served.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Awaitable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from relay.model import Envelope
from relay.settings import Address, LimitSettings, Settings, SmtpSettings
from relay.smtp.server.smtp_server import SmtpServer
from relay.smtp.server.tls import client_context, server_context

from ...fuzz.door import ACCEPTED, DOMAIN, LIMIT, REPLY, check_said, meant

SETTINGS = Settings(
    domain=DOMAIN,
    smtp=SmtpSettings(listen=(Address("127.0.0.1", 0),), hostname="mx.example", max_message_size=LIMIT),
    limits=LimitSettings(recipients=3),
)
GOOD = (
    "HELO client-that-talks.example",
    "EHLO client-that-talks.example",
    "MAIL FROM:<author-of-it@home.example>",
    "MAIL FROM:<>",
    "MAIL FROM:<author-of-it@home.example> SIZE=100 BODY=8BITMIME",
    "RSET",
    "NOOP",
    "NOOP with-some-words",
    f"RCPT TO:<amber-heron-alias@{DOMAIN}>",
    "RCPT TO:<postmaster>",
    "RCPT TO:<somebody@elsewhere.example>",
    "VRFY somebody",
    "EXPN the-whole-list",
    "HELP",
    "AUTH PLAIN AGEAYgBjZGVmZ2hpamts",
    "DATA",
    "BDAT 5 LAST",
    "XYZZY-which-is-no-command",
    "MAIL FROM:<a@b> SIZE=9999999999",
)
BROKEN = (
    b"\r\n",
    b"\n",
    b"\r",
    b".\r\n",
    b"\0\r\n",
    b"MAIL FROM:<x@y\0>\r\n",
    b"NOOP\n",
    b"NOOP\r",
    b"DATA\n",
    b"\xff\xfe\r\n",
    b"RCPT TO:<@a.example:b@c.example>\r\n",
    b"MAIL FROM:<x@y.example>\nRCPT TO:<z@relay.example.org>\r\n",
    b"EHLO x\x1b[31m\r\n",
    b"MAIL FROM: <spaced@home.example>\r\n",
    b"x" * 3000 + b"\r\n",
    b"STARTTLS now\r\n",
    "MAIL FROM:<jürgen@häuser.example>\r\n".encode(),
)
PIECES = (
    b"a line of a letter\r\n",
    b"\r\n",
    b"..stuffed\r\n",
    b".",
    b"..\r\n",
    b"\n.\n",
    b"\n.\r\n",
    b"\r.\r",
    b"\r\n.\n",
    b"\n",
    b"\0",
    b"MAIL FROM:<smuggled@home.example>\r\n",
    b"RCPT TO:<postmaster>\r\nDATA\r\n",
    b"x" * 5000,
    b"\xff\xc3\r\n",
    b"Subject: words-of-a-letter\r\n",
)
END = b"\r\n.\r\n"


class Conversation:
    """One client, its connection and what it expects."""

    def __init__(self) -> None:
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None
        self.fresh()

    def fresh(self) -> None:
        self.spoken = b""
        self.heard = b""
        self.secure = False
        self.half = False


class Client(RuleBasedStateMachine):
    """Says things. ``tls`` is put in by the test."""

    tls: ssl.SSLContext

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.letters: list[Envelope] = []
        self.promised = 0
        self.door = SmtpServer(SETTINGS, self._accept, self.tls)
        self.now = Conversation()
        self.run(self.door.open())

    def run(self, work: Awaitable[Any]) -> Any:
        async def bounded() -> Any:
            async with asyncio.timeout(60):
                return await work

        return self.loop.run_until_complete(bounded())

    def teardown(self) -> None:
        self.leave()
        # Whatever was said: the next one is served.
        code, letters = self.run(self._a_good_letter())
        assert code.startswith(ACCEPTED), code
        assert letters == 1
        assert self.run(self.door.drain(2)) == 0
        self.run(asyncio.sleep(0))
        self.loop.close()

    @property
    def connected(self) -> bool:
        return self.now.writer is not None and not self.now.half

    @precondition(lambda self: self.now.writer is None)
    @rule(early=st.sampled_from([b"", b"", b"", b"EHLO early-talker.example\r\n", b"\0"]))
    def call(self, early: bytes) -> None:
        self.now.fresh()
        self.now.reader, self.now.writer = self.run(asyncio.open_connection(*self.door.ports[0]))
        self.say(early)
        self.hear()

    @precondition(lambda self: self.connected)
    @rule(words=st.lists(st.sampled_from(GOOD), min_size=1, max_size=6))
    def commands(self, words: list[str]) -> None:
        self.say("".join(f"{one}\r\n" for one in words).encode())

    @precondition(lambda self: self.connected)
    @rule(octets=st.one_of(st.sampled_from(BROKEN), st.binary(max_size=80)))
    def anything(self, octets: bytes) -> None:
        self.say(octets)

    @precondition(lambda self: self.connected)
    @rule(word=st.sampled_from(GOOD), cut=st.integers(1, 20))
    def in_halves(self, word: str, cut: int) -> None:
        octets = f"{word}\r\n".encode()
        self.say(octets[:cut])
        self.hear()
        self.say(octets[cut:])

    @precondition(lambda self: self.connected)
    @rule(pieces=st.lists(st.sampled_from(PIECES), max_size=6), rest=st.sampled_from([b"", b"NOOP\r\n", b"QUIT\r\n"]))
    def letter(self, pieces: list[bytes], rest: bytes) -> None:
        """From RSET to the dot, in one go; it holds what it likes. In the middle of another it is part of that."""
        self.hear()
        if not self.connected:
            return
        at_commands = self.now.spoken.endswith(b"\r\n") and not self.now.heard.splitlines()[-1].startswith(b"354")
        heard, letters = len(self.now.heard), len(self.letters)
        body = b"".join(pieces) + END
        begin = b"RSET\r\nEHLO c.example\r\nMAIL FROM:<>\r\nRCPT TO:<postmaster>\r\nDATA\r\n"
        self.say(begin + body + rest)
        self.hear()
        if not at_commands or b"354 " not in self.now.heard[heard:]:
            return
        expected = meant(body)
        assert expected is not None
        if expected[0] == "taken":
            assert self.letters[letters].content == expected[1]
        else:
            said = self.now.heard[heard:].partition(b"354 ")[2].splitlines()
            assert said[1].startswith((b"552 5.3.4", b"554 5.6.0"))

    @precondition(lambda self: self.connected)
    @rule(behind=st.sampled_from([b"", b"", b"NOOP\r\nMAIL FROM:<injected@home.example>\r\n"]))
    def starttls(self, behind: bytes) -> None:
        self.hear()
        if not self.connected or self.now.secure:
            self.say(b"STARTTLS\r\n" if self.connected else b"")
            return
        before = len(self.now.heard)
        self.say(b"STARTTLS\r\n" + behind)
        self.hear()
        if not self.now.heard[before:].startswith(b"220 "):
            return  # it may have hung up: behind half a line this is one error more
        assert self.now.writer is not None
        # What stood behind STARTTLS was dropped: nothing answers it.
        assert self.now.heard[before:].count(b"\r\n") == 1
        with suppress(OSError):
            self.run(self.now.writer.start_tls(client_context(), ssl_handshake_timeout=30))
            self.now.secure = True
            self.say(b"MAIL FROM:<>\r\n")
            before = len(self.now.heard)
            self.hear()
            assert self.now.heard[before:].startswith((b"503 5.5.1 say EHLO first", b"421 "))

    @precondition(lambda self: self.connected)
    @rule()
    def quit(self) -> None:
        self.say(b"QUIT\r\n")

    @precondition(lambda self: self.connected and not self.now.secure)
    @rule()
    def say_no_more(self) -> None:
        assert self.now.writer is not None
        with suppress(OSError):
            self.now.writer.write_eof()
        self.now.half = True
        self.hear(to_the_end=True)
        self.leave()

    @precondition(lambda self: self.now.writer is not None)
    @rule()
    def hang_up(self) -> None:
        self.leave()

    @invariant()
    def what_was_said_is_in_order(self) -> None:
        self.hear()
        check_said(self.now.heard, self.now.heard.count(ACCEPTED), self.now.spoken)
        # A promise may be unheard by a client that went; there is none without a letter.
        assert self.promised == len(self.letters)
        for letter in self.letters:
            assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\0", letter.content)
            assert all(recipient.endswith("@" + DOMAIN) for recipient in letter.recipients)
            assert len(letter.content) <= LIMIT

    def say(self, octets: bytes) -> None:
        if self.now.writer is None or not octets:
            return
        self.now.spoken += octets
        with suppress(OSError):
            self.now.writer.write(octets)

    def hear(self, *, to_the_end: bool = False) -> None:
        """Everything the door has to say by now."""

        async def listen() -> None:
            assert self.now.reader is not None
            pause, got = 10 if to_the_end else 0.01, b" "
            with suppress(OSError):
                while got:
                    begun = self.loop.time()
                    try:
                        got = await asyncio.wait_for(self.now.reader.read(65536), pause)
                        self.now.heard += got
                    except TimeoutError:
                        if self.loop.time() - begun < pause + 0.01:
                            break
                        # Longer: this process had to wait for others, and so had the door in it.
            # Half a line may be on its way.
            with suppress(TimeoutError, OSError):
                while self.now.heard and not self.now.heard.endswith(b"\r\n") and not self.now.reader.at_eof():
                    self.now.heard += await asyncio.wait_for(self.now.reader.read(65536), 5)

        if self.now.writer is None:
            return
        self.run(listen())
        if self.now.reader is not None and self.now.reader.at_eof() and not to_the_end:
            self.leave()

    def leave(self) -> None:
        if self.now.writer is None:
            return
        said = self.now.heard.splitlines(keepends=True)
        if said:
            assert REPLY.match(said[-1]) is not None
        self.now.writer.close()
        self.now.writer = self.now.reader = None
        self.run(asyncio.sleep(0.01))

    async def _accept(self, envelope: Envelope) -> str:
        self.letters.append(envelope)
        self.promised += 1
        return f"accepted as {self.promised}"

    async def _a_good_letter(self) -> tuple[bytes, int]:
        before = len(self.letters)
        reader, writer = await asyncio.open_connection(*self.door.ports[0])
        await reader.readline()
        writer.write(b"HELO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<postmaster>\r\nDATA\r\na\r\n.\r\n")
        for _ in range(4):
            await reader.readline()
        answer = await reader.readline()
        writer.close()
        assert self.letters[-1].content == b"a\r\n"
        return answer, len(self.letters) - before


def _with(tls: ssl.SSLContext) -> type[Client]:
    return type("Client", (Client,), {"tls": tls})


COMMON = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, print_blob=False)


@pytest.fixture
def machine(certificate: tuple[Path, Path]) -> type[Client]:
    context = server_context(str(certificate[0]), str(certificate[1]))
    assert context is not None
    return _with(context)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_whatever_a_client_says_the_door_keeps_its_form(machine: type[Client]) -> None:
    run_state_machine_as_test(
        machine, settings=settings(COMMON, max_examples=12, stateful_step_count=15, database=None)
    )


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_whatever_a_client_says_the_door_keeps_its_form_for_long(machine: type[Client]) -> None:
    many = settings(COMMON, max_examples=500, stateful_step_count=40, derandomize=False)
    run_state_machine_as_test(machine, settings=many)
