"""Arguments and results of the store about held letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from relay.model import Side
from relay.store.records import Acceptance, QueueRow


class Decider(StrEnum):
    """Who decides about a held letter: its author by an answer, a person of the programme, or the clock (the rate limit
    allows it again, or its time limit has passed)."""

    AUTHOR = "author"
    PERSON = "person"
    CLOCK = "clock"


class HoldDecision(StrEnum):
    """A decision. All but RELEASED end the letter; the value then is the reason in the journal."""

    RELEASED = "released"
    REFUSED = "refused"
    """A person did not let it pass."""
    DENIED = "denied"
    """The author said that it is not theirs, or that it must not be sent."""
    UNCONFIRMED = "unconfirmed"
    """Its author did not answer in time."""
    DISPLACED = "displaced"
    """It was removed for a newer unproven letter."""
    CLOSED = "closed"
    """Its pair exchanged no letters any more when it was released."""
    DROPPED = "dropped"
    """An operator gave it up without a notice."""
    FORGOTTEN = "forgotten"
    """Its author or its recipient was forgotten."""
    ENDED = "ended"
    """Its delivery ended in another way."""


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold of a letter. ``until_at``: None means no time limit; ``decision``: None while it is open; ``row``: the
    delivery, while there is one."""

    delivery_id: str
    journal_id: str
    pair_id: str | None
    side: Side | None
    why: str
    since_at: datetime
    until_at: datetime | None
    decider: Decider
    decision: HoldDecision | None = None
    decided_at: datetime | None = None
    decided_by: Decider | None = None
    row: QueueRow | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision about one held letter. ``who``, ``why``: an operator's own words for the event; ``follow_up``: a
    letter about the decision, accepted with it."""

    delivery_id: str
    decision: HoldDecision
    by: Decider
    at: datetime
    who: str = ""
    why: str = ""
    follow_up: Acceptance | None = None
