"""A load: many sessions hand letters to a server, and a sink takes what comes out at the other end."""

from __future__ import annotations

import asyncio
import multiprocessing
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection

from lab.house import HOST
from lab.resources import cpu_seconds

_TOKEN = re.compile(rb"LOAD(\d{8})")
_STALL = 20.0
"""Seconds without an arrival after which what has not come is lost."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one server did: letters a second taken and delivered, seconds from MAIL to 250 at the median and the 99th
    percentile, CPU milliseconds a letter of its whole process tree, and letters that never came out."""

    accepted: float
    delivered: float
    p50: float
    p99: float
    cpu: float
    lost: int


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to send. ``content`` is dot-stuffed and holds a token LOADnnnnnnnn in its subject."""

    sender: str
    recipient: str
    content: bytes


class Sink:
    """A server in a process of its own that takes letters and notes when each came."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_sink, args=(theirs,), daemon=True)
        self._process.start()
        self.port: int = self._pipe.recv()

    def arrived(self) -> dict[int, float]:
        """Token number → time.monotonic() of its arrival, so far."""
        self._pipe.send("report")
        found: dict[int, float] = self._pipe.recv()
        return found

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.join()


def _sink(pipe: Connection) -> None:
    arrived: dict[int, float] = {}

    class Taker(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            self.out, self.held, self.data = transport, bytearray(), False
            self.out.write(b"220 sink\r\n")

        def data_received(self, octets: bytes) -> None:
            self.held += octets
            while True:
                end = self.held.find(b"\r\n.\r\n" if self.data else b"\r\n")
                if end < 0:
                    return
                piece = bytes(self.held[:end])
                del self.held[: end + (5 if self.data else 2)]
                self.out.write(self.answer(piece))

        def answer(self, piece: bytes) -> bytes:
            if self.data:
                self.data = False
                found = _TOKEN.search(piece)
                if found:
                    arrived.setdefault(int(found[1]), time.monotonic())
                return b"250 2.0.0 taken\r\n"
            verb = piece[:4].upper()
            self.data = verb == b"DATA"
            answers = {
                b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
                b"DATA": b"354 go on\r\n",
                b"QUIT": b"221 bye\r\n",
            }
            return answers.get(verb, b"250 2.0.0 ok\r\n")

    def report() -> None:
        try:
            pipe.recv()
        except EOFError:  # whoever asked is gone
            raise SystemExit from None
        pipe.send(arrived)

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Taker, HOST, 0)
        pipe.send(server.sockets[0].getsockname()[1])
        loop.add_reader(pipe.fileno(), report)
        await server.serve_forever()

    asyncio.run(serve())


async def push(ports: Sequence[int], letters: Sequence[Letter], sessions: int) -> list[float]:
    """Send all letters over ``sessions`` connections kept open, spread evenly over ``ports``; the seconds from MAIL
    FROM to the final 250 of each."""
    waiting = iter(letters)
    took: list[float] = []

    async def session(number: int) -> None:
        reader, writer = await asyncio.open_connection(HOST, ports[number % len(ports)])
        await _reply(reader)
        await _say(reader, writer, b"EHLO load.example.net")
        for letter in waiting:
            begun = time.monotonic()
            await _say(reader, writer, f"MAIL FROM:<{letter.sender}>".encode())
            await _say(reader, writer, f"RCPT TO:<{letter.recipient}>".encode())
            await _say(reader, writer, b"DATA")
            await _say(reader, writer, letter.content + b"\r\n.")
            took.append(time.monotonic() - begun)
        await _say(reader, writer, b"QUIT")
        writer.close()

    await asyncio.gather(*map(session, range(sessions)))
    return took


async def _say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: bytes) -> None:
    writer.write(line + b"\r\n")
    await _reply(reader)


async def _reply(reader: asyncio.StreamReader) -> None:
    while True:
        line = await reader.readline()
        if line[:1] not in b"23" or not line:
            raise RuntimeError(f"the server said {line.decode('ascii', 'replace').strip()!r}")
        if line[3:4] != b"-":
            return


async def measure(
    ports: Sequence[int], pids: Sequence[int], sink: Sink, letters: Sequence[Letter], sessions: int
) -> Figures:
    """Put the load through the server whose process trees begin at ``pids``, and wait until all came out."""
    before, begun = sum(map(cpu_seconds, pids)), time.monotonic()
    took = sorted(await push(ports, letters, sessions))
    accepted_in = time.monotonic() - begun
    arrived = await _arrivals(sink, {int(m[1]) for letter in letters if (m := _TOKEN.search(letter.content))})
    delivered_in = max(arrived.values(), default=begun) - begun
    return Figures(
        accepted=len(letters) / accepted_in,
        delivered=len(arrived) / delivered_in if delivered_in else 0.0,
        p50=took[len(took) // 2],
        p99=took[int(len(took) * 0.99)],
        cpu=(sum(map(cpu_seconds, pids)) - before) / len(letters) * 1000,
        lost=len(letters) - len(arrived),
    )


async def _arrivals(sink: Sink, wanted: set[int]) -> dict[int, float]:
    """When each of the ``wanted`` came; those that did not come while nothing came for a while are left out."""
    arrived: dict[int, float] = {}
    quiet_since, last = time.monotonic(), -1
    while len(arrived) < len(wanted) and time.monotonic() - quiet_since < _STALL:
        await asyncio.sleep(0.05)
        arrived = {n: at for n, at in sink.arrived().items() if n in wanted}
        if len(arrived) != last:
            quiet_since, last = time.monotonic(), len(arrived)
    return arrived
