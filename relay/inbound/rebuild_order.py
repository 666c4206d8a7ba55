"""What a worker is told to rebuild one letter: everything known of both members, and the header of the result."""

from __future__ import annotations

import secrets

from relay.anonymise.header_names import with_learned
from relay.inbound.arrived import Arrived
from relay.message.write.threads import mapped, new_message_id
from relay.model import NO_CONVERSIONS, Conversions, Headers, History, Known, RebuildOrder, Route
from relay.settings import Settings
from relay.store import RouteLookup, Store


async def rebuild_order(
    arrived: Arrived, lookup: RouteLookup, settings: Settings, store: Store, conversions: Conversions = NO_CONVERSIONS
) -> RebuildOrder:
    """The order for the letter that ``arrived``, on the route of ``lookup``. Raises StoreError."""
    received, route, programme = arrived.routing_headers, lookup.route, settings.programme
    in_reply_to, references = mapped(received, lookup.known_ids)
    headers = Headers(
        from_name=route.author_persona.name,
        from_address=route.author_persona.alias,
        to_address=route.recipient.addresses[0],
        message_id=new_message_id(secrets.token_hex(12), settings.domain),
        date=arrived.now.replace(microsecond=0),
        in_reply_to=in_reply_to,
        references=references,
    )
    echoes = await store.echoes.of(route.pair_id, route.side, lookup.echoes)
    history = await _history(arrived, route, settings, store)
    reader = route.recipient, route.recipient_persona
    author = with_learned(route.author, route.author_persona, *reader, received)
    people = author, route.author_persona, *reader
    known = Known(*people, programme.contact, programme.unknown_files, echoes, history, conversions)
    forbidden = (received.message_id,) if received.message_id else ()
    return RebuildOrder(arrived.envelope.content, known, headers, forbidden, subject=arrived.subject)


async def _history(arrived: Arrived, route: Route, settings: Settings, store: Store) -> History | None:
    """What the reader has of earlier letters; None when answers quote all of it (programme.history) or letters are not
    stored (store.content): then nothing is remembered either."""
    if settings.programme.history == "all" or settings.store.content == "none":
        return None
    received, carried = arrived.routing_headers, settings.programme.history
    if not (received.in_reply_to or received.references):
        return store.relayed_words.beginning(route.pair_id, carried)
    return await store.relayed_words.of(route.pair_id, route.side.other, carried)
