"""Builds the outgoing letter from the incoming one: rebuilt content, thread link and delivery."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from relay.anonymise.header_names import learned
from relay.inbound.arrived import Arrived, new_id
from relay.inbound.undecided import Undecided
from relay.message.write.threads import mapped, new_message_id
from relay.model import (
    Echoes,
    Headers,
    History,
    JournalEntry,
    Known,
    NewDelivery,
    RebuildOrder,
    Rebuilt,
    Route,
    ThreadLink,
)
from relay.outcomes import Returned
from relay.policy.recipients import new_token, return_path
from relay.settings import Settings
from relay.store import Acceptance, RouteLookup, Store


@dataclass(frozen=True, slots=True)
class LetterBuilder:
    """Builds letters. ``store`` holds what was written to their authors; ``rebuild`` anonymises in a worker, and
    returns Returned for automatic mail."""

    settings: Settings
    store: Store
    rebuild: Callable[[RebuildOrder], Awaitable[Rebuilt | Returned]]

    async def letter(
        self, arrived: Arrived, lookup: RouteLookup, letter_id: str = ""
    ) -> Acceptance | Undecided | Returned:
        """The letter for ``lookup``, journalled as ``letter_id`` ("": the envelope's next id); Undecided when a person
        has to decide about it; Returned when it is automatic mail. Raises Refusal."""
        route = lookup.route
        echoes = await self.store.echoes.of(route.pair_id, route.side)
        order = self._order(arrived, lookup, echoes, await self._history(arrived, route))
        rebuilt = await self.rebuild(order)
        if isinstance(rebuilt, Returned):
            return rebuilt
        letter = self._acceptance(arrived, lookup, letter_id or arrived.next_id(), order.headers.message_id, rebuilt)
        if order.known.history is not None and rebuilt.remembered:
            letter = replace(letter, remembered=order.known.history.key + rebuilt.remembered)
        return Undecided(letter, rebuilt.doubts) if rebuilt.doubts else letter

    async def _history(self, arrived: Arrived, route: Route) -> History | None:
        """What the reader has of earlier letters; None when answers quote all of it (programme.history) or letters are
        not stored (store.content): then nothing is remembered either."""
        if self.settings.programme.history == "all" or self.settings.store.content == "none":
            return None
        received, carried = arrived.routing_headers, self.settings.programme.history
        if not (received.in_reply_to or received.references):
            return self.store.relayed_words.beginning(route.pair_id, carried)
        return await self.store.relayed_words.of(route.pair_id, route.side.other, carried)

    def _order(self, arrived: Arrived, lookup: RouteLookup, echoes: Echoes, history: History | None) -> RebuildOrder:
        received, route, programme = arrived.routing_headers, lookup.route, self.settings.programme
        in_reply_to, references = mapped(received, lookup.known_ids)
        headers = Headers(
            from_name=route.author_persona.name,
            from_address=route.author_persona.alias,
            to_address=route.recipient.addresses[0],
            message_id=new_message_id(secrets.token_hex(12), self.settings.domain),
            date=arrived.now.replace(microsecond=0),
            in_reply_to=in_reply_to,
            references=references,
        )
        people = route.author, route.author_persona, route.recipient, route.recipient_persona
        known = learned(Known(*people, programme.contact, programme.unknown_files, echoes, history), received)
        forbidden = (received.message_id,) if received.message_id else ()
        return RebuildOrder(arrived.envelope.content, known, headers, forbidden)

    def _acceptance(
        self, arrived: Arrived, lookup: RouteLookup, letter_id: str, message_id: str, rebuilt: Rebuilt
    ) -> Acceptance:
        route = lookup.route
        removed: dict[str, int] = {}
        for removal in rebuilt.removals:
            removed[removal.kind] = removed.get(removal.kind, 0) + removal.count
        entry = JournalEntry(
            id=letter_id,
            pair_id=route.pair_id,
            side=route.side,
            kind="letter",
            accepted_at=arrived.now,
            size_in=len(arrived.envelope.content),
            size_out=len(rebuilt.content),
            removed=removed,
        )
        delivery = NewDelivery(
            id=new_id(),
            journal_id=letter_id,
            recipient=route.recipient.addresses[0],
            return_path=return_path(new_token(), self.settings.domain),
            content=rebuilt.content,
            due_at=arrived.now,
        )
        link = ThreadLink(route.pair_id, route.side, arrived.routing_headers.message_id, message_id)
        return Acceptance(entry, link, (delivery,), keep=self.settings.store.content == "kept", echoes=rebuilt.echoes)
