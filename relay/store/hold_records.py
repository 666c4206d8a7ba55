"""What the stories and the store tell each other about letters that wait for a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from relay.model import Side
from relay.store.records import Acceptance, QueueRow


class Decider(StrEnum):
    """Who decides about a letter that is held: its author by an answer, a person who runs the programme, or the clock
    when there is room for it or its time is over."""

    AUTHOR = "author"
    PERSON = "person"
    CLOCK = "clock"


class HoldDecision(StrEnum):
    """What was decided. All but RELEASED end the letter; the journal then has the same word for why."""

    RELEASED = "released"
    REFUSED = "refused"
    """A person did not let it pass."""
    DENIED = "denied"
    """The author said that it is not theirs, or that it may not go."""
    UNCONFIRMED = "unconfirmed"
    """Nobody said in time whose it is, or whether it may go as it is."""
    DISPLACED = "displaced"
    """It made room for newer ones that nobody could prove."""
    CLOSED = "closed"
    """Its pair was closed when it was to go."""
    DROPPED = "dropped"
    """It was given up by hand, and nobody told."""
    FORGOTTEN = "forgotten"
    """Its author or its recipient was forgotten."""
    ENDED = "ended"
    """Its delivery ended in another way."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A letter that is held, or was: ``why``, since when, until when (None: no end), who decides, and what was decided,
    None while it is open. ``row`` is its delivery while there is one."""

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
    """A decision about one held letter. ``who`` decided and ``why``, in their own words, are recorded; ``follow_up``, a
    letter that says so, is accepted with it."""

    delivery_id: str
    decision: HoldDecision
    by: Decider
    at: datetime
    who: str = ""
    why: str = ""
    follow_up: Acceptance | None = None
