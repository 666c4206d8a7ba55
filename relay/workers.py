"""Runs the pure middle in disposable processes, with a deadline and a memory limit.

Hostile mail can make any parser slow, deep or hungry. So no letter is opened in the server's own process: a worker
that runs out of time, memory or luck is replaced, its letter is refused, and every other letter goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import multiprocessing
import os
import pickle
import resource
import signal
import socket
import struct
import sys
from dataclasses import dataclass
from multiprocessing.context import SpawnProcess

from relay.message.sign import Signer
from relay.model import RebuildOrder, Rebuilt, Removal
from relay.rebuild import rebuild
from relay.refusals import CannotAnonymise, HeldForCoordinator, Malformed, Refusal, StillIdentifying, TryLater

log = logging.getLogger("relay.workers")

_LENGTH = struct.Struct("!Q")
_REFUSALS: dict[str, type[Refusal]] = {
    kind.__name__: kind for kind in (CannotAnonymise, StillIdentifying, HeldForCoordinator, Malformed)
}


class WorkerLost(Exception):  # noqa: N818 -- said as it is
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
    """One process and the socket to it. Answers come in the order of the questions, one at a time."""

    def __init__(self, settings: WorkerSettings) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = socket.socketpair()
        self._ours.setblocking(False)
        self.process: SpawnProcess = context.Process(target=_work, args=(theirs, settings), daemon=True)
        self.process.start()
        theirs.close()
        self._link: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, order: RebuildOrder, deadline: float) -> Rebuilt | Refusal:
        """Have one letter rebuilt. Raises WorkerLost; the worker is then of no more use."""
        try:
            async with asyncio.timeout(deadline):
                return await self._ask(order)
        except (TimeoutError, EOFError, OSError) as error:
            raise WorkerLost from error

    async def _ask(self, order: RebuildOrder) -> Rebuilt | Refusal:
        if self._link is None:
            self._link = await asyncio.open_connection(sock=self._ours)
        reader, writer = self._link
        question = pickle.dumps(order, pickle.HIGHEST_PROTOCOL)
        writer.write(_LENGTH.pack(len(question)))
        writer.write(question)
        await writer.drain()
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        # The worker runs our code, but on a stranger's letter: what it may have become must not run code here.
        return _read_answer(await reader.readexactly(length))

    def end(self) -> None:
        """Stop the process, now."""
        if self._link is not None:
            self._link[1].transport.abort()
        self._ours.close()
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
        worker = await self._living()
        try:
            answer = await worker.ask(order, self._settings.deadline)
        except WorkerLost as lost:
            self._dismiss(worker)
            late = isinstance(lost.__cause__, TimeoutError)
            log.warning("a worker %s over a letter, and was replaced", "took too long" if late else "died")
            if late:
                raise CannotAnonymise(
                    "this letter is too tangled to be made anonymous; please send it again as plain text"
                ) from lost
            raise TryLater from lost
        except BaseException:
            # Cancelled half-way: the socket may hold an answer to nobody's question.
            self._dismiss(worker)
            raise
        self._free.put_nowait(worker)
        if isinstance(answer, Refusal):
            raise answer
        return answer

    async def _living(self) -> _Worker:
        """A free worker. One that died at rest (the system was short of memory, say) is no letter's fault."""
        while not (worker := await self._free.get()).process.is_alive():
            self._dismiss(worker)
        return worker

    def _hire(self) -> None:
        worker = _Worker(self._settings)
        self._all.add(worker)
        self._free.put_nowait(worker)

    def _dismiss(self, worker: _Worker) -> None:
        self._all.discard(worker)
        worker.end()
        self._hire()


def _work(link: socket.socket, settings: WorkerSettings) -> None:
    """What a worker process does until its socket closes."""
    _be_silent()
    # The terminal's Ctrl-C and systemd's TERM go to the group; the server decides when its workers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (settings.memory, settings.memory))
    sys.setrecursionlimit(2000)
    signer = Signer(settings.domain, settings.keys)
    with link.makefile("rwb") as stream:
        while len(head := stream.read(_LENGTH.size)) == _LENGTH.size:
            order: RebuildOrder = pickle.loads(stream.read(*_LENGTH.unpack(head)))  # noqa: S301 -- from our own server
            answer = _written_answer(_answer(order, signer))
            stream.write(_LENGTH.pack(len(answer)) + answer)
            stream.flush()


def _be_silent() -> None:
    """What a library, written in Python or not, says about a letter may quote it: nobody is to hear it. The parent
    tells when a worker is lost. RELAY_TRACEBACK=1 leaves it be, to search for a fault."""
    if not os.environ.get("RELAY_TRACEBACK"):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(nowhere, stream)


def _answer(order: RebuildOrder, signer: Signer) -> Rebuilt | Refusal:
    try:
        return rebuild(order, signer)
    except Refusal as refusal:
        return refusal
    except (MemoryError, RecursionError):
        return CannotAnonymise("this letter is too large or too deeply nested; please send it again as plain text")
    except Exception:  # this is a door: foreign octets come in, and only a refusal may go out
        return CannotAnonymise("this letter could not be understood; please send it again as plain text")


def _written_answer(answer: Rebuilt | Refusal) -> bytes:
    """The answer as JSON and octets: one line, and for a letter its content after it."""
    if isinstance(answer, Refusal):
        return json.dumps({"refusal": type(answer).__name__, "detail": answer.detail}).encode() + b"\n"
    removals = [[r.kind, r.count, r.detail] for r in answer.removals]
    return json.dumps({"removals": removals}).encode() + b"\n" + answer.content


def _read_answer(octets: bytes) -> Rebuilt | Refusal:
    line, _, content = octets.partition(b"\n")
    said = json.loads(line)
    if "refusal" in said:
        return _REFUSALS[said["refusal"]](said["detail"])
    return Rebuilt(content, tuple(Removal(*removal) for removal in said["removals"]))
