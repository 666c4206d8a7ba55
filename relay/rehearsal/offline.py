"""What stands in for the outside world where no mail leaves: proof of authorship, slots for delivery, and delivery."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from relay.assembly import Parts
from relay.authentication.authorship import Authorship
from relay.authentication.verdict import Verdict
from relay.model import Delivery, Envelope
from relay.outbound.settlement import Settling
from relay.outcomes import Sent

_BATCH = 20  # deliveries claimed at a time


async def no_padding(_: float) -> None:
    """Replies are not padded: nobody outside can time them."""


@dataclass(slots=True)
class Proofs:
    """Stands in for SPF, DKIM and DMARC: an author is proven if ``proven`` says so."""

    proven: bool = True

    async def __call__(self, envelope: Envelope, _: str) -> Authorship:
        """The authorship of one envelope: the same verdict for every recipient."""
        return Authorship.same(envelope, Verdict.PASS if self.proven else Verdict.UNPROVEN)


class NoSlots:
    """Gives no slots for delivery, so that every letter goes to the queue, from where ``deliver_due`` takes it."""

    def reserve(self, _: str) -> None:
        """Give no slot."""

    def release(self, _: object) -> None:
        """Do nothing: no slot was given."""

    def take(self, *_: object) -> None:
        """Do nothing: no slot was given."""

    def wake(self) -> None:
        """Do nothing: the queue is read after every action."""


async def deliver_due(parts: Parts, now: Callable[[], datetime], take: Callable[[Delivery], Awaitable[None]]) -> int:
    """Claim a batch of due deliveries, give each to ``take`` instead of a mail server, and record it as sent. Returns
    their number. Raises StoreError."""
    settings = parts.settings.delivery
    claimed = await parts.store.queue.claim(now(), _BATCH, (), in_hand={}, cap=None, lease=settings.lease)
    settling = Settling(settings, parts.store, parts.notices, parts.suspending, now)
    for delivery in claimed.deliveries:
        await take(delivery)
        await settling.settle(delivery, Sent())
    return len(claimed.deliveries)
