"""Checks at MAIL FROM: whether a client may send a letter now, before any of it is read.

The reply depends on the client's earlier letters and on free disk space, never on membership.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from relay.model import Envelope
from relay.policy.peers import network
from relay.policy.rates import Rate
from relay.refusals import AuthorshipUnknown, Refusal, StoreFull, Stranger, TooMuchMail
from relay.settings import Settings

TOO_MANY_STRANGERS = "too much from your server could not be taken; please try again later"


@dataclass(frozen=True, slots=True)
class MailFromChecks:
    """``strangers`` limits the letters from each network that no member wrote: each costs DNS queries and CPU time.
    ``free`` returns the free octets on the disk; None: the database is on another machine."""

    strangers: Rate
    free: Callable[[], int] | None
    now: Callable[[], datetime]

    @classmethod
    def of(cls, settings: Settings, free: Callable[[], int] | None, now: Callable[[], datetime]) -> MailFromChecks:
        """With limits from the settings. Behind another mail server (verify = "upstream") every letter comes from one
        peer, so there is no limit."""
        limits = settings.limits
        most = limits.counted(limits.strangers_per_peer) if settings.authenticity.verify == "self" else 0
        return cls(Rate(most), free, now)

    def __call__(self, peer: str, size: int) -> None:
        """Raises TooMuchMail or StoreFull. ``size``: octets announced by the client (RFC 1870), 0 when not announced. A
        letter needs its size twice: in the write-ahead log and in the database."""
        if not self.strangers.has(network(peer), self.now()):
            raise TooMuchMail(TOO_MANY_STRANGERS)
        if size and self.free is not None and self.free() < 2 * size:
            raise StoreFull

    def counted(self, envelope: Envelope, refusal: Refusal) -> None:
        """Count a refused letter when it was a stranger's."""
        if isinstance(refusal, Stranger | AuthorshipUnknown):
            self.strangers.take(network(envelope.peer), self.now())
