"""A letter that arrived becomes the one that will leave: rebuilt, with its thread link and its delivery."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from relay.anonymise.learning import learned
from relay.message.threads import mapped, new_message_id
from relay.model import (
    Envelope,
    Glance,
    Headers,
    JournalEntry,
    Known,
    NewDelivery,
    RebuildOrder,
    Rebuilt,
    ThreadLink,
)
from relay.outcomes import Returned
from relay.settings import Settings
from relay.store import Acceptance, Traits, Way

_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"


def new_id() -> str:
    """A journal id: short enough to read out on the telephone, random enough never to meet again (59 bits)."""
    number = secrets.randbelow(len(_SIGNS) ** 12)
    signs = []
    for _ in range(12):
        number, sign = divmod(number, len(_SIGNS))
        signs.append(_SIGNS[sign])
    return "".join(signs)


@dataclass(frozen=True, slots=True)
class Arrived:
    """One letter at the dot: its envelope, what its header says, what tells it from others, and which machine's mail it
    was recognised as (``told``; None for a person's)."""

    envelope: Envelope
    seen: Glance
    traits: Traits
    told: Returned | None


@dataclass(frozen=True, slots=True)
class Maker:
    """``rebuild`` runs the pure middle."""

    settings: Settings
    rebuild: Callable[[RebuildOrder], Awaitable[Rebuilt | Returned]]

    async def letter(self, arrived: Arrived, way: Way, letter_id: str, now: datetime) -> Acceptance:
        """The letter that leaves by ``way``, to be journalled as ``letter_id``. Raises Refusal."""
        envelope, seen, route = arrived.envelope, arrived.seen, way.route
        in_reply_to, references = mapped(seen, way.known_ids)
        message_id = new_message_id(secrets.token_hex(12), self.settings.domain)
        headers = Headers(
            from_name=route.author_persona.name,
            from_address=route.author_persona.alias,
            to_address=route.recipient.addresses[0],
            message_id=message_id,
            date=now.replace(microsecond=0),
            in_reply_to=in_reply_to,
            references=references,
        )
        people = route.author, route.author_persona, route.recipient, route.recipient_persona
        known = learned(Known(*people, self.settings.programme.contact, self.settings.programme.unknown_files), seen)
        forbidden = (seen.message_id,) if seen.message_id else ()
        rebuilt = await self.rebuild(RebuildOrder(envelope.content, known, headers, forbidden, recognise=False))
        assert isinstance(rebuilt, Rebuilt)
        removed: dict[str, int] = {}
        for removal in rebuilt.removals:
            removed[removal.kind] = removed.get(removal.kind, 0) + removal.count
        token = secrets.token_hex(12)
        return Acceptance(
            entry=JournalEntry(
                id=letter_id,
                pair_id=route.pair_id,
                side=route.side,
                kind="letter",
                accepted_at=now,
                size_in=len(envelope.content),
                size_out=len(rebuilt.content),
                removed=removed,
            ),
            link=ThreadLink(route.pair_id, route.side, seen.message_id, message_id),
            deliveries=(
                NewDelivery(
                    id=new_id(),
                    journal_id=letter_id,
                    recipient=route.recipient.addresses[0],
                    return_path=f"b-{token}@{self.settings.domain}",
                    content=rebuilt.content,
                    due_at=now,
                ),
            ),
            keep=self.settings.store.content == "kept",
        )
