"""Gathers what a member's copy holds from the database.

Letters are read in threads, and so is what may name the other member: the first time, lists of words are loaded for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial

from relay.mentoring.member_copy.contents import Contents, CopiedLetter, CopiedPair
from relay.mentoring.member_copy.own_letter import own_letter
from relay.mentoring.member_copy.partner import Partner, kept_back
from relay.mentoring.member_copy.told import Told, looks, neutral, told
from relay.message.read.html_to_text import html_to_text
from relay.message.read.parse import parse
from relay.model import Event, EventKind, Identity, Manner, Message
from relay.refusals import Refusal
from relay.store import KeptLetter, Member, Part, Store
from relay.vault import VaultError


async def gather(member: Member, store: Store, now: datetime) -> Contents:
    """All that a member's copy holds, without the letters' octets. Raises StoreError, VaultError."""
    partners = await partners_of(member, store)
    events = await store.events.of_pairs([part.pair.id for part in member.parts])
    reported = {
        event.pair_id
        for event in events
        for part in member.parts
        if event.kind is EventKind.REPORTED and (event.pair_id, event.side) == (part.pair.id, part.side)
    }
    pairs, letters = [], []
    for part in member.parts:
        own = tuple(one for one in await store.invitations.shown(part.pair.id) if one.side is part.side)
        state = neutral(part.pair.state, own_report=part.pair.id in reported)
        cohort = await asyncio.to_thread(kept_back, partners, part.pair.cohort)
        pairs.append(CopiedPair(part, state, cohort, own))
        kept = await store.kept_letters.of_pair(part.pair.id)
        letters += [(part, letter) for letter in kept if _may_have(letter, part)]
    delivered = {letter.id for part, letter in letters if letter.side is not part.side}
    manner = member.parts[0].pair.manner(member.parts[0].side) if member.parts else Manner()
    happened = await asyncio.to_thread(told, events, member, partners, delivered)
    return Contents(member, now, manner, tuple(pairs), happened, partners, letters)


async def read_by(member: Member, store: Store) -> list[Told]:
    """Who of the programme read letters of a member or to them, or looked at who they are. Raises StoreError,
    VaultError."""
    partners = await partners_of(member, store)
    events: list[Event] = await store.events.of_pairs([part.pair.id for part in member.parts])
    delivered = set()
    for part in member.parts:
        kept = await store.kept_letters.of_pair(part.pair.id)
        delivered |= {letter.id for letter in kept if letter.side is not part.side and letter.delivered}
    found = await asyncio.to_thread(looks, events, member, partners, delivered)
    return [one for one in found if one.name != "exported-mail"]


async def letters_of(contents: Contents, store: Store, domain: str) -> AsyncIterator[CopiedLetter]:
    """The letters of the copy with their octets, one after the other. Raises StoreError."""
    number = 0
    received: dict[str, list[str]] = {}
    for part, letter in contents.letters:
        try:
            content = await store.kept_letters.content(letter)
        except VaultError:  # damaged: relay check says so, and the others are theirs all the same
            content = b""
        if content is None:
            continue
        number += 1
        pair_id = part.pair.id
        subjects = received.setdefault(pair_id, [])
        if not content:
            yield _copied(number, part, letter, Message(), b"", calendar=False)
        elif letter.side is part.side:
            echoes = await store.echoes.of(pair_id, part.side)
            rewrite = partial(own_letter, echoes=echoes, received=tuple(subjects), domain=domain)
            try:
                own = await asyncio.to_thread(rewrite, letter, content, part.pair)
            except Refusal:  # by a relay that read letters otherwise: what is not read is not shown
                yield _copied(number, part, letter, Message(), b"", calendar=False)
            else:
                yield _copied(number, part, letter, own.message, own.content, calendar=own.calendar)
        else:
            message = await asyncio.to_thread(_parsed, content)
            subjects.append(message.subject)
            yield _copied(number, part, letter, message, content, calendar=False)


async def partners_of(member: Member, store: Store) -> list[Partner]:
    """The other members of a member's pairs."""
    found = []
    own = Identity(tuple(one.address for one in member.addresses), member.known_as)
    for part in member.parts:
        identities = await store.directory.identities(part.pair.id)
        if identities is not None:
            theirs = identities[0] if part.side.other == "mentor" else identities[1]
            found.append(Partner(part.pair, part.side, own, theirs))
    return found


def _parsed(content: bytes) -> Message:
    """A letter that reached the member; nothing of one that cannot be read, whose octets are in the copy anyway."""
    try:
        return parse(content)
    except Refusal:
        return Message()


def _may_have(letter: KeptLetter, part: Part) -> bool:
    """Of the other member's letters those that arrived; of their own those that they are known to have written."""
    return letter.proven if letter.side is part.side else letter.delivered


def _copied(
    number: int, part: Part, letter: KeptLetter, message: Message, content: bytes, *, calendar: bool
) -> CopiedLetter:
    text = message.text if message.text is not None else html_to_text(message.html or "")
    files = tuple((one.filename or one.media_type, len(one.content)) for one in message.attachments)
    state = "delivered" if letter.delivered else "waiting" if letter.waiting else "not_delivered"
    mine = letter.side is part.side
    return CopiedLetter(
        number,
        part.pair.id,
        letter.accepted_at,
        mine,
        state,
        message.subject,
        text,
        files,
        calendar,
        content,
        bool(content),
    )
