"""Responsibility taken: letters are committed, and those for which there is a place are tried at once."""

from __future__ import annotations

from dataclasses import replace

from relay.relaying.deliver import Deliverer
from relay.store import Acceptance, Store


async def promise(store: Store, deliverer: Deliverer, letters: list[Acceptance]) -> dict[str, str]:
    """Commit ``letters``: when this returns they are on the disk (RFC 5321 6.1). What ``deliverer`` has a place for it
    tries now, the rest goes through the queue.

    Returns, by their new journal id, the id of those that were accepted before. Raises what Store.accept raises.
    """
    reserved: dict[str, str] = {}
    try:
        accepted = await store.accept([_with_places(letter, deliverer, reserved) for letter in letters])
        for delivery in accepted.trying:
            del reserved[delivery.id]
            deliverer.take(delivery)
    finally:
        for recipient in reserved.values():
            deliverer.release(recipient)
    if len(accepted.trying) < sum(len(letter.deliveries) for letter in letters):
        deliverer.wake()
    return accepted.before


def _with_places(letter: Acceptance, deliverer: Deliverer, reserved: dict[str, str]) -> Acceptance:
    """The letter, those of its deliveries marked that a place is reserved for; notes these, by id, with their
    recipients."""
    deliveries = []
    for delivery in letter.deliveries:
        until = None if delivery.held else deliverer.reserve(delivery.recipient)
        if until is not None:
            reserved[delivery.id] = delivery.recipient
        deliveries.append(replace(delivery, tried_until=until))
    return replace(letter, deliveries=tuple(deliveries))
