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
_PATIENCE = 60.0
"""Seconds for an answer, a tenth of what a mail server gives the dot (RFC 5321 4.5.3.2.6)."""


@dataclass
class Told:
    """What the sender was told: letters taken (250), letters put off or without an answer, those among them that got
    none for too long, refusals for good, and the seconds from when a letter was due to its 250, since they were last
    looked at."""

    taken: int = 0
    put_off: int = 0
    unanswered: int = 0
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
        begun, number = time.monotonic(), 0
        async with asyncio.TaskGroup() as sessions:
            for _ in range(self._sessions):
                sessions.create_task(self._session())
            while (now := time.monotonic() - begun) < seconds:
                while number < now * self._rate:
                    self._due.put_nowait((self._write(number), begun + number / self._rate))
                    number += 1
                await asyncio.sleep(0.01)
            await self._due.join()
            for _ in range(self._sessions):
                self._due.put_nowait(None)
        return number

    async def _session(self) -> None:
        """One place for a connection; when that is lost, or its letter not taken, the next letter gets a new one."""
        line: _Line | None = None
        while (asked := await self._due.get()) is not None:
            letter, due = asked
            try:
                line = line or await _Line.open(self._port)
                answer = await line.hand_over(letter)
            except TimeoutError:
                self.told.unanswered += 1
                answer = b""
            except (OSError, EOFError):
                answer = b""
            if line is not None and not answer.startswith(b"2"):
                line.close()
                line = None
            self._note(answer, letter, due)
        if line is not None:
            line.close()

    def _note(self, answer: bytes, letter: Letter, due: float) -> None:
        """What became of a letter that was tried once: no answer is one that puts it off."""
        if answer.startswith(b"2"):
            self.told.taken += 1
            self.told.took.append(time.monotonic() - due)
            self._due.task_done()
        elif answer.startswith(b"5"):
            self.told.refused += 1
            self._due.task_done()
        else:
            self.told.put_off += 1
            asyncio.get_running_loop().call_later(_AGAIN, self._again, letter, due)

    def _again(self, letter: Letter, due: float) -> None:
        self._due.put_nowait((letter, due))
        self._due.task_done()  # of the time before: never are fewer owed than there are


class _Line:
    """One connection, greeted."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> _Line:
        """Raises OSError (TimeoutError among them), and EOFError when the server hangs up."""
        line = cls(*await asyncio.open_connection(HOST, port))
        try:
            async with asyncio.timeout(_PATIENCE):
                await line._reply()
            await line._say(b"EHLO load.example.net")
        except (OSError, EOFError):
            line.close()
            raise
        return line

    async def hand_over(self, letter: Letter) -> bytes:
        """The last answer to a letter, a 2 when it was taken. Raises OSError (TimeoutError among them) and EOFError."""
        answer = b""
        lines = f"MAIL FROM:<{letter.sender}>", f"RCPT TO:<{letter.recipient}>", "DATA"
        for line in (*(line.encode() for line in lines), letter.content + b"\r\n."):
            answer = await self._say(line)
            if answer[:1] not in b"23":
                break
        return answer

    def close(self) -> None:
        """Hang up, with a QUIT that waits for no answer."""
        if not self._writer.is_closing():
            self._writer.write(b"QUIT\r\n")
        self._writer.close()

    async def _say(self, line: bytes) -> bytes:
        self._writer.write(line + b"\r\n")
        async with asyncio.timeout(_PATIENCE):
            return await self._reply()

    async def _reply(self) -> bytes:
        while True:
            line = await self._reader.readline()
            if not line:
                raise EOFError
            if line[3:4] != b"-":
                return line
