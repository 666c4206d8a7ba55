"""Who reads a letter that was not written to them leaves a trace."""

from __future__ import annotations

from datetime import datetime

from relay.mentoring.names import random_letters
from relay.model import JournalEntry
from relay.store import Store


async def record_reading(store: Store, letter: JournalEntry | None, reason: str, now: datetime) -> None:
    """Record in the journal that ``letter`` (None: every letter) is read, and why. Raises StoreError.

    To be called before the letter is shown: what cannot be recorded is not read.
    """
    what = letter.id if letter is not None else "all letters"
    entry = JournalEntry(
        id=random_letters(13),
        pair_id=letter.pair_id if letter is not None else None,
        side=letter.side if letter is not None else None,
        kind="reading",
        accepted_at=now,
        size_in=0,
        size_out=0,
        outcome="delivered",
        reason=f"{what}: {' '.join(reason.split())[:200]}",
        settled_at=now,
    )
    await store.journal.record(entry)
