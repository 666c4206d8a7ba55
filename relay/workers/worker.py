"""The server's side of one worker: its process, its socket and its jobs."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from relay.refusals import Refusal
from relay.workers.answers import FRAME, Answer, read
from relay.workers.fork_client import fork_server
from relay.workers.settings import WorkerSettings
from relay.workers.shared_buffer import SharedBuffer

_SMALL = 64 * 1024
"""Octets. A letter up to this size takes milliseconds, so another small one may be queued behind it."""
_START = 60.0
"""Seconds that a process may take to start, on a very busy machine."""


@dataclass(slots=True, eq=False)
class Job:
    """A pickled order with its letter, the types that may answer it, and the future of its result. ``deaths``: workers
    that died over it."""

    order: tuple[bytes, bytes | memoryview]
    answers: tuple[type, ...]
    result: asyncio.Future[Answer | Refusal]
    deaths: int = 0

    @property
    def small(self) -> bool:
        """Whether it takes milliseconds, unless the letter is hostile."""
        return sum(map(len, self.order)) <= _SMALL

    def finish(self, result: Answer | Refusal) -> None:
        """Set the result, unless it is already set or cancelled."""
        if not self.result.done():
            self.result.set_result(result)


@dataclass(frozen=True, slots=True)
class Loss:
    """How a worker ended. ``culprit`` is the job it ended over, None when it was idle or had not started yet;
    ``innocent`` are the jobs queued behind that one; ``late``: it missed a deadline."""

    culprit: Job | None
    innocent: tuple[Job, ...]
    late: bool


class Worker(asyncio.Protocol):
    """One process. It runs its jobs in order; a second job waits in the socket, so that the worker need not wait for
    the server between jobs.

    ``on_room`` is called when it is ready or has room again, ``on_loss`` once, when the process has ended. ``started``:
    it has been ready once; ``used``: it has been given a job.
    """

    def __init__(
        self,
        settings: WorkerSettings,
        on_room: Callable[[Worker], None],
        on_loss: Callable[[Worker, Loss], None],
    ) -> None:
        self._settings = settings
        self._on_room, self._on_loss = on_room, on_loss
        self._jobs: deque[Job] = deque()
        self._received = bytearray()
        self._timer: asyncio.TimerHandle | None = None
        self._late: Job | None = None
        self._transport: asyncio.Transport | None = None
        self.started = self.ready = self.used = False
        self.ended = asyncio.get_running_loop().create_future()
        self._ours, theirs = socket.socketpair()
        self._ours.setblocking(False)
        try:
            self.process = fork_server().start_worker(theirs, settings)
        except OSError:
            self._ours.close()
            raise
        finally:
            theirs.close()
        self._buffer = SharedBuffer.new()
        self._buffer.send_to(self._ours)

    async def connect(self) -> None:
        """Connect to the process."""
        self._start_timer(_START)
        await asyncio.get_running_loop().create_unix_connection(lambda: self, sock=self._ours)

    @property
    def load(self) -> int:
        """How many jobs it has."""
        return len(self._jobs)

    def has_room_for(self, job: Job) -> bool:
        """Whether it can take ``job``: any job when idle, a small one behind a single small one."""
        if not self.ready or self._transport is None or self._transport.is_closing():
            return False
        if self._jobs and not (len(self._jobs) == 1 and self._jobs[0].small and job.small):
            return False
        return self.process.alive  # its exit may not be noticed yet

    def submit(self, job: Job) -> None:
        """Give it a job that it has room for."""
        assert self._transport is not None
        self.used = True
        self._jobs.append(job)
        if len(self._jobs) == 1:
            self._start_timer(self._settings.deadline)
        in_buffer = not job.small and self._buffer.put(*job.order)
        frame = FRAME.pack(in_buffer, *map(len, job.order))
        self._transport.write(frame if in_buffer else b"".join((frame, *job.order)))

    def kill(self) -> None:
        """Kill the process. ``on_loss`` is called, and ``ended`` done, when it is gone."""
        self.ready = False
        self.process.kill()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is connected (called by asyncio)."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """A piece of an answer arrived (called by asyncio)."""
        self._received += data
        while len(self._received) >= FRAME.size:
            in_buffer, *lengths = FRAME.unpack_from(self._received)
            end = FRAME.size + (0 if in_buffer else sum(lengths))
            if len(self._received) < end:
                return
            if not any(lengths):
                self._stop_timer()
                self.started = self.ready = True
            elif not self._finish_first(in_buffer, lengths):
                self._received.clear()
                self.kill()
                return
            del self._received[:end]
            self._on_room(self)

    def connection_lost(self, error: Exception | None) -> None:
        """The process has ended, or is about to (called by asyncio)."""
        self._stop_timer()
        self.ready = False
        self._buffer.close()
        self.process.kill()
        late = self.process.wait() == -signal.SIGPROF or self._late is not None
        # An answer may arrive between the deadline and the exit: then the next job is not the culprit.
        guilty = bool(self._jobs) and self._late in (None, self._jobs[0])
        culprit = self._jobs.popleft() if guilty else None
        innocent, self._jobs = tuple(self._jobs), deque()
        self.process.close()
        self._on_loss(self, Loss(culprit, innocent, late))
        self.ended.set_result(None)

    def _finish_first(self, in_buffer: bool, lengths: list[int]) -> bool:
        """Take the answer to the first job. False when it is invalid or answers nothing."""
        if not self._jobs:
            return False
        job = self._jobs[0]
        try:
            if in_buffer:
                line, content = self._buffer.take(*lengths)
            else:
                split = FRAME.size + lengths[0]
                line, content = bytes(self._received[FRAME.size : split]), bytes(self._received[split:][: lengths[1]])
            answer = read(line, content, job.answers)
        except (OSError, ValueError):
            return False
        self._stop_timer()
        self._jobs.popleft()
        if self._jobs:
            self._start_timer(self._settings.deadline)
        job.finish(answer)
        return True

    def _start_timer(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._expire)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _expire(self) -> None:
        self._late = self._jobs[0] if self._jobs else None
        self.kill()
