"""Suspends members whose mailbox is gone: letters to them are held, and the operator gets a notice."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from relay.letters.notices import Notices
from relay.policy.delivery_failures import gone, unreachable
from relay.settings import Settings
from relay.store import COPY, FROM_OPERATOR, TO_OPERATOR, Store, SuspendedRow

log = logging.getLogger(__name__)

_NEWEST_ENTRIES = 50
"""The number of newest journal entries of a pair that are examined."""


@dataclass(frozen=True, slots=True)
class Suspending:
    """Decides after a failed letter whether its recipient is suspended."""

    settings: Settings
    store: Store
    notices: Notices

    async def after(self, letter_id: str, reason: str, now: datetime) -> None:
        """Suspend the recipient of the letter that just failed for ``reason``, if its mailbox has been gone for
        ``delivery.suspend_after``. Raises StoreError."""
        if not gone(reason):
            return
        found = await self.store.journal.show(letter_id)
        if found is None or found[0].pair_id is None or found[0].side is None:
            return
        if found[0].kind in (
            TO_OPERATOR,
            FROM_OPERATOR,
            COPY,
        ):  # it went to no member's primary address, or to the operator
            return
        pair_id, author = found[0].pair_id, found[0].side
        entries = await self.store.journal.list(pair_id=pair_id, limit=_NEWEST_ENTRIES)
        letters = [entry for entry in entries if entry.kind == "letter" and entry.side == author]
        if not unreachable(letters, timedelta(seconds=self.settings.delivery.suspend_after)):
            return
        pair = await self.store.directory.pair(pair_id)
        identities = await self.store.directory.identities(pair_id)
        if pair is None or identities is None:
            return
        side = author.other
        addresses = identities[0 if side == "mentor" else 1].addresses
        if not addresses:  # the member was deleted
            return
        notice = await self.notices.suspended(pair, side, letter_id, now)
        row = SuspendedRow(pair_id, side, pair.persona(side).name, reason, now)
        if await self.store.suspensions.add(addresses[0], row, notice):
            log.warning("%s failed: the %s of pair %s is suspended, no such mailbox", letter_id, side, pair_id)
