"""What an operator corrects about a member: a real name that was mistyped, the address of a guardian."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from relay.letters.invitations import InvitationWriter
from relay.mentoring.members import MemberError, name_of_member
from relay.mentoring.validation import Checker
from relay.model import Pair, PairState, Side
from relay.states import OVER
from relay.store import GUARDIAN, GuardianMoved, Invited, Member, Store

log = logging.getLogger(__name__)

_ASKED = (PairState.INVITED, PairState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Renamed:
    """The real ``names`` after a correction. ``waiting``: letters of the member's that were made before it and have not
    left yet."""

    names: tuple[str, ...]
    waiting: int


async def rename(member: Member, old: str, new: str, store: Store, now: datetime, *, who: str = "") -> Renamed:
    """Put the real name ``new`` in the place of ``old``: letters that arrive from now on are searched for it. Raises
    MemberError, StoreError."""
    before, after = " ".join(old.split()), name_of_member(new)
    if before not in member.known_as:
        raise MemberError("the first is none of the registered names; relay member show --reveal shows them")
    if after in member.known_as:
        raise MemberError("the second is registered already: relay member known-as … remove takes the first away")
    names = tuple(after if one == before else one for one in member.known_as)
    await store.members.know_as(member.number, names, now, who=who)
    return Renamed(names, await store.members.waiting_letters(member.number))


async def set_guardian(
    member: Member, address: str, store: Store, writer: InvitationWriter, now: datetime, *, who: str = ""
) -> list[Pair]:
    """Correct the ``address`` of a mentee's guardian. Where their consent is still open or the pair not begun, the new
    address is asked, and no answer from the old one counts any more. Returns the pairs that it is about. Raises
    MemberError, StationeryError, StoreError."""
    try:
        clean = Checker(writer.writer.settings.domain).address(address.strip())
    except ValueError as error:
        raise MemberError(str(error)) from error
    guarded = await _guarded(member, store)
    if not guarded:
        raise MemberError("no guardian was asked about a pair of this member that is not over; nothing was changed")
    for one in guarded:
        identities = await store.directory.identities(one.pair.id)
        people = [address.lower() for identity in identities or () for address in identity.addresses]
        if clean.lower() in people and clean.lower() != one.mailbox.lower():
            raise MemberError("that is an address of the mentor or the mentee: a third person must agree")
    if all(one.mailbox.lower() == clean.lower() for one in guarded):
        raise MemberError("that is the guardian's address already; relay pair invite asks again; nothing was changed")
    moved = [_moved(writer, one, clean, now) for one in guarded]
    await store.invitations.move_guardian(member.number, moved, now, who=who)
    log.info("address of the guardian of the mentee of pair %s changed", guarded[0].pair.id)
    return [one.pair for one in guarded]


def _moved(writer: InvitationWriter, invited: Invited, address: str, now: datetime) -> GuardianMoved:
    """Who is asked at the new address: the guardian of a pair that has not begun, at once while it is invited."""
    if invited.pair.state not in _ASKED:
        return GuardianMoved(invited, address)
    invitation, letter = writer.invite(invited.pair, invited.side, address, now, asks=GUARDIAN)
    return GuardianMoved(invited, address, invitation, letter if invited.pair.state is PairState.INVITED else None)


async def _guarded(member: Member, store: Store) -> list[Invited]:
    """The invitations of the member's guardian to pairs that are not over, or can be invited again."""
    found = []
    for part in member.parts:
        if part.side is Side.MENTEE and (part.pair.state not in OVER or part.pair.state in _ASKED):
            found += [one for one in await store.invitations.of_pair(part.pair.id) if one.asks == GUARDIAN]
    return found
