"""Forgets again, in a restored database, the members who were forgotten after the backup was made."""

from __future__ import annotations

from datetime import datetime

from relay.ledger import Ledger
from relay.model import Side
from relay.states import OVER
from relay.store import Part, Store


async def forget_again(store: Store, ledger: Ledger, now: datetime, *, who: str = "") -> int:
    """Erase every member that ``ledger`` names. Returns how many there were.

    ``who`` restores the database. No notices are sent, because they were sent the first time. After an interruption it
    can be called again. Raises StoreError.
    """
    if not ledger.size:
        return 0
    forgotten = 0
    for pair, side in [(pair, side) for pair in await store.directory.pairs() for side in Side]:
        member = None
        if ledger.holds(Part(pair, side).key):
            member = await store.members.on(pair.id, side)
        if member is None:
            continue
        if member.addresses or any(part.pair.state not in OVER for part in member.parts):
            await store.members.forget(member.number, now, None, who=who)
            forgotten += 1
    return forgotten
