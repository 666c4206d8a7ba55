"""Builds the outgoing letter from the incoming one: rebuilt content, thread link and delivery."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from relay.inbound.arrived import Arrived, new_id
from relay.inbound.rebuild_order import rebuild_order
from relay.inbound.undecided import Undecided
from relay.model import NO_CONVERSIONS, Conversions, JournalEntry, NewDelivery, RebuildOrder, Rebuilt, ThreadLink
from relay.outcomes import Returned
from relay.policy.recipients import new_token, return_path
from relay.settings import Settings
from relay.store import Acceptance, RouteLookup, Store


@dataclass(frozen=True, slots=True)
class CommandAlone:
    """A finished ``letter`` whose only word is a ``command`` of the desk."""

    letter: Acceptance
    command: str


@dataclass(frozen=True, slots=True)
class MayAnswer:
    """A finished ``letter`` that shows ``questions`` of relay's own: it may be an answer to one of them."""

    letter: Acceptance | Undecided | CommandAlone
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LetterBuilder:
    """Builds letters. ``store`` holds what was written to their authors; ``rebuild`` anonymises in a worker, and
    returns Returned for automatic mail; ``conversions``: what it can convert."""

    settings: Settings
    store: Store
    rebuild: Callable[[RebuildOrder], Awaitable[Rebuilt | Returned]]
    conversions: Conversions = NO_CONVERSIONS

    async def letter(
        self, arrived: Arrived, lookup: RouteLookup, letter_id: str = "", *, written: tuple[str, ...] = ()
    ) -> Acceptance | Undecided | CommandAlone | MayAnswer | Returned:
        """The letter for ``lookup``, journalled as ``letter_id`` ("": the envelope's next id), with its fingerprints
        ``written``; Undecided when a person has to decide about it; CommandAlone when its author may have meant the
        desk; MayAnswer when it may be an answer to relay; Returned when it is automatic mail. Raises Refusal."""
        order = await rebuild_order(arrived, lookup, self.settings, self.store, self.conversions)
        rebuilt = await self.rebuild(order)
        if isinstance(rebuilt, Returned):
            return rebuilt
        letter = self._acceptance(arrived, lookup, letter_id or arrived.next_id(), order, rebuilt, written=written)
        what: Acceptance | Undecided | CommandAlone = letter
        if rebuilt.command:
            what = CommandAlone(letter, rebuilt.command)
        elif rebuilt.doubts:
            what = Undecided(letter, rebuilt.doubts)
        return MayAnswer(what, rebuilt.questions) if rebuilt.questions else what

    def _acceptance(
        self,
        arrived: Arrived,
        lookup: RouteLookup,
        letter_id: str,
        order: RebuildOrder,
        rebuilt: Rebuilt,
        *,
        written: tuple[str, ...],
    ) -> Acceptance:
        route, history = lookup.route, order.known.history
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
        link = ThreadLink(route.pair_id, route.side, arrived.routing_headers.message_id, order.headers.message_id)
        return Acceptance(
            entry,
            link,
            (delivery,),
            keep=self.settings.store.content == "kept",
            written=written,
            echoes=rebuilt.echoes,
            remembered=history.key + rebuilt.remembered if history is not None and rebuilt.remembered else b"",
            subject_returned=rebuilt.subject_returned,
        )
