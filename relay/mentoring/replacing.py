"""Replaces one partner of a pair that is over: the other one's consent is kept, and only the new one is invited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from relay.letters.invitations import InvitationWriter
from relay.mentoring.pairing import PairingError, made_pair, name_clashes, new_pair, pair_of
from relay.mentoring.pseudonyms import name_fault, new_pair_id, words_of
from relay.mentoring.validation import Checker, Person, Request
from relay.model import MemberState, NewPair, Pair, PairState, Side
from relay.policy.recipients import new_token
from relay.states import OVER
from relay.store import GUARDIAN, Consent, Invited, Member, Replacement, Store


async def replace_partner(
    pair_id: str, new_one: tuple[Side, Person], store: Store, writer: InvitationWriter, now: datetime, *, who: str = ""
) -> Pair:
    """Make a new pair of a member of ``pair_id`` and ``new_one`` on the other side, who is invited to it; ``who`` is
    recorded. The member who stays keeps their pseudonym, and hears that somebody is asked; nobody hears why.

    Raises PairingError, RequestError, StationeryError, StoreError.
    """
    side, person = new_one
    old, settings = await pair_of(pair_id, store), writer.writer.settings
    stays = side.other
    if old.state not in OVER:
        raise PairingError(f"pair {old.id} is {old.state}; end it first with relay pair end {old.id}")
    member = await _staying(old, stays, store)
    agreed = _agreed(old, stays, await store.invitations.of_pair(old.id), settings.programme.under_18)
    request = _request(old, side, person, member)
    # Whether the mentee who stays needs a guardian was settled when they were invited.
    under_18 = settings.programme.under_18 if side is Side.MENTEE else "settled"
    clean = Checker(settings.domain, old.language, under_18).checked(request)
    if found := await store.directory.existing([clean.key]):
        raise PairingError(f"these two are a pair already: {found[clean.key].id}; relay pair show says more")
    taken = {*await store.directory.taken()} - {clean.person(stays).name.lower()}
    if clashes := name_clashes(clean, taken):
        raise PairingError("; ".join(clashes))
    new = await _drawn(clean, store, settings.domain, taken, now)
    tokens = {one.asks: new_token() for one in agreed}
    asked = [writer.invite(new, side, clean.person(side).address, now)]
    if side is Side.MENTEE and new.guardian:
        asked.append(writer.invite(new, side, new.guardian, now, asks=GUARDIAN))
    told = writer.partner_invited(new, stays, member.addresses[0].address, tokens[""], now)
    letters = [told, *(letter for _, letter in asked)]
    given = Replacement(old.id, new, stays, tokens, [invitation for invitation, _ in asked], letters)
    await store.invitations.replace_partner(given, now, who=who)
    return made_pair(new, PairState.INVITED)


async def _staying(old: Pair, stays: Side, store: Store) -> Member:
    member = await store.members.on(old.id, stays)
    if member is None or not member.addresses:
        raise PairingError(f"the {stays} of pair {old.id} was forgotten; make a new pair with relay pair create")
    if member.state in (MemberState.LEFT, MemberState.SUSPENDED):
        raise PairingError(f"the {stays} of pair {old.id} is {member.state}, so nobody can be paired with them")
    return member


def _agreed(old: Pair, stays: Side, invited: Sequence[Invited], under_18: str) -> list[Invited]:
    """The invitations that the member who stays, and their guardian, said yes to."""
    own = [one for one in invited if one.side is stays]
    agreed = [one for one in own if one.answer is Consent.YES]
    if not any(not one.asks for one in agreed):
        raise PairingError(
            f"no consent of the {stays} of pair {old.id} is kept; invite both to a new pair with relay pair create"
        )
    guarded = {one.asks for one in own} >= {GUARDIAN}
    if stays is Side.MENTEE and under_18 == "guardian" and guarded and len(agreed) < len(own):
        raise PairingError(f"the guardian of the {stays} of pair {old.id} has not said yes")
    return agreed


def _request(old: Pair, side: Side, person: Person, member: Member) -> Request:
    """The new pair as a request. The one who stays keeps their name, unless the new one has it for real."""
    stays = side.other
    name = old.persona(stays).name
    own = Person(member.addresses[0].address, name, member.known_as)
    if name_fault(name, words_of((own.identity, person.identity))):
        own = Person(own.address, "", own.known_as)
    both = (own, person) if stays is Side.MENTOR else (person, own)
    return Request(*both, old.cohort, old.language)


async def _drawn(request: Request, store: Store, domain: str, taken: set[str], now: datetime) -> NewPair:
    pair_id = new_pair_id(())
    while await store.directory.pair(pair_id) is not None:
        pair_id = new_pair_id(())
    return new_pair(request, pair_id, domain, taken, now)
