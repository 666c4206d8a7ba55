"""Tells the partners of a member who is away until when, and nothing else; letters go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from relay.letters.write import Letter, Writer
from relay.states import EXCHANGING
from relay.store import Acceptance, Member, Part, Store


async def partners_told(
    member: Member, until: date | None, store: Store, writer: Writer, now: datetime
) -> list[Acceptance]:
    """The letters to the partners of all pairs of ``member`` that exchange letters: until when the member is away, None
    for a time that is not known. Raises StoreError, StationeryError."""
    going = [part for part in member.parts if part.pair.state in EXCHANGING]
    changed = member.away_until is not None
    return [one for part in going for one in await partner_told(part, until, store, writer, now, changed=changed)]


async def partner_told(
    part: Part, until: date | None, store: Store, writer: Writer, now: datetime, *, changed: bool = False
) -> Sequence[Acceptance]:
    """The letter to the other member of one pair; none when they were forgotten. ``changed``: another day was named
    before. Raises StoreError, StationeryError."""
    pair, other = part.pair, part.side.other
    identities = await store.directory.identities(pair.id)
    partner = identities[list(type(other)).index(other)] if identities is not None else None
    if partner is None or not partner.addresses:
        return []
    values = {"name": pair.persona(part.side).name, "until": until or "", "changed": changed}
    letter = Letter("partner-away", partner.addresses[0], pair.manner(other), values, pair.id, side=part.side)
    return [writer.write(letter, now)]
