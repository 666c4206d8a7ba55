"""A steady stream of letters, sent as a mail server sends: what is put off, or got no answer, is sent again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from lab.house import HOST
from lab.load import Letter

_AGAIN = 1.0
"""Seconds until a letter that was put off is sent again."""


@dataclass
class Told:
    """What the sender was told: letters taken (250), letters put off or without an answer, refusals for good, and the
    seconds from when a letter was due to its 250, since they were last looked at."""

    taken: int = 0
    put_off: int = 0
    refused: int = 0
    took: list[float] = field(default_factory=list)


class Stream:
    """``write`` makes letter number n; ``rate`` letters a second go to ``port`` over ``sessions`` connections."""

    def __init__(self, port: int, write: Callable[[int], Letter], rate: float, sessions: int = 20) -> None:
        self.told = Told()
        self._port, self._write, self._rate, self._sessions = port, write, rate, sessions
        self._due: asyncio.Queue[tuple[Letter, float] | None] = asyncio.Queue()

    async def run(self, seconds: float) -> int:
        """Send for so long, and then until each was taken or refused. Returns how many letters there were."""
        sessions = [asyncio.create_task(self._session()) for _ in range(self._sessions)]
        begun, number = time.monotonic(), 0
        while (now := time.monotonic() - begun) < seconds:
            while number < now * self._rate:
                self._due.put_nowait((self._write(number), begun + number / self._rate))
                number += 1
            await asyncio.sleep(0.01)
        await self._due.join()
        for _ in sessions:
            self._due.put_nowait(None)
        await asyncio.gather(*sessions)
        return number

    async def _session(self) -> None:
        """One place for a connection; when that is lost, the next is made."""
        while True:
            asked = await self._due.get()
            if asked is None:
                return
            try:
                reader, writer = await asyncio.open_connection(HOST, self._port)
                try:
                    await _reply(reader)
                    await _say(reader, writer, b"EHLO load.example.net")
                    while asked is not None:
                        await self._hand_over(reader, writer, *asked)
                        asked = await self._due.get()
                    await _say(reader, writer, b"QUIT")
                    return
                finally:
                    writer.close()
            except (OSError, EOFError):
                if asked is not None:
                    self._later(*asked)

    async def _hand_over(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, letter: Letter, due: float
    ) -> None:
        answer = b""
        lines = f"MAIL FROM:<{letter.sender}>", f"RCPT TO:<{letter.recipient}>", "DATA"
        for line in (*(line.encode() for line in lines), letter.content + b"\r\n."):
            answer = await _say(reader, writer, line)
            if answer[:1] not in b"23":
                break
        if answer[:1] == b"2":
            self.told.taken += 1
            self.told.took.append(time.monotonic() - due)
            self._due.task_done()
        elif answer[:1] == b"4":
            self._later(letter, due)
            await _say(reader, writer, b"RSET")
        else:
            self.told.refused += 1
            self._due.task_done()
            await _say(reader, writer, b"RSET")

    def _later(self, letter: Letter, due: float) -> None:
        self.told.put_off += 1
        asyncio.get_running_loop().call_later(_AGAIN, self._again, letter, due)

    def _again(self, letter: Letter, due: float) -> None:
        self._due.put_nowait((letter, due))
        self._due.task_done()  # of the time before: never are fewer owed than there are


async def _say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: bytes) -> bytes:
    writer.write(line + b"\r\n")
    return await _reply(reader)


async def _reply(reader: asyncio.StreamReader) -> bytes:
    while True:
        line = await reader.readline()
        if not line:
            raise EOFError
        if line[3:4] != b"-":
            return line
