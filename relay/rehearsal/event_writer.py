"""Writes the events of a rehearsal as they happen: what the store recorded, and each letter that leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from relay.model import Delivery, Event, EventKind, Side
from relay.rehearsal.record import Record
from relay.store import Store


@dataclass(slots=True)
class EventWriter:
    """Writes to ``record``. ``_newest`` is the number of the newest event that was written already."""

    store: Store
    record: Record
    clock: Callable[[], datetime]
    _newest: int = 0
    _names: dict[str, str] = field(default_factory=dict)

    async def send(self, delivery: Delivery) -> None:
        """Write a letter to the folder instead of sending it, and its event."""
        found = await self.store.journal.show(delivery.journal_id)
        entry = None if found is None else found[0]
        relayed = entry is not None and entry.kind == "letter" and not delivery.notice
        name = "relayed" if relayed else self._names.get(delivery.journal_id, entry.kind if entry else "notice")
        side = entry.side if entry and relayed else await self._reader(entry.pair_id if entry else None, delivery)
        self.record.event(
            self.clock(),
            "relayed" if relayed else "sent",
            pair=entry.pair_id if entry else None,
            side=side.value if side else None,
            letter=name,
            file=self.record.letter(delivery),
            to=delivery.recipient,
        )

    async def _reader(self, pair_id: str | None, delivery: Delivery) -> Side | None:
        """The side that a letter from the programme goes to; None when its recipient is not in the pair."""
        identities = await self.store.directory.identities(pair_id) if pair_id else None
        for side, identity in zip((Side.MENTOR, Side.MENTEE), identities or (), strict=False):
            if delivery.recipient.lower() in map(str.lower, identity.addresses):
                return side
        return None

    async def write(self, *, skip: bool = False) -> None:
        """Write the events that the store has recorded since the last call; ``skip`` them at the start.

        Letters sent and refusals of SMTP are written elsewhere, at the moment they happen.
        """
        events, self._newest = await self.store.events.after(self._newest)
        for event in events:
            if event.kind is EventKind.SENT and event.journal_id:
                self._names[event.journal_id] = event.facts.get("letter", "notice")
            refused_in_smtp = event.kind is EventKind.REFUSED and "by" not in event.facts
            if not skip and not refused_in_smtp and event.kind not in (EventKind.SENT, EventKind.RELAYED):
                self._one(event)

    def _one(self, event: Event) -> None:
        side = event.side.value if event.side else None
        facts = {"letter": event.journal_id, **event.facts}
        self.record.event(event.at, event.kind.value, pair=event.pair_id, side=side, **facts)
