"""The server's end of one worker: its process, the socket to it, and the letters it has been given."""

from __future__ import annotations

import asyncio
import multiprocessing
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import SpawnProcess
from typing import cast

from relay.workers.desk import Desk
from relay.workers.work import HEAD, WorkerSettings, work

_SMALL = 64 * 1024
"""Octets. A letter up to this takes milliseconds, so that another small one may wait behind it."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One letter for a worker, and the future of the answer."""

    octets: bytes
    answer: asyncio.Future[bytes]

    @property
    def small(self) -> bool:
        """Whether it will take milliseconds only, unless somebody means harm."""
        return len(self.octets) <= _SMALL


class Worker(asyncio.Protocol):
    """One process. Its questions are answered in their order; the second waits in the socket while the first is worked
    on, so that the worker need not wait for the server between them.

    ``went_on`` is called when it has room again, ``lost`` when it is of no more use: with what happened (TimeoutError,
    ConnectionResetError), the question it happened over, if any, and those behind, which it never looked at.
    """

    def __init__(
        self,
        settings: WorkerSettings,
        went_on: Callable[[], None],
        lost: Callable[[Worker, OSError, list[Question]], None],
    ) -> None:
        self._deadline = settings.deadline
        self._went_on, self._lost = went_on, lost
        self._asked: deque[Question] = deque()
        self._held = bytearray()
        self._late: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None
        self._ours, theirs = socket.socketpair()
        self._ours.setblocking(False)
        context = multiprocessing.get_context("spawn")
        self.process: SpawnProcess = context.Process(target=work, args=(theirs, settings), daemon=True)
        self.process.start()
        theirs.close()
        self._desk = Desk.new()
        self._desk.share(self._ours)

    async def connect(self) -> None:
        """Begin to listen to it."""
        await asyncio.get_running_loop().create_unix_connection(lambda: self, sock=self._ours)

    @property
    def load(self) -> int:
        """How many questions it has."""
        return len(self._asked)

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self._transport is not None and not self._transport.is_closing() and self.process.is_alive()

    def has_room_for(self, question: Question) -> bool:
        """At rest it has room for any; behind a small one for another small one."""
        if self._transport is None:
            return False
        return not self._asked or (len(self._asked) == 1 and self._asked[0].small and question.small)

    def ask(self, question: Question) -> None:
        """Give it a letter."""
        assert self._transport is not None
        self._asked.append(question)
        if len(self._asked) == 1:
            self._begin()
        laid = not question.small and self._desk.put(question.octets)
        self._transport.write(HEAD.pack(laid, len(question.octets)) + (b"" if laid else question.octets))

    def end(self) -> list[Question]:
        """Stop the process, now. Returns the questions it had."""
        self._stop_waiting()
        questions, self._asked = list(self._asked), deque()
        if self._transport is not None:
            self._transport.abort()
        else:
            self._ours.close()
        self._desk.close()
        self.process.kill()
        self.process.join()
        return questions

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is listened to (called by asyncio)."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """A piece of an answer has come (called by asyncio)."""
        self._held += data
        while len(self._held) >= HEAD.size:
            laid, length = HEAD.unpack_from(self._held)
            end = HEAD.size + (0 if laid else length)
            if len(self._held) < end:
                return
            try:
                answer = self._desk.take(length) if laid else bytes(self._held[HEAD.size : end])
            except OSError:  # it is not as it says
                self._stop_waiting()
                self._give_up(ConnectionResetError())
                return
            del self._held[:end]
            self._told(answer)

    def connection_lost(self, error: Exception | None) -> None:
        """The process is gone (called by asyncio)."""
        self._stop_waiting()
        self._give_up(ConnectionResetError())

    def _told(self, answer: bytes) -> None:
        self._stop_waiting()
        question = self._asked.popleft()
        if self._asked:
            self._begin()
        if not question.answer.done():
            question.answer.set_result(answer)
        self._went_on()

    def _begin(self) -> None:
        """From now on the first question is worked on."""
        self._late = asyncio.get_running_loop().call_later(self._deadline, self._give_up, TimeoutError())

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _give_up(self, error: OSError) -> None:
        questions, self._asked = list(self._asked), deque()
        self._lost(self, error, questions)
