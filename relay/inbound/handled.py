"""What a handler decided about one recipient of an envelope."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from relay.inbound.arrived import Arrived
from relay.model import JournalEntry, Route, Side
from relay.refusals import Refusal
from relay.store import Acceptance, Answer, CameBack

Effect = Acceptance | JournalEntry | CameBack | Answer
"""Something to be written when the envelope is taken."""


@dataclass(frozen=True, slots=True)
class Handled:
    """Either taken, with its ``effects`` and the ``journal_id`` that names them (that of before, with no effects, for a
    letter that was taken already), or refused.

    ``route`` is set for a letter of a proven member; ``letter`` tells that a new letter to the other side is among the
    effects. ``afterwards`` goes on when the envelope was answered, unless it was put off.
    """

    recipient: str
    effects: tuple[Effect, ...] = ()
    journal_id: str = ""
    refusal: Refusal | None = None
    route: Route | None = None
    letter: bool = False
    afterwards: Callable[[], Awaitable[None]] | None = None


class Handler(Protocol):
    """Decides about the recipients of one class. What cannot be taken is Handled with a refusal, or raised when that is
    so for all of them."""

    async def __call__(self, arrived: Arrived, recipients: Sequence[str]) -> list[Handled]: ...


def noted(
    arrived: Arrived, kind: str, reason: str, pair_id: str | None = None, side: Side | None = None
) -> JournalEntry:
    """The next line of the journal for something that is taken and owes nobody a delivery; ``kind`` is "automatic" or
    "answer"."""
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
    """A machine's mail, noted and never answered."""
    whose = (route.pair_id, route.side) if route else ()
    entry = noted(arrived, "automatic", reason, *whose)
    return Handled(recipient, (entry,), entry.id, route=route)
