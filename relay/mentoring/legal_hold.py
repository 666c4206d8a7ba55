"""Puts pairs on legal hold and lifts it, and forgets the members who had to wait for that."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from relay.home import Home
from relay.letters.member_letters import MemberLetters
from relay.letters.write import Letter
from relay.mentoring.audit import line
from relay.mentoring.members import forget
from relay.mentoring.pairing import PairingError, pair_of
from relay.model import Pair
from relay.store import BY_MEMBER, Acceptance, Member, Store, reachable

log = logging.getLogger(__name__)

_AT_ONCE = timedelta(minutes=10)
"""Who is forgotten within this time has just been told so."""
_LOOK_AGAIN = timedelta(hours=1)
"""A report is decided without a plan for those who wait, so it is looked at again."""


async def hold_legal(pair_id: str, store: Store, now: datetime, *, on: bool, who: str, why: str) -> Pair:
    """Put a pair on legal hold, or lift it. ``who`` and ``why`` are recorded. A pair that is so already is not changed.

    Raises PairingError, StoreError.
    """
    pair = await pair_of(pair_id, store)
    if not line(why):
        raise PairingError("a legal hold needs a reason: who asks for it, and under which file number")
    if await store.legal_holds.put(pair.id, now, on=on, who=who, why=line(why)):
        log.warning("legal hold of pair %s: %s", pair.id, "on" if on else "off")
    return pair


async def forget_wished(store: Store, letters: MemberLetters, now: datetime, *, home: Home) -> datetime | None:
    """Forget the members who asked for it and had to wait, if nothing keeps them any more. Returns when to look again;
    None when nobody waits. Raises StationeryError, StoreError, HomeError."""
    waiting = False
    for number, asked_at in (await store.legal_holds.wishes()).items():
        if await store.legal_holds.keeping(number):
            waiting = True
            continue
        member = await store.members.numbered(number)
        to = reachable(member)
        if to is not None and asked_at < now - _AT_ONCE:
            await store.accept([_at_last(letters, member, to, now)])
        await forget(member, BY_MEMBER, store, letters, now, home=home)
    return now + _LOOK_AGAIN if waiting else None


def _at_last(letters: MemberLetters, member: Member, to: str, now: datetime) -> Acceptance:
    """The last letter to a member who had to wait. It belongs to no pair, and is not given up with the letters of
    one."""
    part = member.parts[0]
    values = {"waits": False, "late": True}
    return letters.writer.write(Letter("desk-forgotten", to, part.pair.manner(part.side), values), now)
