"""Gathers what a member's copy holds from the database."""

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
from relay.store import KeptLetter, Member, Part, Store


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
        pairs.append(CopiedPair(part, state, kept_back(partners, part.pair.cohort), own))
        kept = await store.kept_letters.of_pair(part.pair.id)
        letters += [(part, letter) for letter in kept if _may_have(letter, part)]
    delivered = {letter.id for part, letter in letters if letter.side is not part.side}
    manner = member.parts[0].pair.manner(member.parts[0].side) if member.parts else Manner()
    return Contents(member, now, manner, tuple(pairs), told(events, member, partners, delivered), partners, letters)


async def read_by(member: Member, store: Store) -> list[Told]:
    """Who of the programme read letters of a member or to them, or looked at who they are. Raises StoreError,
    VaultError."""
    partners = await partners_of(member, store)
    events: list[Event] = await store.events.of_pairs([part.pair.id for part in member.parts])
    delivered = set()
    for part in member.parts:
        kept = await store.kept_letters.of_pair(part.pair.id)
        delivered |= {letter.id for letter in kept if letter.side is not part.side and letter.delivered}
    return [one for one in looks(events, member, partners, delivered) if one.name != "exported-mail"]


async def letters_of(contents: Contents, store: Store, domain: str) -> AsyncIterator[CopiedLetter]:
    """The letters of the copy with their octets, one after the other. They are read in a thread, so that the server
    goes on meanwhile. Raises StoreError, VaultError."""
    number = 0
    received: dict[str, list[str]] = {}
    for part, letter in contents.letters:
        content = await store.kept_letters.content(letter)
        if content is None:
            continue
        number += 1
        pair_id = part.pair.id
        subjects = received.setdefault(pair_id, [])
        if letter.side is part.side:
            echoes = await store.echoes.of(pair_id, part.side)
            rewrite = partial(own_letter, echoes=echoes, received=tuple(subjects), domain=domain)
            own = await asyncio.to_thread(rewrite, letter, content, part.pair)
            yield _copied(number, part, letter, own.message, own.content, calendar=own.calendar)
        else:
            message = await asyncio.to_thread(parse, content)
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
        number, part.pair.id, letter.accepted_at, mine, state, message.subject, text, files, calendar, content
    )
