"""All effects of one envelope are committed, and letters for which there is a delivery slot are tried at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from relay.model import Delivery
from relay.store import Acceptance, Effects, Store


class Slot(Protocol):
    """A slot kept for a letter that is about to be accepted; nobody else may try the letter before ``until``."""

    @property
    def until(self) -> datetime: ...


class Outbound(Protocol):
    """What acceptance needs of delivery (outbound/deliver.py). Their only link besides the store."""

    def reserve(self, recipient: str) -> Any | None:
        """A Slot for a letter to ``recipient``; None when it has to wait its turn in the queue."""

    def release(self, slot: Any) -> None:
        """Nothing came of the letter that ``slot`` was kept for."""

    def take(self, delivery: Delivery, slot: Any) -> None:
        """Try a delivery now."""

    def wake(self) -> None:
        """Something may be due."""


async def commit(store: Store, outbound: Outbound, effects: Effects) -> dict[str, str]:
    """Commit ``effects``: when this returns they are on the disk (RFC 5321 6.1). Letters that have a slot are tried
    now, the rest goes through the queue.

    Returns, by their new journal id, the id of letters that were accepted before. Raises what Store.commit raises.
    """
    kept: dict[str, Slot] = {}
    try:
        letters = tuple(_with_slots(letter, outbound, kept) for letter in effects.letters)
        accepted = (await store.commit(replace(effects, letters=letters))).letters
        for delivery in accepted.trying:
            outbound.take(delivery, kept.pop(delivery.id))
    finally:
        for slot in kept.values():
            outbound.release(slot)
    if len(accepted.trying) < sum(len(letter.deliveries) for letter in letters) or effects.reports or effects.answers:
        outbound.wake()
    return accepted.before


def _with_slots(letter: Acceptance, outbound: Outbound, kept: dict[str, Slot]) -> Acceptance:
    """The letter, those of its deliveries marked that there is a slot for; notes the slots in ``kept``, by id."""
    deliveries = []
    for delivery in letter.deliveries:
        slot = None if delivery.held else outbound.reserve(delivery.recipient)
        if slot is not None:
            kept[delivery.id] = slot
        deliveries.append(replace(delivery, tried_until=slot.until if slot else None))
    return replace(letter, deliveries=tuple(deliveries))
