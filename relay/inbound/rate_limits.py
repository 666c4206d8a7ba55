"""Rate limits of authors and pairs: a letter too many is deferred, then held, then let go. Never lost, never a flood.

A letter over the limit hears 450, and its author's server tries again; most are taken at a later try. One that was
deferred for ``limits.hold_after`` is taken and held, before that server gives up; its author is told, once. What is
held goes out by itself, oldest first, at the pace that the limits allow, or by hand (``relay held``).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from relay.letters.notices import Notices
from relay.model import Route
from relay.policy.deferrals import Deferrals
from relay.policy.rate import Rate
from relay.policy.reply_storm import ReplyStorm
from relay.refusals import TooMuchMail
from relay.settings import LimitSettings
from relay.store import OVER_LIMIT, Acceptance, Store

log = logging.getLogger(__name__)

TOO_QUICK = "you two answer each other faster than people write; your server will try again in a while"
MOST_HELD = 200
"""Letters of one pair that may be held: whoever sends without end must not fill the disk. Further ones are put off."""


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Counts what is sent, in the memory of this relay. ``authors`` has a bucket for each member, whatever address they
    write from and to whom; ``pairs`` one for both members of a pair together."""

    store: Store
    notices: Notices
    authors: Rate
    pairs: Rate
    replies: ReplyStorm
    hold_after: timedelta
    deferrals: Deferrals = field(default_factory=Deferrals)

    @classmethod
    def of(cls, limits: LimitSettings, store: Store, notices: Notices) -> RateLimits:
        """With buckets as the settings say."""
        authors, pairs = Rate(limits.messages_per_hour), Rate(limits.counted(limits.messages_per_pair))
        return cls(store, notices, authors, pairs, ReplyStorm(), timedelta(seconds=limits.hold_after))

    async def held(self, routes: Sequence[Route], written: str, now: datetime, *, answer: bool) -> bool:
        """Whether a letter by the one author of ``routes``, with the fingerprint ``written``, is to be held; False when
        there is room for it, which is then taken. Raises TooMuchMail while it is to be put off."""
        refusal = self._counted(routes, now, answer=answer)
        letters = [f"{route.pair_id} {written}" for route in routes]
        if refusal is None:
            for letter in letters:
                self.deferrals.done(letter)
            return False
        if max(self.deferrals.waited(letter, now) for letter in letters) < self.hold_after:
            raise refusal
        if any([await self.store.excess.count(route.pair_id) >= MOST_HELD for route in routes]):
            raise refusal
        return True

    async def holding(self, letters: Sequence[Acceptance], routes: Sequence[Route], now: datetime) -> list[Acceptance]:
        """``letters``, one for each of ``routes``, so that they are held, and the notice to their author when it is the
        first time that something of theirs to this pair is."""
        out: list[Acceptance] = []
        for letter, route in zip(letters, routes, strict=True):
            log.warning("%s held: its author or pair is over the rate limit", letter.entry.id)
            out.append(replace(letter, deliveries=tuple(replace(d, held=OVER_LIMIT) for d in letter.deliveries)))
            if not await self.store.excess.count(route.pair_id, route.side):
                notice = await self.notices.held_back(letter.entry, now)
                out += [notice] if notice is not None else []
        return out

    async def release(self, now: datetime) -> int:
        """Let go of what is held as far as there is room, the oldest first. Returns how many. Raises StoreError."""
        released = 0
        for row in await self.store.excess.rows():
            identities = await self.store.directory.identities(row.pair_id)
            if identities is None:
                continue
            author = identities[0 if row.side == "mentor" else 1].addresses[0]
            if not (self.authors.has(author, now) and self.pairs.has(row.pair_id, now)):
                continue
            if await self.store.excess.release(row.delivery_id, now):
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
