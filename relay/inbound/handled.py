"""What a handler decides about one recipient of an envelope."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from relay.inbound.arrived import Arrived
from relay.model import JournalEntry, Route, Side
from relay.refusals import Refusal
from relay.store import Acceptance, Answer, CameBack, Change, DmarcCounts, InvitationAnswer

Effect = Acceptance | JournalEntry | CameBack | Answer | DmarcCounts | InvitationAnswer | Change
"""Something that is written when the envelope is accepted."""


@dataclass(frozen=True, slots=True)
class Handled:
    """The decision about one recipient: accepted with ``effects``, or refused with ``refusal``.

    ``journal_id`` names the effects; for a duplicate it is the earlier letter's id and there are no effects. ``route``
    is set for a letter of a proven member, also from an address that is not confirmed as theirs yet. ``letter``: the
    effects include a new letter to the other member. ``afterwards`` runs after the reply is decided, except when the
    envelope is deferred; what it needs to be done after a restart, too, is ``kept`` before the reply.
    """

    recipient: str
    effects: tuple[Effect, ...] = ()
    journal_id: str = ""
    refusal: Refusal | None = None
    route: Route | None = None
    letter: bool = False
    kept: Change | None = None
    afterwards: Callable[[], Awaitable[None]] | None = None


class Handler(Protocol):
    """Decides about the recipients of one class. A refusal is returned in Handled, or raised when it applies to all of
    them."""

    async def __call__(self, arrived: Arrived, recipients: Sequence[str]) -> list[Handled]: ...


def journal_entry(
    arrived: Arrived, kind: str, reason: str, pair_id: str | None = None, side: Side | None = None
) -> JournalEntry:
    """The next journal entry, for something accepted that causes no delivery; ``kind`` is "automatic", "answer" or
    "command"."""
    return JournalEntry(
        id=arrived.next_id(),
        pair_id=pair_id,
        side=side,
        kind=kind,
        accepted_at=arrived.now,
        size_in=len(arrived.envelope.content),
        size_out=0,
        reason=reason,
        settled_at=arrived.now,
    )


def absorbed(arrived: Arrived, recipient: str, reason: str, route: Route | None = None) -> Handled:
    """Automatic mail: journalled and never answered."""
    whose = (route.pair_id, route.side) if route else ()
    entry = journal_entry(arrived, "automatic", reason, *whose)
    return Handled(recipient, (entry,), entry.id, route=route)
