"""The next server: takes what relay hands on, and notes it. On bad days it is slow, busy, silent, down, or hangs up."""

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
"""In the subject of each letter: its number."""

FAIR = "fair"
FAULTS = ("slow", "busy", "silent", "cut", "down")
"""What can be wrong with it: ``slow`` answers after a fifth of a second, ``busy`` says 451 to every recipient,
``silent`` says nothing at all, ``cut`` ends the connection at the dot, half of the times with the letter taken,
``down`` does not listen and ends what is open."""


class NextServer:
    """In a process of its own. It notes which letters came, when, and how often."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self.port = free_port()
        self._process = context.Process(target=_serve, args=(theirs, self.port), daemon=True)
        self._process.start()
        self._pipe.recv()

    def become(self, weather: str) -> None:
        """FAIR, or one of FAULTS, from now on."""
        self._ask(weather)

    def count(self) -> int:
        """How many different letters came so far."""
        found: int = self._ask("count")
        return found

    def arrived(self) -> dict[int, float]:
        """When each letter came first (time.monotonic()), by its token's number."""
        found: dict[int, float] = self._ask("arrived")
        return found

    def again(self) -> Counter[int]:
        """How often letters came once more, by their tokens' numbers."""
        found: Counter[int] = self._ask("again")
        return found

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.join()

    def _ask(self, words: str) -> Any:
        self._pipe.send(words)
        return self._pipe.recv()


class _Taker(asyncio.Protocol):
    def __init__(self, place: _Place) -> None:
        self._place = place

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._out, self._held, self._data, self._rcpt = transport, bytearray(), False, False
        self._place.open.add(transport)
        self._say(b"220 next.example.net ESMTP\r\n")

    def connection_lost(self, error: Exception | None) -> None:
        self._place.open.discard(self._out)

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
        cut = self._place.weather == "cut"
        if found and not (cut and self._place.chance.random() < 0.5):
            self._place.note(int(found[1]))
        if cut:
            self._out.abort()
        else:
            self._say(b"250 2.0.0 taken\r\n")

    def _command(self, verb: bytes) -> None:
        if verb == b"EHLO":
            self._say(b"250-next.example.net\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
        elif verb == b"RCPT":
            self._rcpt = self._place.weather != "busy"
            self._say(b"250 2.1.5 ok\r\n" if self._rcpt else b"451 4.3.2 busy\r\n")
        elif verb == b"DATA":
            self._data = self._rcpt
            self._say(b"354 go on\r\n" if self._rcpt else b"503 5.5.1 nobody to give it to\r\n")
        elif verb == b"QUIT":
            self._say(b"221 2.0.0 bye\r\n")
            self._out.close()
        else:
            self._say(b"250 2.0.0 ok\r\n")

    def _say(self, answer: bytes) -> None:
        if self._place.weather == "slow":
            asyncio.get_running_loop().call_later(0.2, self._out.write, answer)
        elif self._place.weather != "silent":
            self._out.write(answer)


class _Place:
    """What all connections of the next server share."""

    def __init__(self, pipe: Connection, port: int) -> None:
        self.weather = FAIR
        self.chance = random.Random(11)
        self._arrived: dict[int, float] = {}
        self._again: Counter[int] = Counter()
        self.open: set[asyncio.Transport] = set()
        self._pipe, self._port = pipe, port
        self._server: asyncio.Server | None = None
        self._asked: asyncio.Queue[str] = asyncio.Queue()

    async def live(self) -> None:
        """Do what the pipe says until there is nobody at its other end."""
        await self._listen()
        self._pipe.send("ready")
        asyncio.get_running_loop().add_reader(self._pipe.fileno(), self._hear)
        while words := await self._asked.get():
            if words == "count":
                self._pipe.send(len(self._arrived))
            elif words == "arrived":
                self._pipe.send(self._arrived)
            elif words == "again":
                self._pipe.send(self._again)
            else:
                await self._become(words)
                self._pipe.send("done")

    def note(self, number: int) -> None:
        """A letter has come."""
        if number in self._arrived:
            self._again[number] += 1
        else:
            self._arrived[number] = time.monotonic()

    def _hear(self) -> None:
        try:
            self._asked.put_nowait(self._pipe.recv())
        except EOFError:
            asyncio.get_running_loop().remove_reader(self._pipe.fileno())
            self._asked.put_nowait("")

    async def _become(self, weather: str) -> None:
        before, self.weather = self.weather, weather
        if weather == "down" and self._server is not None:
            self._server.close()
            self._server = None
        if weather != "down" and self._server is None:
            await self._listen()
        if "down" in (before, weather) or before == "silent":
            # Who was told nothing would wait for an answer that does not come.
            for transport in list(self.open):
                transport.abort()

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Taker(self), HOST, self._port)


def _serve(pipe: Connection, port: int) -> None:
    asyncio.run(_Place(pipe, port).live())
