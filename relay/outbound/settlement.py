"""Settles one delivery try: schedules the next one, or writes notices, and retries until that is recorded."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from relay.letters.notices import Notices
from relay.model import Delivery
from relay.outbound.quiet_retries import not_at_night
from relay.outbound.suspension import Suspending
from relay.outcomes import Deferred, Failed, Outcome, Sent
from relay.policy.delivery_failures import next_try
from relay.policy.rates import Rate
from relay.settings import DeliverySettings
from relay.smtp.client.reply_outcome import OUR_FAULT, unprotected
from relay.store import NO_SECURE_WAY, Acceptance, Settlement, Store, StoreBusyOrFull, StoreError

log = logging.getLogger(__name__)

_STORE_PAUSE = 1.0
_TELL_UNPROTECTED_AFTER = 86400.0  # seconds


@dataclass(frozen=True, slots=True)
class Settling:
    """Settles tries. ``notices`` writes to authors; ``suspending`` suspends recipients whose mailbox is gone; ``daily``
    limits notices to the operator, in the memory of this process."""

    delivery: DeliverySettings
    store: Store
    notices: Notices
    suspending: Suspending
    now: Callable[[], datetime]
    daily: Rate = field(default_factory=lambda: Rate(1, timedelta(days=1)))

    async def settle(self, delivery: Delivery, outcome: Outcome) -> Outcome:
        """Record a try that ended with ``outcome``. Returns the recorded outcome, which is Failed when the last allowed
        try was deferred. Raises StoreError when it cannot be recorded."""
        try:
            settlement = await self._settlement(delivery, outcome)
        except Exception as error:  # the delivery is deferred, and the notice written at a later try
            log.error("%s cannot be settled now: %s", delivery.journal_id, type(error).__name__)
            settlement = self._later(delivery)
        await self._write(delivery, settlement)
        if isinstance(settlement.outcome, Failed):
            await self._check_recipient(delivery, settlement.outcome)
        return settlement.outcome

    async def _settlement(self, delivery: Delivery, outcome: Outcome) -> Settlement:
        now = self.now()
        if isinstance(outcome, Sent):
            log.info("%s delivered, tls=%s", delivery.journal_id, outcome.tls or "none")
            return Settlement(delivery.id, outcome, None, now, octets=len(delivery.content))
        if isinstance(outcome, Deferred):
            due_at = self._next_try(delivery, now)
            if due_at is not None:
                due_at = await not_at_night(delivery, due_at, now, self.notices)
                return await self._deferred(delivery, outcome, due_at, now)
            if unprotected(outcome.status) and not delivery.notice:
                return await self._held(delivery, outcome, now)
            outcome = Failed(outcome.status)
        log.warning("%s failed (%s) after %d tries", delivery.journal_id, outcome.status, delivery.attempts)
        notice = None if delivery.notice else await self.notices.undeliverable(delivery.journal_id, outcome, now)
        return Settlement(delivery.id, outcome, None, now, _without_none(notice), delivery.attempts)

    async def _deferred(self, delivery: Delivery, outcome: Deferred, due_at: datetime, now: datetime) -> Settlement:
        log.info(
            "%s deferred (%s), try %d, next at %s",
            delivery.journal_id,
            outcome.status,
            delivery.attempts,
            due_at.isoformat(sep=" ", timespec="seconds"),
        )
        waited = (now - delivery.created_at).total_seconds()
        said: tuple[Acceptance, ...] = ()
        if unprotected(outcome.status):
            if waited >= _TELL_UNPROTECTED_AFTER:
                said = await self._no_secure_way(delivery, outcome, now, held=False)
        elif waited >= self.delivery.tell_delay_after and not delivery.notice:
            said = _without_none(await self.notices.delayed(delivery, now))
        return Settlement(delivery.id, outcome, due_at, now, said, delivery.attempts)

    async def _held(self, delivery: Delivery, outcome: Deferred, now: datetime) -> Settlement:
        """Hold a letter that could not be sent over the TLS it needs until give_up_after. A person decides then. It is
        neither lost nor sent in the clear."""
        log.warning("%s held (%s) after %d tries", delivery.journal_id, outcome.status, delivery.attempts)
        said = await self._no_secure_way(delivery, outcome, now, held=True)
        return Settlement(delivery.id, outcome, None, now, said, delivery.attempts, NO_SECURE_WAY)

    async def _no_secure_way(
        self, delivery: Delivery, outcome: Deferred, now: datetime, *, held: bool
    ) -> tuple[Acceptance, ...]:
        """The notices to the author, once, and to the operator, once a day for each destination."""
        author = None if delivery.notice else await self.notices.no_secure_way(delivery, now, held=held)
        destination = self.store.queue.destination(delivery.recipient)
        operator = None
        if self.daily.has(destination, now):
            operator = await self.notices.no_secure_way_to_operator(delivery, outcome, now, held=held)
        if operator is not None:
            self.daily.take(destination, now)
        return _without_none(author, operator)

    def _later(self, delivery: Delivery) -> Settlement:
        due_at = self.now() + timedelta(seconds=self.delivery.retry_after[-1])
        return Settlement(delivery.id, Deferred(OUR_FAULT), due_at, self.now(), (), delivery.attempts)

    async def _write(self, delivery: Delivery, settlement: Settlement) -> None:
        """Write the settlement, waiting as long as needed, so that no letter that the next server accepted is sent
        twice."""
        while True:
            try:
                await self.store.queue.settle([settlement])
                return
            except StoreBusyOrFull as full:
                log.error("%s not settled yet, the database cannot take it now: %s", delivery.journal_id, full.what)
                await asyncio.sleep(_STORE_PAUSE)
            except StoreError as error:
                if not settlement.follow_ups:
                    raise
                log.error("%s settled without its notices, which failed: %s", delivery.journal_id, type(error).__name__)
                settlement = replace(settlement, follow_ups=())

    async def _check_recipient(self, delivery: Delivery, outcome: Failed) -> None:
        try:
            await self.suspending.after(delivery.journal_id, outcome.status, self.now())
        except StoreError as error:  # the next failed letter tries again
            log.error("%s: checking its recipient failed: %s", delivery.journal_id, type(error).__name__)

    def _next_try(self, delivery: Delivery, now: datetime) -> datetime | None:
        return next_try(
            delivery.attempts,
            now,
            delivery.created_at,
            self.delivery.retry_after,
            give_up_after=self.delivery.give_up_after,
            jitter=random.random(),  # noqa: S311 -- spreads load, not a secret
        )


def _without_none(*notices: Acceptance | None) -> tuple[Acceptance, ...]:
    return tuple(notice for notice in notices if notice is not None)
