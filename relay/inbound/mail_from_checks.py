"""Checks at MAIL FROM: whether a client may begin a letter at all, before a single octet of it is read.

The answer is the same for member and stranger: it depends on what came from this client before, and on the disk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from relay.model import Envelope
from relay.policy.peers import network
from relay.policy.rate import Rate
from relay.refusals import AuthorshipUnknown, Refusal, StoreFull, Stranger, TooMuchMail
from relay.settings import Settings

TOO_MANY_STRANGERS = "too much from your server could not be taken; please try again later"


@dataclass(frozen=True, slots=True)
class MailFromChecks:
    """``strangers`` has a rate limit for each network, of letters that no member wrote: proving each costs DNS queries
    and arithmetic, and a flood of them is an attack. ``free`` tells the octets left on the disk; None: the database is
    on another machine."""

    strangers: Rate
    free: Callable[[], int] | None
    now: Callable[[], datetime]

    @classmethod
    def of(cls, settings: Settings, free: Callable[[], int] | None, now: Callable[[], datetime]) -> MailFromChecks:
        """With buckets as the settings say. Behind another mail server every letter comes from the same peer."""
        limits = settings.limits
        most = limits.counted(limits.strangers_per_peer) if settings.authenticity.verify == "self" else 0
        return cls(Rate(most), free, now)

    def __call__(self, peer: str, size: int) -> None:
        """Raises TooMuchMail or StoreFull. ``size`` is what the client announced in octets (RFC 1870), 0 for nothing: a
        letter is kept as it leaves and written to the log first, so it needs room twice."""
        if not self.strangers.has(network(peer), self.now()):
            raise TooMuchMail(TOO_MANY_STRANGERS)
        if size and self.free is not None and self.free() < 2 * size:
            raise StoreFull

    def counted(self, envelope: Envelope, refusal: Refusal) -> None:
        """Remember that a letter was refused, when it was a stranger's."""
        if isinstance(refusal, Stranger | AuthorshipUnknown):
            self.strangers.take(network(envelope.peer), self.now())
