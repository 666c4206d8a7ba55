"""Runs the pure middle in disposable processes, with a deadline and a memory limit.

Hostile mail can make any parser slow, deep or hungry. So no letter is opened in the server's own process: a worker
that runs out of time, memory or luck is replaced, its letter is refused, and every other letter goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import pickle
import resource
import signal
import socket
import struct
import sys
from dataclasses import dataclass
from multiprocessing.context import SpawnProcess
from typing import cast

from relay.message.sign import Signer
from relay.model import RebuildOrder, Rebuilt, Removal
from relay.rebuild import rebuild
from relay.refusals import CannotAnonymise, HeldForCoordinator, Malformed, Refusal, StillIdentifying, TryLater

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
        self._link: _Link | None = None

    async def ask(self, order: RebuildOrder, deadline: float) -> Rebuilt | Refusal:
        """Have one letter rebuilt within ``deadline`` seconds. Raises WorkerLost; the worker is of no more use then."""
        loop = asyncio.get_running_loop()
        try:
            if self._link is None:
                _, self._link = await loop.create_unix_connection(_Link, sock=self._ours)
            answer = self._link.ask(pickle.dumps(order, pickle.HIGHEST_PROTOCOL))
            late = loop.call_later(deadline, self._link.give_up)
            try:
                # The worker runs our code, but on a stranger's letter: what it may have become must not run code here.
                return _read_answer(await answer)
            finally:
                late.cancel()
        except (TimeoutError, OSError) as error:
            raise WorkerLost from error

    def end(self) -> None:
        """Stop the process, now."""
        if self._link is not None:
            self._link.transport.abort()
        self._ours.close()
        self.process.kill()
        self.process.join()


class _Link(asyncio.Protocol):
    """The server's end of the socket to one worker: one question, then its one answer."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._held = bytearray()
        self._answer: asyncio.Future[bytes] | None = None
        self._gone = False

    def ask(self, question: bytes) -> asyncio.Future[bytes]:
        """Send a question. The future of its answer ends in OSError when the worker dies, and in TimeoutError after
        ``give_up``."""
        self._answer = asyncio.get_running_loop().create_future()
        if self._gone:
            self._answer.set_exception(ConnectionResetError())
        else:
            self.transport.write(_LENGTH.pack(len(question)) + question)
        return self._answer

    def give_up(self) -> None:
        """The answer takes too long."""
        self._end(TimeoutError())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is ours (called by asyncio)."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """A piece of the answer has come (called by asyncio)."""
        self._held += data
        if len(self._held) < _LENGTH.size:
            return
        end = _LENGTH.size + _LENGTH.unpack_from(self._held)[0]
        if len(self._held) >= end:
            answer = bytes(self._held[_LENGTH.size : end])
            del self._held[:end]
            if self._answer is not None and not self._answer.done():
                self._answer.set_result(answer)

    def connection_lost(self, error: Exception | None) -> None:
        """The worker is gone (called by asyncio)."""
        self._gone = True
        self._end(ConnectionResetError())

    def _end(self, error: OSError) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)


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
            if isinstance(lost.__cause__, TimeoutError):
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
