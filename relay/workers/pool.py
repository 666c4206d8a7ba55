"""All workers: each letter goes to one with room, in the order they came; who fails is replaced."""

from __future__ import annotations

import asyncio
import logging
from collections import deque

from relay.model import RebuildOrder, Rebuilt
from relay.refusals import CannotAnonymise, TryLater
from relay.workers.work import WorkerSettings, answered, asked
from relay.workers.worker import Question, Worker

log = logging.getLogger("relay.workers")


class Workers:
    """As many processes as the settings say. ``open`` before use; ``close``, or they stay."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._all: set[Worker] = set()
        self._line: deque[Question] = deque()
        self._hiring: set[asyncio.Task[None]] = set()
        self._closed = False

    async def open(self) -> None:
        """Start the processes."""
        for _ in range(self._settings.count):
            await self._hire()

    async def close(self) -> None:
        """End the processes."""
        self._closed = True
        left = [*self._line, *(question for worker in self._all for question in worker.end())]
        self._line.clear()
        self._all.clear()
        for question in left:
            if not question.answer.done():
                question.answer.set_exception(ConnectionResetError())
        await asyncio.gather(*self._hiring, return_exceptions=True)

    async def rebuild(self, order: RebuildOrder) -> Rebuilt:
        """Rebuild one letter. Raises its Refusal; TryLater when a worker was lost over a letter that another one might
        manage, CannotAnonymise when the letter itself takes too long."""
        question = Question(asked(order), asyncio.get_running_loop().create_future())
        self._line.append(question)
        self._go_on()
        try:
            return answered(await question.answer)
        except TimeoutError as late:
            raise CannotAnonymise(
                "this letter is too tangled to be made anonymous; please send it again as plain text"
            ) from late
        except OSError as lost:
            raise TryLater from lost

    def _go_on(self) -> None:
        """Hand out what waits, as far as there is room. Strictly in order: a large letter is not passed by small ones
        for ever."""
        while self._line:
            question = self._line[0]
            if question.answer.done():  # whoever asked has gone
                self._line.popleft()
                continue
            worker = self._with_room(question)
            if worker is None:
                return
            if worker.alive:
                worker.ask(self._line.popleft())
            else:
                self._bury(worker)

    def _with_room(self, question: Question) -> Worker | None:
        free = [worker for worker in self._all if worker.has_room_for(question)]
        return min(free, key=lambda worker: worker.load, default=None)

    def _bury(self, worker: Worker) -> None:
        """It died, and its socket has not told yet. At rest (the system was short of memory, say) that is no letter's
        fault."""
        questions = worker.end()
        if questions:
            self._lost(worker, ConnectionResetError(), questions)
        else:
            self._replace(worker)

    def _lost(self, worker: Worker, error: OSError, questions: list[Question]) -> None:
        """A worker is gone, or too late, over the first of its questions; the others are asked again."""
        if worker not in self._all or not questions:  # who died at rest is replaced when the next letter comes
            return
        late = isinstance(error, TimeoutError)
        log.warning("a worker %s over a letter, and was replaced", "took too long" if late else "died")
        if not questions[0].answer.done():
            questions[0].answer.set_exception(error)
        self._line.extendleft(reversed(questions[1:]))
        self._replace(worker)

    def _replace(self, worker: Worker) -> None:
        self._all.discard(worker)
        worker.end()
        if not self._closed:
            hiring = asyncio.ensure_future(self._hire())
            self._hiring.add(hiring)
            hiring.add_done_callback(self._hiring.discard)

    async def _hire(self) -> None:
        worker = Worker(self._settings, self._go_on, self._lost)
        self._all.add(worker)
        await worker.connect()
        self._go_on()
