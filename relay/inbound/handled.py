"""What a handler decided about one recipient of an envelope."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from relay.inbound.arrived import Arrived
from relay.model import JournalEntry, Route
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


def automatic(arrived: Arrived, reason: str, route: Route | None = None) -> JournalEntry:
    """The journal's line for a machine's mail that is absorbed; ``reason`` says which kind."""
    return JournalEntry(
        id=arrived.next_id(),
        pair_id=route.pair_id if route else None,
        side=route.side if route else None,
        kind="automatic",
        accepted_at=arrived.now,
        size_in=len(arrived.envelope.content),
        size_out=0,
        reason=reason,
        settled_at=arrived.now,
    )


def absorbed(arrived: Arrived, recipient: str, reason: str, route: Route | None = None) -> Handled:
    """A machine's mail, noted and never answered."""
    entry = automatic(arrived, reason, route)
    return Handled(recipient, (entry,), entry.id, route=route)
