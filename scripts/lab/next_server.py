"""The next mail server: accepts what relay delivers and counts it. It can be told to fail in several ways."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import re
import time
from collections import Counter
from multiprocessing.connection import Connection
from typing import Any

from lab.house import HOST, free_port

TOKEN = re.compile(rb"LOAD(\d{8})")
"""The number of a letter, in its subject."""

NORMAL = "normal"
FAULTS = ("slow", "busy", "silent", "cut", "down")
"""The ways to fail: ``slow`` replies after 0.2 s, ``busy`` replies 451 to every recipient, ``silent`` does not reply,
``cut`` closes the connection after the final dot, with the letter accepted half of the time, ``down`` does not listen
and closes open connections."""


class NextServer:
    """A mail server in its own process. It records which letters arrived, when, and how often."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self.port = free_port()
        self._process = context.Process(target=_serve, args=(theirs, self.port), daemon=True)
        self._process.start()
        self._pipe.recv()

    def set_mode(self, mode: str) -> None:
        """NORMAL or one of FAULTS, from now on."""
        self._ask(mode)

    def count(self) -> int:
        """The number of different letters that arrived."""
        found: int = self._ask("count")
        return found

    def arrived(self) -> dict[int, float]:
        """The number of each letter → when it first arrived (time.monotonic())."""
        found: dict[int, float] = self._ask("arrived")
        return found

    def duplicates(self) -> Counter[int]:
        """The number of each letter that arrived again → how often."""
        found: Counter[int] = self._ask("duplicates")
        return found

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.join()

    def _ask(self, request: str) -> Any:
        self._pipe.send(request)
        return self._pipe.recv()


class _Session(asyncio.Protocol):
    """One SMTP connection to the next server."""

    def __init__(self, state: _State) -> None:
        self._state = state

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._out, self._held, self._data, self._rcpt = transport, bytearray(), False, False
        self._state.open.add(transport)
        self._reply(b"220 next.example.net ESMTP\r\n")

    def connection_lost(self, error: Exception | None) -> None:
        self._state.open.discard(self._out)

    def data_received(self, octets: bytes) -> None:
        self._held += octets
        while not self._out.is_closing():
            end = self._held.find(b"\r\n.\r\n" if self._data else b"\r\n")
            if end < 0:
                return
            piece = bytes(self._held[:end])
            del self._held[: end + (5 if self._data else 2)]
            if self._data:
                self._letter(piece)
            else:
                self._command(piece[:4].upper())

    def _letter(self, content: bytes) -> None:
        self._data = self._rcpt = False
        found = TOKEN.search(content)
        cut = self._state.mode == "cut"
        if found and not (cut and self._state.chance.random() < 0.5):
            self._state.record(int(found[1]))
        if cut:
            self._out.abort()
        else:
            self._reply(b"250 2.0.0 accepted\r\n")

    def _command(self, verb: bytes) -> None:
        if verb == b"EHLO":
            self._reply(b"250-next.example.net\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
        elif verb == b"RCPT":
            self._rcpt = self._state.mode != "busy"
            self._reply(b"250 2.1.5 ok\r\n" if self._rcpt else b"451 4.3.2 busy\r\n")
        elif verb == b"DATA":
            self._data = self._rcpt
            self._reply(b"354 go on\r\n" if self._rcpt else b"503 5.5.1 no valid recipients\r\n")
        elif verb == b"QUIT":
            self._reply(b"221 2.0.0 bye\r\n")
            self._out.close()
        else:
            self._reply(b"250 2.0.0 ok\r\n")

    def _reply(self, reply: bytes) -> None:
        if self._state.mode == "slow":
            asyncio.get_running_loop().call_later(0.2, self._out.write, reply)
        elif self._state.mode != "silent":
            self._out.write(reply)


class _State:
    """What all sessions of the next server share."""

    def __init__(self, pipe: Connection, port: int) -> None:
        self.mode = NORMAL
        self.chance = random.Random(11)
        self._arrived: dict[int, float] = {}
        self._duplicates: Counter[int] = Counter()
        self.open: set[asyncio.Transport] = set()
        self._pipe, self._port = pipe, port
        self._server: asyncio.Server | None = None
        self._requests: asyncio.Queue[str] = asyncio.Queue()

    async def run(self) -> None:
        """Answer requests from the pipe until its other end is closed."""
        await self._listen()
        self._pipe.send("ready")
        asyncio.get_running_loop().add_reader(self._pipe.fileno(), self._receive)
        while request := await self._requests.get():
            if request == "count":
                self._pipe.send(len(self._arrived))
            elif request == "arrived":
                self._pipe.send(self._arrived)
            elif request == "duplicates":
                self._pipe.send(self._duplicates)
            else:
                await self._set_mode(request)
                self._pipe.send("done")

    def record(self, number: int) -> None:
        """Record that a letter arrived."""
        if number in self._arrived:
            self._duplicates[number] += 1
        else:
            self._arrived[number] = time.monotonic()

    def _receive(self) -> None:
        try:
            self._requests.put_nowait(self._pipe.recv())
        except EOFError:
            asyncio.get_running_loop().remove_reader(self._pipe.fileno())
            self._requests.put_nowait("")

    async def _set_mode(self, mode: str) -> None:
        before, self.mode = self.mode, mode
        if mode == "down" and self._server is not None:
            self._server.close()
            self._server = None
        if mode != "down" and self._server is None:
            await self._listen()
        if "down" in (before, mode) or before == "silent":
            # After "silent", clients still wait for replies that were never sent.
            for transport in list(self.open):
                transport.abort()

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Session(self), HOST, self._port)


def _serve(pipe: Connection, port: int) -> None:
    asyncio.run(_State(pipe, port).run())
