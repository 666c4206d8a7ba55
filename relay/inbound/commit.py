"""Responsibility taken: letters are committed, and those for which there is a place are tried at once."""

from __future__ import annotations

from dataclasses import replace

from relay.outbound.deliver import Deliverer
from relay.outbound.slots import Place
from relay.store import Acceptance, Store


async def promise(store: Store, deliverer: Deliverer, letters: list[Acceptance]) -> dict[str, str]:
    """Commit ``letters``: when this returns they are on the disk (RFC 5321 6.1). What ``deliverer`` has a place for it
    tries now, the rest goes through the queue.

    Returns, by their new journal id, the id of those that were accepted before. Raises what Store.accept raises.
    """
    kept: dict[str, Place] = {}
    try:
        accepted = await store.accept([_with_places(letter, deliverer, kept) for letter in letters])
        for delivery in accepted.trying:
            deliverer.take(delivery, kept.pop(delivery.id))
    finally:
        for place in kept.values():
            deliverer.release(place)
    if len(accepted.trying) < sum(len(letter.deliveries) for letter in letters):
        deliverer.wake()
    return accepted.before


def _with_places(letter: Acceptance, deliverer: Deliverer, kept: dict[str, Place]) -> Acceptance:
    """The letter, those of its deliveries marked that there is a place for; notes the places in ``kept``, by id."""
    deliveries = []
    for delivery in letter.deliveries:
        place = None if delivery.held else deliverer.reserve(delivery.recipient)
        if place is not None:
            kept[delivery.id] = place
        deliveries.append(replace(delivery, tried_until=place.until if place else None))
    return replace(letter, deliveries=tuple(deliveries))
