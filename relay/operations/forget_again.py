"""Forgets again, in a restored database, the members who were forgotten after the backup was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from relay.ledger import Ledger
from relay.model import Side
from relay.states import OVER
from relay.store import Part, Store


@dataclass(frozen=True, slots=True)
class Again:
    """How many members were ``forgotten``, and the ids of the pairs on legal hold that ``kept`` others from it."""

    forgotten: int = 0
    kept: tuple[str, ...] = ()


async def forget_again(store: Store, ledger: Ledger, now: datetime, *, who: str = "") -> Again:
    """Erase every member that ``ledger`` names. A member of a pair that is on legal hold in this database is not
    erased: the pairs end, and the member is erased when the hold is lifted.

    ``who`` restores the database. No notices are sent, because they were sent the first time. After an interruption it
    can be called again. Raises StoreError.
    """
    if not ledger.size:
        return Again()
    forgotten, kept = 0, dict[str, None]()
    for pair, side in [(pair, side) for pair in await store.directory.pairs() for side in Side]:
        member = None
        if ledger.holds(Part(pair, side).key):
            member = await store.members.on(pair.id, side)
        if member is None:
            continue
        if member.addresses or any(part.pair.state not in OVER for part in member.parts):
            if held := await store.legal_holds.of_member(member.number):
                await store.legal_holds.wish(member.number, now, who=who)
                kept.update(dict.fromkeys(held))
                continue
            await store.members.forget(member.number, now, None, who=who)
            forgotten += 1
    return Again(forgotten, tuple(kept))
