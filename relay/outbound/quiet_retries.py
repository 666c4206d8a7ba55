"""Keeps the next try of a letter of relay's own until the morning when it would be in its reader's quiet hours."""

from __future__ import annotations

from datetime import datetime

from relay.letters.catalogue import catalogue
from relay.letters.notices import Notices
from relay.letters.time_zones import zone_of
from relay.model import Delivery
from relay.policy.quiet_hours import QuietHours


async def not_at_night(delivery: Delivery, due_at: datetime, now: datetime, notices: Notices) -> datetime:
    """When to try ``delivery`` again that was tried ``now``: at ``due_at``, or when the quiet hours end. Raises
    StoreError."""
    programme = notices.writer.settings.programme
    hours = QuietHours.of(programme.quiet_hours)
    if hours is None or not delivery.notice:
        return due_at
    found = await notices.store.journal.show(delivery.journal_id)
    pair_id = found[0].pair_id if found is not None else None
    pair = await notices.store.directory.pair(pair_id) if pair_id is not None else None
    sent = await notices.store.events.sent(pair_id, delivery.journal_id) if pair_id is not None else None
    if pair is None or sent is None or sent.side is None:
        return due_at
    entry = catalogue().get(sent.facts.get("letter", ""))
    zone = zone_of(pair.manner(sent.side).time_zone or programme.time_zone or "UTC")
    # What is tried at night answers something that its reader has just done, and did not wait for the first try either.
    if entry is None or not entry.waits or hours.may_go_at(now, zone) != now:
        return due_at
    return hours.may_go_at(due_at, zone)
