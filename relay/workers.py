"""Runs the pure middle in disposable processes, with a deadline and a memory limit.

Hostile mail can make any parser slow, deep or hungry. So no letter is opened in the server's own process: a worker
that runs out of time, memory or luck is replaced, its letter is refused, and every other letter goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import resource
import signal
import sys
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from relay.message.sign import Signer
from relay.model import RebuildOrder, Rebuilt
from relay.rebuild import rebuild
from relay.refusals import CannotAnonymise, Refusal, TryLater


class WorkerLost(Exception):
    """The worker died, or took longer than the deadline, over this letter."""


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """``count`` processes; ``deadline`` seconds a letter; ``memory`` octets of address space each; the domain and
    the (selector, PEM) keys that letters are signed with."""

    count: int
    deadline: float
    memory: int
    domain: str
    keys: tuple[tuple[str, str], ...]


class _Worker:
    """One process and the pipe to it. Answers come in the order of the questions, one at a time."""

    def __init__(self, settings: WorkerSettings) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(target=_work, args=(theirs, settings), daemon=True)
        self.process.start()
        theirs.close()

    async def ask(self, order: RebuildOrder, deadline: float) -> Rebuilt | Refusal:
        """Have one letter rebuilt. Raises WorkerLost; the worker is then of no more use."""
        loop = asyncio.get_running_loop()
        ready = loop.create_future()

        def answered() -> None:
            if not ready.done():
                ready.set_result(None)

        try:
            self._pipe.send(order)
            loop.add_reader(self._pipe.fileno(), answered)
            try:
                await asyncio.wait_for(ready, deadline)
            finally:
                loop.remove_reader(self._pipe.fileno())
            answer: Rebuilt | Refusal = self._pipe.recv()
        except (TimeoutError, EOFError, OSError) as error:
            raise WorkerLost from error
        return answer

    def end(self) -> None:
        """Stop the process, now."""
        self._pipe.close()
        self.process.kill()
        self.process.join()


class Workers:
    """A handful of workers; each letter takes one that is free."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._all: set[_Worker] = set()
        self._free: asyncio.Queue[_Worker] = asyncio.Queue()

    async def open(self) -> None:
        """Start the processes."""
        for _ in range(self._settings.count):
            self._hire()

    async def close(self) -> None:
        """End the processes."""
        for worker in self._all:
            worker.end()
        self._all.clear()

    async def rebuild(self, order: RebuildOrder) -> Rebuilt:
        """Rebuild one letter. Raises its Refusal; TryLater when a first worker was lost over a letter that a second
        one might manage, CannotAnonymise when the letter itself takes too long."""
        worker = await self._free.get()
        try:
            answer = await worker.ask(order, self._settings.deadline)
        except WorkerLost as lost:
            self._dismiss(worker)
            if isinstance(lost.__cause__, TimeoutError):
                raise CannotAnonymise(
                    "this letter is too tangled to be made anonymous; please send it again as plain text"
                ) from lost
            raise TryLater from lost
        except BaseException:
            # Cancelled half-way: the pipe may hold an answer to nobody's question.
            self._dismiss(worker)
            raise
        self._free.put_nowait(worker)
        if isinstance(answer, Refusal):
            raise answer
        return answer

    def _hire(self) -> None:
        worker = _Worker(self._settings)
        self._all.add(worker)
        self._free.put_nowait(worker)

    def _dismiss(self, worker: _Worker) -> None:
        self._all.discard(worker)
        worker.end()
        self._hire()


def _work(pipe: Connection, settings: WorkerSettings) -> None:
    """What a worker process does until its pipe closes."""
    # The terminal's Ctrl-C and systemd's TERM go to the group; the server decides when its workers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (settings.memory, settings.memory))
    sys.setrecursionlimit(2000)
    signer = Signer(settings.domain, settings.keys)
    while True:
        try:
            order = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send(_answer(order, signer))


def _answer(order: RebuildOrder, signer: Signer) -> Rebuilt | Refusal:
    try:
        return rebuild(order, signer)
    except Refusal as refusal:
        return type(refusal)(refusal.detail)
    except (MemoryError, RecursionError):
        return CannotAnonymise("this letter is too large or too deeply nested; please send it again as plain text")
    except Exception:  # this is a door: foreign octets come in, and only a refusal may go out
        return CannotAnonymise("this letter could not be understood; please send it again as plain text")


