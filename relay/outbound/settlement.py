"""Settles one try: schedules the next, or writes a notice of delay or failure, and retries until it is recorded."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from relay.letters.notices import Notices
from relay.model import Delivery
from relay.outbound.suspension import Suspending
from relay.outcomes import Deferred, Failed, Outcome, Sent
from relay.policy.delivery_failures import next_try
from relay.settings import DeliverySettings
from relay.smtp.client.reply_outcome import OUR_FAULT
from relay.store import Settlement, Store, StoreBusyOrFull, StoreError

log = logging.getLogger(__name__)

_STORE_PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class Settling:
    """Settles tries. ``notices`` writes to authors; ``suspending`` suspends recipients whose mailbox is gone."""

    delivery: DeliverySettings
    store: Store
    notices: Notices
    suspending: Suspending
    now: Callable[[], datetime]

    async def settle(self, delivery: Delivery, outcome: Outcome) -> Outcome:
        """Record a try that ended with ``outcome``. Returns the outcome recorded: Failed when the last allowed try was
        deferred. Raises StoreError when the database cannot record it at all."""
        try:
            settlement = await self._settlement(delivery, outcome)
        except Exception as error:  # an author who cannot be told now is told at a later try
            log.error("%s cannot be settled now: %s", delivery.journal_id, type(error).__name__)
            settlement = self._later(delivery)
        await self._write(delivery, settlement)
        if isinstance(settlement.outcome, Failed):
            await self._look_at_recipient(delivery, settlement.outcome)
        return settlement.outcome

    async def _settlement(self, delivery: Delivery, outcome: Outcome) -> Settlement:
        now = self.now()
        if isinstance(outcome, Sent):
            log.info("%s delivered", delivery.journal_id)
            return Settlement(delivery.id, outcome, None, now)
        if isinstance(outcome, Deferred):
            due_at = self._next_try(delivery, now)
            if due_at is not None:
                return await self._deferred(delivery, outcome, due_at, now)
            outcome = Failed(outcome.status)
        log.warning("%s failed (%s) after %d tries", delivery.journal_id, outcome.status, delivery.attempts)
        notice = None if delivery.notice else await self.notices.undeliverable(delivery.journal_id, outcome, now)
        return Settlement(delivery.id, outcome, None, now, notice, delivery.attempts)

    async def _deferred(self, delivery: Delivery, outcome: Deferred, due_at: datetime, now: datetime) -> Settlement:
        log.info(
            "%s deferred (%s), try %d, next at %s",
            delivery.journal_id,
            outcome.status,
            delivery.attempts,
            due_at.isoformat(sep=" ", timespec="seconds"),
        )
        late = (now - delivery.created_at).total_seconds() >= self.delivery.tell_delay_after
        notice = await self.notices.delayed(delivery, now) if late and not delivery.notice else None
        return Settlement(delivery.id, outcome, due_at, now, notice, delivery.attempts)

    def _later(self, delivery: Delivery) -> Settlement:
        due_at = self.now() + timedelta(seconds=self.delivery.retry_after[-1])
        return Settlement(delivery.id, Deferred(OUR_FAULT), due_at, self.now(), None, delivery.attempts)

    async def _write(self, delivery: Delivery, settlement: Settlement) -> None:
        """Write it, waiting as long as needed: what the next server accepted must not be sent twice."""
        while True:
            try:
                await self.store.queue.settle([settlement])
                return
            except StoreBusyOrFull:
                log.error("%s not settled yet: the database cannot take it now", delivery.journal_id)
                await asyncio.sleep(_STORE_PAUSE)
            except StoreError as error:
                if settlement.follow_up is None:
                    raise
                log.error("%s: its author could not be told: %s", delivery.journal_id, type(error).__name__)
                settlement = replace(settlement, follow_up=None)

    async def _look_at_recipient(self, delivery: Delivery, outcome: Failed) -> None:
        try:
            await self.suspending.after(delivery.journal_id, outcome.status, self.now())
        except StoreError as error:  # the next failed letter tries again
            log.error("%s: its recipient could not be checked: %s", delivery.journal_id, type(error).__name__)

    def _next_try(self, delivery: Delivery, now: datetime) -> datetime | None:
        return next_try(
            delivery.attempts,
            now,
            delivery.created_at,
            self.delivery.retry_after,
            give_up_after=self.delivery.give_up_after,
            jitter=random.random(),  # noqa: S311 -- spreads load, hides nothing
        )
