"""Who reads a letter that was not written to them, or looks at addresses, leaves a trace among the events."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from relay.model import Event, EventKind, JournalEntry
from relay.store import Member, Store


async def record_reading(store: Store, letter: JournalEntry | None, who: str, why: str, now: datetime) -> None:
    """Record that ``who`` reads ``letter`` (None: every letter), and why. Raises StoreError.

    To be called before the letter is shown: what cannot be recorded is not read.
    """
    event = Event(EventKind.READ, now, who=line(who), why=line(why))
    if letter is None:
        event = replace(event, facts={"letters": "all"})
    else:
        event = replace(event, pair_id=letter.pair_id, side=letter.side, journal_id=letter.id)
    await store.events.record([event])


async def record_reveal(store: Store, member: Member, who: str, why: str, now: datetime) -> None:
    """Record that ``who`` looks at the real addresses of ``member``, and why: once for each of their pairs. Raises
    StoreError."""
    looks = [
        Event(EventKind.REVEALED, now, part.pair.id, part.side, member.number, who=line(who), why=line(why))
        for part in member.parts
    ]
    await store.events.record(looks)


def line(words: str) -> str:
    """An operator's words on one line, and not too long."""
    return " ".join(words.split())[:200]
