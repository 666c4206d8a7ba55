"""Commits all effects of one envelope, and starts at once the deliveries that have a slot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from relay.inbound.handled import Effect
from relay.model import Delivery, JournalEntry
from relay.store import Acceptance, Answer, CameBack, DmarcCounts, Effects, InvitationAnswer, Store


class Slot(Protocol):
    """A slot reserved for a letter that is about to be accepted; no other process may try the letter before
    ``until``."""

    @property
    def until(self) -> datetime: ...


class Outbound(Protocol):
    """What acceptance needs of delivery (outbound/deliver.py). The two share only this and the store."""

    def reserve(self, recipient: str) -> Any | None:
        """A Slot for a letter to ``recipient``; None when the letter has to wait in the queue."""

    def release(self, slot: Any) -> None:
        """Free ``slot``: its letter was not accepted."""

    def take(self, delivery: Delivery, slot: Any) -> None:
        """Try a delivery now."""

    def wake(self) -> None:
        """Look into the queue: something may be due."""


async def commit(store: Store, outbound: Outbound, effects: Effects) -> dict[str, str]:
    """Commit ``effects``: when this returns they are on disk (RFC 5321 6.1). Deliveries that have a slot are tried now,
    the others through the queue.

    Returns the ids of letters accepted earlier, by the new journal id of the duplicate. Raises what Store.commit
    raises.
    """
    deliveries = [delivery for letter in effects.letters for delivery in letter.deliveries]
    kept: dict[str, Slot] = {}  # by delivery id
    try:
        for new in deliveries:
            slot = None if new.held else outbound.reserve(new.recipient)
            if slot is not None:
                kept[new.id] = slot
        accepted = (await store.commit(effects, {id: slot.until for id, slot in kept.items()})).letters
        for delivery in accepted.trying:
            outbound.take(delivery, kept.pop(delivery.id))
    finally:
        for slot in kept.values():
            outbound.release(slot)
    if len(accepted.trying) < len(deliveries) or effects.reports or effects.answers:
        outbound.wake()
    return accepted.before


_WRITTEN = (Acceptance, JournalEntry, CameBack, Answer, DmarcCounts, InvitationAnswer)
"""Effects that are no Change."""


def by_kind(effects: Sequence[Effect]) -> Effects:
    """The effects of all recipients, sorted."""
    return Effects(
        letters=tuple(one for one in effects if isinstance(one, Acceptance)),
        entries=tuple(one for one in effects if isinstance(one, JournalEntry)),
        reports=tuple(one for one in effects if isinstance(one, CameBack)),
        answers=tuple(one for one in effects if isinstance(one, Answer)),
        dmarc=tuple(one for one in effects if isinstance(one, DmarcCounts)),
        consents=tuple(one for one in effects if isinstance(one, InvitationAnswer)),
        changes=tuple(one for one in effects if not isinstance(one, _WRITTEN)),
    )
