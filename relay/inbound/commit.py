"""Responsibility taken: letters are committed, and those that have a slot are tried at once."""

from __future__ import annotations

from dataclasses import replace

from relay.outbound.deliver import Deliverer
from relay.outbound.slots import Slot
from relay.store import Acceptance, Store


async def promise(store: Store, deliverer: Deliverer, letters: list[Acceptance]) -> dict[str, str]:
    """Commit ``letters``: when this returns they are on the disk (RFC 5321 6.1). What ``deliverer`` has a slot for it
    tries now, the rest goes through the queue.

    Returns, by their new journal id, the id of those that were accepted before. Raises what Store.accept raises.
    """
    kept: dict[str, Slot] = {}
    try:
        accepted = await store.accept([_with_slots(letter, deliverer, kept) for letter in letters])
        for delivery in accepted.trying:
            deliverer.take(delivery, kept.pop(delivery.id))
    finally:
        for slot in kept.values():
            deliverer.release(slot)
    if len(accepted.trying) < sum(len(letter.deliveries) for letter in letters):
        deliverer.wake()
    return accepted.before


def _with_slots(letter: Acceptance, deliverer: Deliverer, kept: dict[str, Slot]) -> Acceptance:
    """The letter, those of its deliveries marked that have a slot; notes the slots in ``kept``, by id."""
    deliveries = []
    for delivery in letter.deliveries:
        slot = None if delivery.held else deliverer.reserve(delivery.recipient)
        if slot is not None:
            kept[delivery.id] = slot
        deliveries.append(replace(delivery, tried_until=slot.until if slot else None))
    return replace(letter, deliveries=tuple(deliveries))
