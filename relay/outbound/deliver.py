"""Claims due deliveries from the queue, tries each within its lease, and settles it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from relay.letters.notices import Notices
from relay.model import Delivery
from relay.outbound.settlement import Settling
from relay.outbound.slots import SMARTHOST, Admission, ServerBack, ServerDown, Slot
from relay.outbound.suspension import Suspending
from relay.outcomes import Deferred, Outcome, Sent
from relay.settings import Settings
from relay.smtp.client.reply_outcome import BROKEN_OFF, OUR_FAULT
from relay.store import Store, StoreError

log = logging.getLogger(__name__)

_IDLE = 5.0
"""Longest sleep in seconds. Another process may have queued something without waking this one."""
_BLOCKED = 1.0
"""Longest sleep in seconds while a due delivery waits for a slot or a server: others may fall due meanwhile."""
_SOON = 0.05
_STORE_PAUSE = 1.0
_LEASE_MARGIN = 0.1
"""Part of the lease that is reserved for recording the result of a try."""


class Send(Protocol):
    """Hands one letter to the next server, as ``Sender.send`` does."""

    async def __call__(self, *, recipient: str, return_path: str, content: bytes) -> Outcome: ...


class Deliverer:
    """Tries and settles due deliveries, and letters that got a slot when they were accepted."""

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
        self._delivery = settings.delivery
        self._store = store
        self._send = send
        self._now = now
        self._settling = Settling(settings.delivery, store, notices, suspending, now)
        self._admission = Admission(settings.delivery, now())
        self._awake = asyncio.Event()
        self._stopping = False
        self._over = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._slot_free = asyncio.Event()
        self._to_give_back: list[str] = []  # ids: claimed, but no slot was free

    def wake(self) -> None:
        """Signal that a delivery in the queue may be due."""
        self._admission.look_due = True
        self._awake.set()

    def reserve(self, recipient: str) -> Slot | None:
        """A slot for a letter to ``recipient`` that is about to be accepted, so that it need not go through the queue.
        Must be passed to ``take`` or ``release``. None when the letter has to wait in the queue."""
        return self._admission.reserve(self._store.queue.destination(recipient), self._now())

    def release(self, slot: Slot) -> None:
        """Free ``slot``: the letter it was reserved for was not accepted."""
        self._free(slot)

    def take(self, delivery: Delivery, slot: Slot) -> None:
        """Try a delivery now, in the ``slot`` reserved for it. After ``stop`` it stays in the queue."""
        if self._over:
            self._free(slot)
        else:
            self._begin(delivery, slot)

    async def run(self) -> None:
        """Deliver until ``stop``."""
        while not self._stopping:
            self._awake.clear()
            try:
                claimed = await self._claim()
                pause = 0.0 if claimed else await self._until_next()
            except StoreError as error:
                log.error("the queue cannot be read now: %s", type(error).__name__)
                claimed, pause = 0, _STORE_PAUSE
            if not claimed:
                try:
                    await asyncio.wait_for(self._awake.wait(), pause)
                except TimeoutError:
                    self._admission.look_due = True
        with contextlib.suppress(StoreError):  # then the next start, or their leases' end, returns them
            await self._give_back()

    async def stop(self, patience: float) -> None:
        """Start nothing new, and finish running tries within ``patience`` seconds. Unfinished deliveries stay in the
        queue and are tried again after the next start."""
        self._stopping = True
        self._admission.close()
        self._awake.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while self._admission.slots.taken:  # a reserved slot becomes a task, too
                    self._slot_free.clear()
                    await self._slot_free.wait()
        self._over = True
        late = set(self._tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _claim(self) -> int:
        """Claim deliveries that are due and allowed, and begin them. Returns how many were claimed. Raises StoreError:
        ``run`` tries again after a pause."""
        await self._give_back()
        look = self._admission.look(self._now())
        if look is None:
            return 0
        claimed = await self._store.queue.claim(
            self._now(),
            look.limit,
            look.exclude,
            in_hand=look.in_hand,
            cap=look.cap,
            lease=self._delivery.lease,
        )
        destinations = [claimed.destinations[delivery.id] for delivery in claimed.deliveries]
        slots = self._admission.looked(look, destinations, claimed.behind, more=claimed.cut)
        for delivery, slot in zip(claimed.deliveries, slots, strict=True):
            if slot is None:
                self._to_give_back.append(delivery.id)
            else:
                self._begin(delivery, slot)
        if self._admission.look_due:
            self._awake.set()
        return len(claimed.deliveries)

    async def _give_back(self) -> None:
        """Return claimed deliveries without a slot to the queue, because a slot may become free after their lease."""
        if self._to_give_back:
            await self._store.queue.give_back(self._to_give_back)
            self._to_give_back.clear()

    async def _until_next(self) -> float:
        """Seconds until something is due, at most _IDLE."""
        due_at = await self._store.queue.next_due_at()
        if due_at is None:
            return _IDLE
        wait = (due_at - self._now()).total_seconds()
        if wait > 0:
            return min(_IDLE, wait)
        return _BLOCKED if self._admission.held_up(self._now()) else _SOON

    def _begin(self, delivery: Delivery, slot: Slot) -> None:
        task = asyncio.create_task(self._deliver(delivery, slot))
        self._tasks.add(task)
        task.add_done_callback(lambda task: self._done(task, slot))

    def _done(self, task: asyncio.Task[None], slot: Slot) -> None:
        self._tasks.discard(task)
        self._free(slot)

    def _free(self, slot: Slot) -> None:
        if self._admission.release(slot, self._now()):
            self._awake.set()
        self._slot_free.set()

    async def _deliver(self, delivery: Delivery, slot: Slot) -> None:
        outcome = await self._try(delivery, slot.until)
        if outcome is None:
            return
        self._learn(slot.destination, outcome)
        try:
            settled = await self._settling.settle(delivery, outcome)
        except StoreError as error:
            log.error("%s not settled, and left until its lease expires: %s", delivery.journal_id, type(error).__name__)
            return
        if not isinstance(settled, Sent):
            self.wake()  # there is a retry to schedule, or a notice to send

    async def _try(self, delivery: Delivery, until: datetime) -> Outcome | None:
        """Send once, ending before the lease does, because then another process may try. None when no time is left: the
        delivery is recovered when its lease expires."""
        seconds = (until - self._now()).total_seconds() - self._delivery.lease * _LEASE_MARGIN
        if seconds <= 0:
            log.warning("%s not tried: its lease is about to expire", delivery.journal_id)
            return None
        try:
            async with asyncio.timeout(seconds):
                return await self._send(
                    recipient=delivery.recipient, return_path=delivery.return_path, content=delivery.content
                )
        except TimeoutError:
            return Deferred(BROKEN_OFF)
        except Exception as error:  # the delivery must go back to the queue
            log.error("%s not tried, error in relay: %s", delivery.journal_id, type(error).__name__)
            return Deferred(OUR_FAULT)

    def _learn(self, destination: str, outcome: Outcome) -> None:
        change = self._admission.learn(destination, outcome, self._now())
        if isinstance(change, ServerDown):
            log.warning("no reply from %s: not tried for %d s", self._name(change.server), change.seconds)
        elif isinstance(change, ServerBack):
            log.info("%s replies again", self._name(change.server))

    def _name(self, server: str) -> str:
        """The smarthost as configured; another server by its opaque key, because its domain may be a member's own."""
        smarthost = self._delivery.smarthost
        if server == SMARTHOST and smarthost is not None:
            return f"the smarthost {smarthost.host} port {smarthost.port}"
        return f"server {server[:12]}"
