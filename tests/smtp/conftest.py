"""Real parts for the two doors: a door with a house behind it, a client that talks by hand, a server that misbehaves
by script; all on loopback."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from relay.home import Home
from relay.model import Envelope
from relay.settings import Address, LimitSettings, Settings, SmtpSettings
from relay.smtp.server.smtp_server import SmtpServer
from relay.smtp.server.tls import client_context, server_context
from relay.store import Store
from relay.store.sts_policies import StsPolicies

DOMAIN = "relay.example.org"
SETTINGS = Settings(
    domain=DOMAIN,
    smtp=SmtpSettings(
        listen=(Address("127.0.0.1", 0),),
        hostname="mx.relay.example.org",
        max_message_size=1_000_000,
        idle_timeout=30.0,
    ),
    limits=LimitSettings(connections=200, connections_per_peer=100, recipients=10),
)


class Talk:
    """A client by hand: says octets, hears replies."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def say(self, octets: bytes | str) -> None:
        """Send; text gets CRLF."""
        self.writer.write(octets if isinstance(octets, bytes) else octets.encode() + b"\r\n")
        await self.writer.drain()

    async def hear(self) -> str:
        """One whole reply, lines joined by LF; "" when the server has hung up."""
        lines = []
        while True:
            try:
                line = (await asyncio.wait_for(self.reader.readline(), 30)).decode("ascii")
            except ConnectionError:
                return ""
            lines.append(line.rstrip("\r\n"))
            assert not line or line.endswith("\r\n")
            if line[3:4] != "-":
                return "\n".join(lines)

    async def ask(self, words: str | bytes) -> str:
        """Say and hear."""
        await self.say(words)
        return await self.hear()

    async def begin(self, recipient: str = "amber@" + DOMAIN) -> None:
        """Greeting to 354."""
        assert (await self.hear()).startswith("220 ")
        for words, code in (
            ("EHLO client.example", "250"),
            ("MAIL FROM:<ann@home.example>", "250"),
            (f"RCPT TO:<{recipient}>", "250"),
            ("DATA", "354"),
        ):
            assert (await self.ask(words)).startswith(code)

    async def encrypt(self) -> None:
        """STARTTLS, from the 220 on."""
        await self.writer.start_tls(client_context(), ssl_handshake_timeout=30)

    def close(self) -> None:
        self.writer.close()


async def until(condition: Callable[[], bool]) -> None:
    """Until it is so, which it should be in a moment."""
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


def reset_when_closed(talk: Talk) -> None:
    """So that the server hears of the end at once, and not when it writes."""
    talk.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@dataclass
class House:
    """A door and what came through it. ``answer`` may be replaced: it is what accepts."""

    door: SmtpServer = field(init=False)
    letters: list[Envelope] = field(default_factory=list)
    answer: Callable[[Envelope], Awaitable[str]] | None = None
    talks: list[Talk] = field(default_factory=list)

    async def accept(self, envelope: Envelope) -> str:
        text = await self.answer(envelope) if self.answer else "accepted as k7f3q2"
        self.letters.append(envelope)
        return text

    async def call(self, address: str = "127.0.0.1") -> Talk:
        """A new client, connected from ``address``."""
        talk = Talk(*await asyncio.open_connection(*self.door.ports[0], local_addr=(address, 0)))
        self.talks.append(talk)
        return talk

    async def has_room(self) -> bool:
        """Whether a client is let in, soon: who has gone gives a place back a moment later."""
        end = asyncio.get_running_loop().time() + 20
        while not (await (await self.call()).hear()).startswith("220"):
            if asyncio.get_running_loop().time() > end:
                return False
            await asyncio.sleep(0.05)
        return True

    async def deliver(self, content: bytes) -> str:
        """One letter, dots stuffed by the caller; the answer to the dot."""
        talk = await self.call()
        await talk.begin()
        answer = await talk.ask(content + b".\r\n")
        talk.close()
        return answer


@pytest.fixture
async def open_house() -> AsyncIterator[Callable[..., Awaitable[House]]]:
    houses: list[House] = []

    async def make(tls: ssl.SSLContext | None = None, limits: dict[str, int] | None = None, **smtp: object) -> House:
        settings = replace(
            SETTINGS,
            smtp=replace(SETTINGS.smtp, **smtp),  # type: ignore[arg-type]
            limits=replace(SETTINGS.limits, **(limits or {})),
        )
        house = House()
        house.door = SmtpServer(settings, house.accept, tls)
        await house.door.open()
        houses.append(house)
        return house

    yield make
    for house in houses:
        for talk in house.talks:
            talk.close()
        await house.door.drain(2)
    await asyncio.sleep(0.01)


@pytest.fixture
async def house(open_house: Callable[..., Awaitable[House]]) -> House:
    return await open_house()


@pytest.fixture
def tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = server_context(str(certificate[0]), str(certificate[1]))
    assert context is not None
    return context


@pytest.fixture
async def kept(home: Home) -> AsyncIterator[StsPolicies]:
    """Where MTA-STS policies are kept: a real database."""
    store = await Store.open(home.db, home.read_vault())
    yield store.sts_policies
    await store.close()


class FarServer:
    """Another mail server, driven by a script.

    ``script`` maps a moment ("connect", "EHLO", "HELO", "MAIL", "RCPT", "DATA", "dot", "QUIT", "STARTTLS") to an
    answer or a list of answers used up one by one: a reply line, "close", "reset", "stall", or None for the good one.
    """

    GOOD = {  # noqa: RUF012
        "connect": "220 far.example",
        "HELO": "250 far.example",
        "MAIL": "250 2.1.0 ok",
        "RCPT": "250 2.1.5 ok",
        "DATA": "354 go",
        "dot": "250 2.0.0 queued for bea@far.example",
        "QUIT": "221 2.0.0 bye",
        "STARTTLS": "220 2.0.0 go",
    }

    def __init__(self, script: dict[str, object], offers: tuple[str, ...], tls: ssl.SSLContext | None) -> None:
        self.script = script
        self.offers = offers
        self.tls = tls
        self.connections = 0
        self.open_now = 0
        self.peak = 0
        self.lines: list[str] = []
        self.letters: list[bytes] = []
        self.encrypted: list[bool] = []
        self.port = 0
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.server = await asyncio.start_server(self._serve, host, port)
        self.port = self.server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self.server.close()
        self.hang_up()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def hang_up(self) -> None:
        for writer in self._writers:
            writer.close()

    def _answer(self, moment: str) -> str | None:
        answer = self.script.get(moment)
        if isinstance(answer, list):
            answer = answer.pop(0) if answer else None
        if answer is None and moment == "EHLO":
            lines = ["far.example", *self.offers]
            return (
                "\r\n".join(f"250-{line}" for line in lines[:-1]) + ("\r\n" if lines[:-1] else "") + f"250 {lines[-1]}"
            )
        return answer if isinstance(answer, str) else self.GOOD.get(moment, "500 5.5.2 what?")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.append(task)
        self._writers.append(writer)
        self.connections += 1
        self.open_now += 1
        self.peak = max(self.peak, self.open_now)
        try:
            await self._session(reader, writer)
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.open_now -= 1
            writer.close()

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        encrypted = False
        if not await self._reply("connect", writer):
            return
        while line := await reader.readline():
            self.lines.append(line.decode().rstrip("\r\n"))
            verb = line.split(b" ")[0].strip().upper().decode()
            if not await self._reply(verb, writer):
                return
            if verb == "STARTTLS" and self.tls is not None and self.script.get("STARTTLS") is None:
                await writer.start_tls(self.tls)
                encrypted = True
            if verb == "DATA" and str(self._last).startswith("354"):
                letter = b""
                while not letter.endswith(b"\r\n.\r\n") and letter != b".\r\n":
                    letter += await reader.readuntil(b".\r\n")
                self.letters.append(letter)
                self.encrypted.append(encrypted)
                if not await self._reply("dot", writer):
                    return
            if verb == "QUIT":
                return

    async def _reply(self, moment: str, writer: asyncio.StreamWriter) -> bool:
        answer = self._last = self._answer(moment)
        if answer == "stall":
            await asyncio.sleep(30)
            return False
        if answer == "reset":
            writer.transport.abort()
            return False
        if answer == "close":
            return False
        writer.write(str(answer).encode() + b"\r\n")
        await writer.drain()
        return not str(answer).startswith("421")


@pytest.fixture
async def far_server() -> AsyncIterator[Callable[..., Awaitable[FarServer]]]:
    servers: list[FarServer] = []

    async def make(
        *,
        offers: tuple[str, ...] = ("SIZE 1000000", "8BITMIME"),
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        **script: object,
    ) -> FarServer:
        server = FarServer(script, offers, tls)
        await server.start(host, port)
        servers.append(server)
        return server

    yield make
    for server in servers:
        await server.stop()
