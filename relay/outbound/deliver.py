"""What is due goes out: settle each delivery, or give it back to the queue."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from relay.letters.notices import Notices
from relay.model import Delivery
from relay.outbound.slots import Line, Place, Places
from relay.outbound.suspension import Suspending
from relay.outcomes import Deferred, Failed, Outcome, Sent
from relay.policy.breaker import Breaker
from relay.policy.retry import next_try
from relay.settings import Settings
from relay.store import Settlement, Store, StoreBusyOrFull, StoreError

log = logging.getLogger("relay.deliver")

_IDLE = 5.0
"""Longest sleep, in seconds: waking is a hint, the queue is the truth (another process may have put something in)."""
_LOOK = timedelta(seconds=1)
"""After so long without a look into the queue the next letter that is through brings one, for the same reason."""
_FULL = 1.0
"""The same while somebody is due whose server has no place or is left alone: others may fall due behind them."""
_STORE_PAUSE = 1.0
_LEFT_ALONE = 30.0
"""Seconds for which a server that cannot be reached is left alone at first; ten times as long at most."""
_SMARTHOST = "smarthost"
_NOBODY_THERE = ("4.4.1", "4.4.2")  # RFC 3463 3.5: no answer from host, bad connection


class Send(Protocol):
    """The door out, as smtp.send gives it."""

    async def __call__(self, *, recipient: str, return_path: str, content: bytes) -> Outcome: ...


class Deliverer:
    """Takes what is due from the queue, a few at a time to one destination, and settles each."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        send: Send,
        notices: Notices,
        *,
        suspending: Suspending,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._store = store
        self._send = send
        self._notices = notices
        self._suspending = suspending
        self._now = now
        self._awake = asyncio.Event()
        self._stopping = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._places = Places(settings.delivery.concurrency, _cap(settings))
        self._line = Line()
        self._look = True  # something may be due that nobody tries
        self._looked_at = now()
        self._standing: list[str] = []  # ids: taken, found no place, and not given back to the queue yet
        self._over = False
        self._idle = asyncio.Event()
        waits = settings.delivery.retry_after
        self._breaker = Breaker(min(waits[0], _LEFT_ALONE), min(waits[-1], _LEFT_ALONE * 10))

    def wake(self) -> None:
        """Something may be due."""
        self._look = True
        self._awake.set()

    def reserve(self, recipient: str) -> Place | None:
        """Keep a place for a letter to ``recipient`` that is about to be accepted, so that it need not go through the
        queue. ``take`` or ``release`` it. None when it has to wait its turn: others wait for the same server, or there
        is no place, or the server is left alone."""
        destination = self._store.queue.destination(recipient)
        now = self._now()
        if self._stopping or self._line.has(destination):
            return None
        if self._server(destination) in self._breaker.down(now) or not self._places.enter(destination):
            self._line.join(destination)
            return None
        return Place(destination, now + timedelta(seconds=self._settings.delivery.lease))

    def release(self, place: Place) -> None:
        """Nothing came of the letter that ``place`` was kept for."""
        self._leave(place.destination)

    def take(self, delivery: Delivery, place: Place) -> None:
        """Try a delivery now, in the ``place`` that was kept for it; after ``stop`` it stays in the queue."""
        if self._over:
            self._leave(place.destination)
        else:
            self._begin(delivery, place.destination)

    async def run(self) -> None:
        """Deliver until ``stop``."""
        while not self._stopping:
            self._awake.clear()
            try:
                claimed = await self._claim()
                pause = 0.0 if claimed else await self._until_next()
            except StoreError as error:
                log.error("the queue cannot be read just now: %s", type(error).__name__)
                claimed, pause = 0, _STORE_PAUSE
            if not claimed:
                try:
                    await asyncio.wait_for(self._awake.wait(), pause)
                except TimeoutError:
                    self._look = True  # something has fallen due, or another process has put something in
        with contextlib.suppress(StoreError):  # then the next start, or the end of the lease, does it
            await self._give_back()

    async def stop(self, patience: float) -> None:
        """Take nothing more, and finish what is in hand within ``patience`` seconds. What is not finished then stays in
        the queue and is tried again at the next start."""
        self._stopping = True
        self._awake.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while self._places.taken:  # a place reserved becomes a task, too
                    self._idle.clear()
                    await self._idle.wait()
        self._over = True
        late = set(self._tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _claim(self) -> int:
        """Take what is due and has a place. Returns how many; 0 also when there was no place to look for."""
        await self._give_back()
        now = self._now()
        down = self._breaker.down(now)
        if not self._look:
            return 0
        if self._places.free <= 0 or _SMARTHOST in down:
            self._line.grow()  # whoever waits goes before whoever comes
            return 0
        self._look, self._looked_at = False, now
        full = [*self._places.full(), *down]
        try:
            claimed = await self._store.queue.claim(
                now,
                self._places.free,
                full,
                in_hand=self._places.taken,
                cap=self._places.cap,
                lease=self._settings.delivery.lease,
            )
        except StoreError:
            self._look = True
            raise
        self._line.see((*full, *claimed.behind), more=claimed.cut)
        for delivery in claimed.deliveries:
            self._seat(delivery, claimed.destinations[delivery.id])
        # While it looked, letters that were through may have left places for those it passed over.
        passed = {*full, *claimed.behind}.difference(down)
        if self._places.free > 0 and (claimed.cut or passed.difference(self._places.full())):
            self.wake()
        return len(claimed.deliveries)

    def _seat(self, delivery: Delivery, destination: str) -> None:
        """Begin what was taken. While it was, letters that came may have had the place it was taken for."""
        if not self._stopping and self._places.enter(destination):
            self._begin(delivery, destination)
            return
        self._standing.append(delivery.id)
        if self._places.free <= 0:
            self._line.grow()
        self._line.join(destination)

    async def _give_back(self) -> None:
        """What found no place waits in the queue: a place may be long in coming, and the lease runs."""
        if self._standing:
            await self._store.queue.give_back(self._standing)
            self._standing.clear()

    def _begin(self, delivery: Delivery, destination: str) -> None:
        task = asyncio.create_task(self._deliver(delivery, destination))
        self._tasks.add(task)
        task.add_done_callback(lambda task: self._done(task, destination))

    def _done(self, task: asyncio.Task[None], destination: str) -> None:
        self._tasks.discard(task)
        self._leave(destination)

    def _leave(self, destination: str) -> None:
        self._places.leave(destination)
        self._idle.set()
        if self._line.has(destination) or self._now() - self._looked_at > _LOOK:
            self.wake()

    async def _until_next(self) -> float:
        due_at = await self._store.queue.next_due_at()
        if due_at is None:
            return _IDLE
        wait = (due_at - self._now()).total_seconds()
        if wait > 0:
            return min(_IDLE, wait)
        # Due already, yet not claimed: its destination is at its cap, or left alone.
        return _FULL if self._tasks or self._breaker.down(self._now()) else 0.05

    async def _deliver(self, delivery: Delivery, destination: str) -> None:
        try:
            # After the lease somebody else may try: then we must have stopped.
            async with asyncio.timeout(self._settings.delivery.lease * 0.9):
                outcome = await self._send(
                    recipient=delivery.recipient, return_path=delivery.return_path, content=delivery.content
                )
        except TimeoutError:
            outcome = Deferred("4.4.2")
        except Exception as error:  # a door: whatever goes wrong there, the delivery goes back to the queue
            log.error("%s delivery stumbled: %s", delivery.journal_id, type(error).__name__)
            outcome = Deferred("451 4.3.0")
        self._learn(destination, outcome)
        try:
            settlement = await self._settlement(delivery, outcome)
        except Exception as error:  # the same door: an author who cannot be told now is told later, not never
            log.error("%s cannot be concluded now: %s", delivery.journal_id, type(error).__name__)
            again_at = self._now() + timedelta(seconds=self._settings.delivery.retry_after[-1])
            settlement = Settlement(delivery.id, Deferred("451 4.3.0"), again_at, self._now())
        await self._settle(delivery, settlement)
        if isinstance(settlement.outcome, Failed):
            await self._give_up_on(delivery, settlement.outcome)
        if not isinstance(settlement.outcome, Sent):
            self.wake()  # there is something to try again, or a notice to send

    async def _give_up_on(self, delivery: Delivery, outcome: Failed) -> None:
        try:
            await self._suspending.after(delivery.journal_id, outcome.status, self._now())
        except StoreError as error:  # the next letter that fails brings it up again
            log.error("%s: its recipient could not be looked at: %s", delivery.journal_id, type(error).__name__)

    def _learn(self, destination: str, outcome: Outcome) -> None:
        """Whether the server was there: the smarthost, or the recipient's own."""
        server = self._server(destination)
        if isinstance(outcome, Deferred) and outcome.status in _NOBODY_THERE:
            self._breaker.failed(server, self._now())
        else:
            self._breaker.answered(server)

    def _server(self, destination: str) -> str:
        return destination if self._settings.delivery.smarthost is None else _SMARTHOST

    async def _settle(self, delivery: Delivery, settlement: Settlement) -> None:
        """Write down what became of a delivery, however long that takes: what the next server took must not be sent
        twice."""
        while True:
            try:
                await self._store.queue.settle([settlement])
                return
            except StoreBusyOrFull:
                log.error("%s not settled yet: the database cannot take it now", delivery.journal_id)
                await asyncio.sleep(_STORE_PAUSE)
            except StoreError as error:
                if settlement.follow_up is None:
                    raise
                log.error("%s: its author could not be told: %s", delivery.journal_id, type(error).__name__)
                settlement = replace(settlement, follow_up=None)

    async def _settlement(self, delivery: Delivery, outcome: Outcome) -> Settlement:
        now = self._now()
        if isinstance(outcome, Sent):
            log.info("%s delivered", delivery.journal_id)
            return Settlement(delivery.id, outcome, None, now)
        if isinstance(outcome, Deferred):
            due_at = self._next_try(delivery, now)
            if due_at is not None:
                log.info("%s deferred (%s), try %d", delivery.journal_id, outcome.status, delivery.attempts)
                late = (now - delivery.created_at).total_seconds() >= self._settings.delivery.tell_delay_after
                word = await self._notices.delayed(delivery, now) if late and not delivery.notice else None
                return Settlement(delivery.id, outcome, due_at, now, word)
            outcome = Failed(outcome.status)
        log.warning("%s failed (%s) after %d tries", delivery.journal_id, outcome.status, delivery.attempts)
        follow_up = None if delivery.notice else await self._notices.undeliverable(delivery.journal_id, outcome, now)
        return Settlement(delivery.id, outcome, None, now, follow_up)

    def _next_try(self, delivery: Delivery, now: datetime) -> datetime | None:
        d = self._settings.delivery
        jitter = random.random()  # noqa: S311 -- spreads load, hides nothing
        made, began = delivery.attempts, delivery.created_at
        return next_try(made, now, began, d.retry_after, give_up_after=d.give_up_after, jitter=jitter)


def _cap(settings: Settings) -> int:
    """How many deliveries to one destination may be in hand: never all, or a slow one would stop every other."""
    delivery = settings.delivery
    if delivery.smarthost is None:
        return delivery.per_destination
    return max(1, delivery.concurrency * 3 // 4)
