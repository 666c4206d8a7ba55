"""Rate limits of authors and pairs: excess letters are deferred, then held, then released. None is lost.

A letter over the limit gets 450, and its author's server tries again; most letters are accepted at a later try. After
``limits.hold_after`` a deferred letter is accepted and held, before that server gives up; its author is told once.
Held letters are released automatically, oldest first, as the limits allow, or by hand (``relay held``).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from relay.letters.notices import Notices
from relay.model import Route
from relay.policy.rates import Deferrals, Rate, ReplyStorm
from relay.refusals import TooMuchMail
from relay.settings import LimitSettings
from relay.store import OVER_LIMIT, Acceptance, Store

log = logging.getLogger(__name__)

TOO_QUICK = "you two answer each other faster than people write; your server will try again in a while"
MOST_HELD = 200
"""Held letters of one pair at most, so that a sender cannot fill the disk. Further letters are deferred."""


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Counts letters, in memory. ``authors`` has a bucket per member, whatever address they use and whomever they write
    to; ``pairs`` has one per pair, for both members together."""

    store: Store
    notices: Notices
    authors: Rate
    pairs: Rate
    replies: ReplyStorm
    hold_after: timedelta
    deferrals: Deferrals = field(default_factory=Deferrals)

    @classmethod
    def of(cls, limits: LimitSettings, store: Store, notices: Notices) -> RateLimits:
        """With limits from the settings."""
        authors, pairs = Rate(limits.messages_per_hour), Rate(limits.counted(limits.messages_per_pair))
        return cls(store, notices, authors, pairs, ReplyStorm(), timedelta(seconds=limits.hold_after))

    async def held(self, routes: Sequence[Route], written: str, now: datetime, *, answer: bool) -> bool:
        """Whether to hold a letter by the author of ``routes`` with the fingerprint ``written``. False: the limits
        allow it, and it is counted. Raises TooMuchMail while it is to be deferred."""
        refusal = self._counted(routes, now, answer=answer)
        letters = [f"{route.pair_id} {written}" for route in routes]
        if refusal is None:
            for letter in letters:
                self.deferrals.done(letter)
            return False
        if max(self.deferrals.waited(letter, now) for letter in letters) < self.hold_after:
            raise refusal
        if any([await self.store.over_limit.count(route.pair_id) >= MOST_HELD for route in routes]):
            raise refusal
        return True

    async def holding(self, letters: Sequence[Acceptance], routes: Sequence[Route], now: datetime) -> list[Acceptance]:
        """``letters``, one per route, marked as held; and the notice to the author when it is their first held letter
        to this pair."""
        out: list[Acceptance] = []
        for letter, route in zip(letters, routes, strict=True):
            log.warning("%s held: its author or pair is over the rate limit", letter.entry.id)
            out.append(replace(letter, deliveries=tuple(replace(d, held=OVER_LIMIT) for d in letter.deliveries)))
            if not await self.store.over_limit.count(route.pair_id, route.side):
                notice = await self.notices.held_back(letter.entry, now)
                out += [notice] if notice is not None else []
        return out

    async def release(self, now: datetime) -> int:
        """Release held letters as the limits allow, oldest first. Returns how many. Raises StoreError."""
        released = 0
        for row in await self.store.over_limit.rows():
            identities = await self.store.directory.identities(row.pair_id)
            if identities is None:
                continue
            author = identities[0 if row.side == "mentor" else 1].addresses[0]
            if not (self.authors.has(author, now) and self.pairs.has(row.pair_id, now)):
                continue
            if await self.store.over_limit.release(row.delivery_id, now):
                self.authors.take(author, now)
                self.pairs.take(row.pair_id, now)
                log.info("%s released: the rate limit has room again", row.journal_id)
                released += 1
        return released

    def _counted(self, routes: Sequence[Route], now: datetime, *, answer: bool) -> TooMuchMail | None:
        author = routes[0].author.addresses[0]
        if not (self.authors.has(author, now) and all(self.pairs.has(route.pair_id, now) for route in routes)):
            return TooMuchMail()
        if answer and not all(self.replies.take(route.pair_id, route.side, now) for route in routes):
            return TooMuchMail(TOO_QUICK)
        self.authors.take(author, now)
        for route in routes:
            self.pairs.take(route.pair_id, now)
        return None
