"""What an operator can do with a member: add an address, change names, language or primary address, forget them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from relay import ledger
from relay.home import Home
from relay.letters.member_letters import MemberLetters
from relay.mentoring.audit import record_reveal
from relay.mentoring.pairing import pair_of
from relay.mentoring.validation import Checker
from relay.message.read.addresses import normalise
from relay.model import Manner, Side
from relay.policy.recipients import new_token
from relay.settings_values import LANGUAGE_TAG, WrongValueError, time_zone
from relay.states import OVER
from relay.store import (
    ANSWER_WITHIN,
    Acceptance,
    AddressConfirmation,
    Asked,
    Forgotten,
    LegalHoldError,
    Member,
    Owed,
    Part,
    Store,
    reachable,
)

log = logging.getLogger(__name__)


class MemberError(Exception):
    """A request about a member cannot be carried out. The text says why and what to do, and holds no address."""


async def member_of(words: Sequence[str], store: Store) -> Member:
    """The member given by ``words``: a pair id and a side, or one real address.

    Raises MemberError, PairingError, StoreError.
    """
    if len(words) == 1 and "@" in words[0]:
        try:
            member = await store.members.having(normalise(words[0]))
        except ValueError as error:
            raise MemberError(str(error)) from error
        if member is None:
            raise MemberError("no member has that address; relay member list shows all members")
        return member
    if len(words) != 2 or words[1].lower() not in list(Side):
        raise MemberError("name a member by pair and side, such as k7f3q2xw mentor, or by an address of theirs")
    pair = await pair_of(words[0], store)
    member = await store.members.on(pair.id, Side(words[1].lower()))
    if member is None:
        raise MemberError(f"pair {pair.id} does not exist any more")
    return member


async def add_address(
    member: Member, address: str, store: Store, letters: MemberLetters, now: datetime, *, who: str = ""
) -> Asked:
    """Register another ``address`` of a member, and send a confirmation request to it.

    One of their proven addresses gets a notice. For an address that is registered but not proven, the request is sent
    again. Raises MemberError, StationeryError, StoreError.
    """
    part = _open_part(member)
    clean = _checked(address, letters)
    proven = reachable(member)
    token = new_token()
    days = ANSWER_WITHIN.days
    request = letters.question("confirm-address", part, clean, now, token=token, days=days, moves=False)
    notices = [] if proven is None else [letters.letter("address-added", part, proven, now)]
    question = AddressConfirmation(token, clean, now + ANSWER_WITHIN)
    asked = await store.members.ask(member.number, question, [request, *notices], now, who=who)
    if asked is Asked.PROVEN:
        raise MemberError("that address is this member's already, and proven; nothing was changed")
    if asked is Asked.OTHERS:
        raise MemberError("that address belongs to another member; an address can belong to one person only")
    log.info("confirmation request for another address of the %s of pair %s queued", part.side, part.pair.id)
    return asked


async def know_as(
    member: Member, text: str, store: Store, now: datetime, *, add: bool, who: str = ""
) -> tuple[str, ...]:
    """Add ``text`` to the real names of a member, or remove it. Returns the names after that.

    Raises MemberError, StoreError.
    """
    name = name_of_member(text)
    if not add and name not in member.known_as:
        raise MemberError("that is none of the registered names; relay member show --reveal shows them")
    others = tuple(one for one in member.known_as if one != name)
    names = (*others, name) if add else others
    await store.members.know_as(member.number, names, now, who=who)
    return names


def name_of_member(text: str) -> str:
    """``text`` as a real name. Raises MemberError."""
    name = " ".join(text.split())
    if not name or len(name) > 200 or not name.isprintable():
        raise MemberError("a name must be one line of at most 200 characters")
    return name


async def set_language(member: Member, language: str, store: Store) -> None:
    """Set the language of letters from relay to a member (a BCP 47 tag). Raises MemberError, StoreError."""
    if not LANGUAGE_TAG.fullmatch(language):
        raise MemberError("a language must be a tag such as en, ar or pt-BR")
    await _set_manner(member, replace(member.manner, language=language), store)


async def set_time_zone(member: Member, zone: str, store: Store) -> str:
    """Set the time zone of letters from relay to a member. Returns its IANA name. Raises MemberError, StoreError."""
    try:
        name = time_zone(zone)
    except WrongValueError as wrong:
        raise MemberError(f"the time zone must be {wrong}") from None
    await _set_manner(member, replace(member.manner, time_zone=name), store)
    return name


async def set_discreet(member: Member, store: Store, *, discreet: bool) -> None:
    """Set whether letters from relay to a member hide at a glance what they are about. Raises MemberError,
    StoreError."""
    await _set_manner(member, replace(member.manner, discreet=discreet), store)


async def _set_manner(member: Member, manner: Manner, store: Store) -> None:
    if not member.addresses:
        raise MemberError("this member was forgotten; relay does not write to them any more")
    await store.members.set_manner(member.number, manner)
    log.info("how relay writes to the %s of pair %s changed", member.parts[0].side, member.parts[0].pair.id)


async def set_primary(
    member: Member, address: str, store: Store, letters: MemberLetters, now: datetime, *, who: str = ""
) -> None:
    """Send a member's letters to another proven ``address`` of theirs. The old one gets a notice.

    There is no notice when the old address is suspended or the pair is over. Raises MemberError, StationeryError,
    StoreError.
    """
    wanted = normalise(_checked(address, letters))
    old = member.addresses[0] if member.addresses else None
    if old is not None and wanted == normalise(old.address):
        raise MemberError("letters go to that address already; nothing was changed")
    part = member.parts[0]
    notices = []
    if old is not None and old.suspended_since is None and part.pair.state not in OVER:
        notices.append(letters.letter("letters-elsewhere", part, old.address, now))
    if not await store.members.set_primary(member.number, wanted, now, who=who, letters=notices):
        raise MemberError(
            "that is no proven address of this member: add it with relay member add-address, and wait for the answer"
        )
    log.info("primary address of the %s of pair %s changed", part.side, part.pair.id)


async def reveal(member: Member, who: str, why: str, store: Store, now: datetime) -> None:
    """Record that ``who`` looks at a member's real addresses, and why. Raises StoreError.

    Call it before they are shown, so that they are never shown without a record.
    """
    await record_reveal(store, member, who, why, now)
    for part in member.parts:
        log.warning("real addresses of the %s of pair %s revealed", part.side, part.pair.id)


async def forget(
    member: Member, who: str, store: Store, letters: MemberLetters, now: datetime, *, home: Home
) -> Forgotten:
    """Erase a member's addresses, names, letters and thread links, and end their pairs.

    They are written to the ledger in ``home`` before they are erased. Partners get a notice about letters of theirs
    that will not arrive. Raises LegalHoldError, StationeryError, StoreError, HomeError.
    """
    if held := await store.legal_holds.of_member(member.number):
        raise LegalHoldError(held)

    def notice(owed: Owed) -> Acceptance:
        name = owed.pair.persona(owed.side.other).name
        return letters.letter("has-ended", Part(owed.pair, owed.side), owed.address, now, name=name, count=owed.count)

    ledger.record(home, [part.key for part in member.parts])
    forgotten = await store.members.forget(member.number, now, notice, who=who)
    for part in member.parts:
        log.info("%s of pair %s forgotten", part.side, part.pair.id)
    return forgotten


def _open_part(member: Member) -> Part:
    """The pair that letters from relay to a member are about. Raises MemberError when none is open."""
    if not member.addresses:
        raise MemberError("this member was forgotten; make a new pair with relay pair create")
    part = member.parts[0]
    if part.pair.state in OVER:
        raise MemberError("all pairs of this member are over; nothing was changed")
    return part


def _checked(address: str, letters: MemberLetters) -> str:
    """The address in the form that letters are sent to. Raises MemberError."""
    try:
        return Checker(letters.settings.domain).address(address.strip())
    except ValueError as error:
        raise MemberError(str(error)) from error
