"""Load: sends letters to a server over many connections, and waits until they arrive at the next server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from lab.house import HOST
from lab.next_server import TOKEN, NextServer
from lab.resources import cpu_seconds

_STALL = 20.0
"""Letters count as lost when none has arrived for this many seconds."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The measurements of one server.

    ``accepted`` and ``delivered``: letters a second. ``p50`` and ``p99``: percentiles of the seconds from MAIL to the
    final 250. ``cpu``: CPU milliseconds of its process tree for each letter. ``lost``: letters that did not arrive.
    """

    accepted: float
    delivered: float
    p50: float
    p99: float
    cpu: float
    lost: int


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to send. ``content`` is dot-stuffed, and its subject holds a token LOADnnnnnnnn."""

    sender: str
    recipient: str
    content: bytes


async def push(ports: Sequence[int], letters: Sequence[Letter], sessions: int) -> list[float]:
    """Send all letters over ``sessions`` connections, spread evenly over ``ports``.

    Returns the seconds from MAIL FROM to the final 250 of each. Raises RuntimeError for a reply other than 2xx and 3xx.
    """
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
            raise RuntimeError(f"the server replied {line.decode('ascii', 'replace').strip()!r}")
        if line[3:4] != b"-":
            return


async def measure(
    ports: Sequence[int], pids: Sequence[int], server: NextServer, letters: Sequence[Letter], sessions: int
) -> Figures:
    """Send the letters to the server with the processes ``pids``, and wait until they arrive at the next server."""
    before, begun = sum(map(cpu_seconds, pids)), time.monotonic()
    took = sorted(await push(ports, letters, sessions))
    accepted_in = time.monotonic() - begun
    arrived = await _arrivals(server, {int(m[1]) for letter in letters if (m := TOKEN.search(letter.content))})
    delivered_in = max(arrived.values(), default=begun) - begun
    return Figures(
        accepted=len(letters) / accepted_in,
        delivered=len(arrived) / delivered_in if delivered_in else 0.0,
        p50=took[len(took) // 2],
        p99=took[int(len(took) * 0.99)],
        cpu=(sum(map(cpu_seconds, pids)) - before) / len(letters) * 1000,
        lost=len(letters) - len(arrived),
    )


async def _arrivals(server: NextServer, wanted: set[int]) -> dict[int, float]:
    """The number of each ``wanted`` letter → when it arrived. Letters that count as lost are left out."""
    arrived: dict[int, float] = {}
    quiet_since, last = time.monotonic(), -1
    while len(arrived) < len(wanted) and time.monotonic() - quiet_since < _STALL:
        await asyncio.sleep(0.05)
        arrived = {n: at for n, at in server.arrived().items() if n in wanted}
        if len(arrived) != last:
            quiet_since, last = time.monotonic(), len(arrived)
    return arrived
