"""Who reads a letter that was not written to them, looks at addresses or forgets a person, leaves a trace."""

from __future__ import annotations

from datetime import datetime

from relay.model import JournalEntry, Side
from relay.policy.recipients import random_letters
from relay.store import Part, Store


async def record_reading(store: Store, letter: JournalEntry | None, reason: str, now: datetime) -> None:
    """Record in the journal that ``letter`` (None: every letter) is read, and why. Raises StoreError.

    To be called before the letter is shown: what cannot be recorded is not read.
    """
    what = letter.id if letter is not None else "all letters"
    pair_id, side = (letter.pair_id, letter.side) if letter is not None else (None, None)
    await store.journal.record(_entry("reading", pair_id, side, f"{what}: {_line(reason)}", now))


async def record_reveal(store: Store, part: Part, who: str, why: str, now: datetime) -> None:
    """Record in the journal that ``who`` looks at the real addresses of the member in ``part``. Raises StoreError."""
    await store.journal.record(_entry("reveal", part.pair.id, part.side, f"{_line(who)}: {_line(why)}", now))


async def record_forgetting(store: Store, part: Part, who: str, now: datetime) -> None:
    """Record in the journal that ``who`` had the member in ``part`` forgotten. Raises StoreError."""
    await store.journal.record(_entry("forgetting", part.pair.id, part.side, _line(who), now))


def _line(words: str) -> str:
    return " ".join(words.split())[:200]


def _entry(kind: str, pair_id: str | None, side: Side | None, reason: str, now: datetime) -> JournalEntry:
    return JournalEntry(
        id=random_letters(13),
        pair_id=pair_id,
        side=side,
        kind=kind,
        accepted_at=now,
        size_in=0,
        size_out=0,
        outcome="delivered",
        reason=reason,
        settled_at=now,
    )
