"""A member's addresses, and being forgotten: what an operator may ask for, and what it takes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from relay import ledger
from relay.home import Home
from relay.letters.member_letters import MemberLetters
from relay.mentoring.audit import record_reveal
from relay.mentoring.pairing import pair_of
from relay.mentoring.validation import Checker
from relay.message.read.addresses import normalise
from relay.model import Side
from relay.policy.recipients import new_token
from relay.settings_values import LANGUAGE_TAG
from relay.states import OVER
from relay.store import (
    ANSWER_WITHIN,
    Acceptance,
    AddressConfirmation,
    Asked,
    Forgotten,
    Member,
    Owed,
    Part,
    Store,
    reachable,
)

log = logging.getLogger(__name__)


class MemberError(Exception):
    """What was asked cannot be done with this member; the words say why, and what can. They hold no address."""


async def member_of(words: Sequence[str], store: Store) -> Member:
    """The member that PAIR SIDE name, or one of their real addresses. Raises MemberError, PairingError, StoreError."""
    if len(words) == 1 and "@" in words[0]:
        try:
            member = await store.members.having(normalise(words[0]))
        except ValueError as error:
            raise MemberError(str(error)) from error
        if member is None:
            raise MemberError("nobody is registered with that address; relay member list shows everybody")
        return member
    if len(words) != 2 or words[1].lower() not in list(Side):
        raise MemberError("name a member by pair and side, such as k7f3q2xw mentor, or by an address of theirs")
    pair = await pair_of(words[0], store)
    member = await store.members.on(pair.id, Side(words[1].lower()))
    if member is None:
        raise MemberError(f"there is no pair {pair.id} any more")
    return member


async def add_address(
    member: Member, address: str, store: Store, letters: MemberLetters, now: datetime, *, who: str = ""
) -> Asked:
    """Register another ``address`` of a member, and ask for its proof: a letter goes there, a word to one of their
    proven addresses. When it is registered and not proven, it is asked for again.

    Raises MemberError, StationeryError, StoreError.
    """
    part = _open_part(member)
    clean = _checked(address, letters)
    word = reachable(member)
    token = new_token()
    days = ANSWER_WITHIN.days
    asking = letters.question("confirm-address", part, clean, now, token=token, days=days)
    told = [] if word is None else [letters.letter("address-added", part, word, now)]
    question = AddressConfirmation(token, clean, now + ANSWER_WITHIN)
    asked = await store.members.ask(member.number, question, [asking, *told], now, who=who)
    if asked is Asked.PROVEN:
        raise MemberError("that address is this member's already, and proven; nothing was changed")
    if asked is Asked.OTHERS:
        raise MemberError("that address belongs to another member; an address can stand for one person only")
    log.info("another address of the %s of pair %s is asked for", part.side, part.pair.id)
    return asked


async def know_as(
    member: Member, text: str, store: Store, now: datetime, *, add: bool, who: str = ""
) -> tuple[str, ...]:
    """Add ``text`` to the names of a member, or take it away. Returns the names there are now. Raises MemberError,
    StoreError."""
    word = " ".join(text.split())
    if not word or len(word) > 200 or not word.isprintable():
        raise MemberError("a name must be short and on one line")
    if not add and word not in member.known_as:
        raise MemberError("that is none of the names registered; relay member show --reveal shows them")
    kept = tuple(one for one in member.known_as if one != word)
    names = (*kept, word) if add else kept
    await store.members.know_as(member.number, names, now, who=who)
    return names


async def set_language(member: Member, language: str, store: Store) -> None:
    """Write to a member in ``language`` (BCP 47) from now on. Raises MemberError, StoreError."""
    if not LANGUAGE_TAG.fullmatch(language):
        raise MemberError("a language must be a tag such as en, ar or pt-BR")
    if not member.addresses:
        raise MemberError("this member was forgotten; nobody writes to them")
    await store.members.set_language(member.number, language)
    log.info("the %s of pair %s has another language", member.parts[0].side, member.parts[0].pair.id)


async def set_primary(
    member: Member, address: str, store: Store, letters: MemberLetters, now: datetime, *, who: str = ""
) -> None:
    """Send a member's letters to another proven ``address`` of theirs; the one of before is told.

    Raises MemberError, StationeryError, StoreError.
    """
    wanted = normalise(_checked(address, letters))
    before = member.addresses[0] if member.addresses else None
    if before is not None and wanted == normalise(before.address):
        raise MemberError("letters go to that address already; nothing was changed")
    part = member.parts[0]
    told = []
    if before is not None and before.suspended_since is None and part.pair.state not in OVER:
        told.append(letters.letter("letters-elsewhere", part, before.address, now))
    if not await store.members.set_primary(member.number, wanted, now, who=who, letters=told):
        raise MemberError(
            "that is no proven address of this member: add it with relay member add-address, and wait for the answer"
        )
    log.info("letters to the %s of pair %s go to another address", part.side, part.pair.id)


async def reveal(member: Member, who: str, why: str, store: Store, now: datetime) -> None:
    """Record that ``who`` looks at a member's real addresses, and why. Raises StoreError.

    To be called before they are shown: what cannot be recorded is not shown.
    """
    await record_reveal(store, member, who, why, now)
    for part in member.parts:
        log.warning("addresses of the %s of pair %s are shown", part.side, part.pair.id)


async def forget(
    member: Member, who: str, store: Store, letters: MemberLetters, now: datetime, *, home: Home
) -> Forgotten:
    """Erase a person: addresses, names, letters, threads; end their pairs. The ledger in ``home`` knows them before the
    database forgets them. Raises StationeryError, StoreError, HomeError."""

    def word(owed: Owed) -> Acceptance:
        name = owed.pair.persona(owed.side.other).name
        return letters.letter("has-ended", Part(owed.pair, owed.side), owed.address, now, name=name, count=owed.count)

    ledger.record(home, [part.key for part in member.parts])
    forgotten = await store.members.forget(member.number, now, word, who=who)
    for part in member.parts:
        log.info("the %s of pair %s is forgotten", part.side, part.pair.id)
    return forgotten


def _open_part(member: Member) -> Part:
    """The pair in whose name a member is written to. Raises MemberError."""
    if not member.addresses:
        raise MemberError("this member was forgotten; make a new pair with relay pair create")
    part = member.parts[0]
    if part.pair.state in OVER:
        raise MemberError("all pairs of this member are over, so there is nobody to write to; nothing was changed")
    return part


def _checked(address: str, letters: MemberLetters) -> str:
    try:
        return Checker(letters.settings.domain).address(address.strip())
    except ValueError as error:
        raise MemberError(str(error)) from error
