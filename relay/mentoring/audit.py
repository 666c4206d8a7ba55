"""Records as events when an operator reads letters or looks at real addresses."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from relay.model import Event, EventKind, JournalEntry
from relay.store import Member, Store


async def record_reading(store: Store, letter: JournalEntry | None, who: str, why: str, now: datetime) -> None:
    """Record that ``who`` reads ``letter`` (None: all letters), and why. Raises StoreError.

    Call it before the letter is shown, so that no letter is read without a record.
    """
    event = Event(EventKind.READ, now, who=line(who), why=line(why))
    if letter is None:
        event = replace(event, facts={"letters": "all"})
    else:
        event = replace(event, pair_id=letter.pair_id, side=letter.side, journal_id=letter.id)
    await store.events.record([event])


async def record_reveal(store: Store, member: Member, who: str, why: str, now: datetime) -> None:
    """Record that ``who`` looks at the real addresses of ``member``, and why: one event for each of their pairs.

    Raises StoreError.
    """
    events = [
        Event(EventKind.REVEALED, now, part.pair.id, part.side, member.number, who=line(who), why=line(why))
        for part in member.parts
    ]
    await store.events.record(events)


def line(text: str) -> str:
    """An operator's text as one line of at most 200 characters."""
    return " ".join(text.split())[:200]
