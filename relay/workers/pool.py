"""A pool of workers: queues jobs, gives each to a worker with room, in order, and replaces workers that die."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TypeVar, cast

from relay.model import RebuildOrder, Rebuilt
from relay.outcomes import Returned
from relay.refusals import CannotAnonymise, Refusal, TryLater
from relay.workers.answers import Answer
from relay.workers.orders import ANSWERS, Order, pickled
from relay.workers.settings import WorkerSettings
from relay.workers.worker import Job, Loss, Worker

log = logging.getLogger(__name__)

_DEATHS = 2
"""Workers that may die over one letter. The first may have died of another cause, such as lack of memory."""
_TANGLED = "this letter is too tangled to be made anonymous; please send it again as plain text"
_UNSAFE = (
    "this letter, or a file in it, could not be opened safely; please send its words as plain text, and its files in "
    "another form (a PDF printed anew, for instance)"
)

A = TypeVar("A")


class Workers:
    """A pool of worker processes; the settings give their number. Call ``open`` before use, and ``close`` to end the
    processes."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._all: set[Worker] = set()
        self._waiting: deque[Job] = deque()
        self._retrying: deque[Job] = deque()  # each waits for a process that has had no job yet
        self._connecting: set[asyncio.Task[None]] = set()
        self._idle: asyncio.TimerHandle | None = None
        self._closed = False

    @classmethod
    def for_strangers(cls, settings: WorkerSettings) -> Workers:
        """The pool for refused letters and mail with the null return path, besides the members' pool with these
        ``settings``: see WorkerSettings.for_strangers."""
        return cls(settings.for_strangers())

    async def open(self) -> None:
        """Start the processes, unless the settings start them with the first job."""
        if not self._settings.idle:
            self._start_missing()
            await asyncio.gather(*self._connecting)

    async def close(self) -> None:
        """End the processes. Waiting jobs get TryLater."""
        self._closed = True
        self._stop_idling()
        await asyncio.gather(*self._connecting, return_exceptions=True)
        ending = [worker.ended for worker in self._all]
        for worker in self._all:
            worker.kill()
        await asyncio.gather(*ending)
        for job in (*self._waiting, *self._retrying):
            job.finish(TryLater())
        self._waiting.clear()
        self._retrying.clear()

    async def rebuild(self, order: RebuildOrder) -> Rebuilt | Returned:
        """Rebuild one letter, or return Returned for automatic mail. Raises like ``run``, and the letter's Refusal."""
        return cast("Rebuilt | Returned", await self._result(order))

    async def run(self, order: Order[A]) -> A:
        """Run one job in a worker. Raises the Refusal that is its result; CannotAnonymise when it takes too long or two
        workers have died over it; TryLater when no worker could run it."""
        return cast(A, await self._result(order))

    async def _result(self, order: object) -> Answer:
        if self._closed:
            raise TryLater
        future: asyncio.Future[Answer | Refusal] = asyncio.get_running_loop().create_future()
        self._waiting.append(Job(pickled(order), ANSWERS[type(order)], future))
        self._stop_idling()
        self._start_missing()
        self._dispatch()
        result = await future
        if isinstance(result, Refusal):
            raise result
        return result

    def _dispatch(self) -> None:
        """Give waiting jobs to workers with room. Strictly in order, so that small letters do not pass a large one for
        ever."""
        while self._waiting:
            job = self._waiting[0]
            if job.result.done():  # its caller is gone
                self._waiting.popleft()
                continue
            free = [worker for worker in self._all if worker.has_room_for(job)]
            if not free:
                return
            min(free, key=lambda worker: worker.load).submit(self._waiting.popleft())

    def _on_room(self, worker: Worker) -> None:
        if self._retrying and not worker.used:
            worker.submit(self._retrying.popleft())
        self._dispatch()
        if self._settings.idle and not self._busy:
            self._stop_idling()
            self._idle = asyncio.get_running_loop().call_later(self._settings.idle, self._retire)

    @property
    def _busy(self) -> bool:
        return bool(self._waiting or self._retrying or any(worker.load for worker in self._all))

    def _stop_idling(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _retire(self) -> None:
        """End processes that had nothing to do for a while."""
        for worker in self._all:
            worker.kill()

    def _on_loss(self, worker: Worker, loss: Loss) -> None:
        """A worker is gone. An idle one is replaced when the next job comes."""
        self._all.discard(worker)
        if loss.culprit is not None:
            self._judge(loss.culprit, loss.late)
        self._waiting.extendleft(reversed(loss.innocent))
        if self._closed:
            return
        if not worker.started:
            log.error("a worker ended before it was ready")
            self._put_off_what_nobody_can_do()
        elif self._busy:
            self._start_missing()
            self._dispatch()

    def _judge(self, job: Job, late: bool) -> None:
        """Decide about a job whose worker was lost over it."""
        if self._closed or job.result.done():
            job.finish(TryLater())
        elif late:
            log.warning("a worker missed its deadline over a letter and was killed; the letter is refused")
            job.finish(CannotAnonymise(_TANGLED))
        elif (deaths := job.deaths + 1) < _DEATHS:
            log.warning("a worker died over a letter; the letter is tried once more in a new worker")
            job.deaths = deaths
            self._retrying.append(job)
        else:
            log.warning("a second worker died over the same letter; the letter is refused")
            job.finish(CannotAnonymise(_UNSAFE))

    def _put_off_what_nobody_can_do(self) -> None:
        """When no process can be started, defer the waiting letters; the next job tries to start processes again."""
        self._put_off(self._retrying)
        if not self._all:
            self._put_off(self._waiting)

    def _put_off(self, jobs: deque[Job]) -> None:
        if jobs:
            log.error("%d letters deferred: no worker could be started for them", len(jobs))
        while jobs:
            jobs.popleft().finish(TryLater())

    def _start_missing(self) -> None:
        """Start the missing processes."""
        for _ in range(self._settings.count - len(self._all)):
            try:
                worker = Worker(self._settings, self._on_room, self._on_loss)
            except OSError as error:  # no memory, processes or descriptors left
                log.error("a worker could not be started: %s", error.strerror)
                self._put_off_what_nobody_can_do()
                return
            self._all.add(worker)
            connecting = asyncio.ensure_future(worker.connect())
            self._connecting.add(connecting)
            connecting.add_done_callback(self._connecting.discard)
