"""What the stories hand to the store, and what it hands back, beyond the nouns of the model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from relay.model import Delivery, JournalEntry, NewDelivery, Pair, Route, Side, ThreadLink
from relay.outcomes import Outcome

TO_OPERATOR, FROM_OPERATOR = "operator", "from-operator"
"""The kinds of journal entries of letters between the operator and somebody else; their side is the member's."""


@dataclass(frozen=True, slots=True)
class ConfirmationRequest:
    """Is a held letter the member's? ``token``, unguessable, is in the address that their answer goes to. ``address``:
    the unproven one that the letter came from, "" when it came from a proven one. ``mailbox``: where the member is
    asked; ``network``: where a letter that nobody could prove came from. ``expires_at`` None: never."""

    token: str
    delivery_id: str
    expires_at: datetime | None
    address: str = ""
    mailbox: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter that nobody could prove and that waits for its member's answer; ``network``, an opaque key, is where it
    came from."""

    delivery_id: str
    journal_id: str
    network: str


@dataclass(frozen=True, slots=True)
class OpenConfirmation:
    """A question that waits for its answer. ``side`` of ``pair`` was asked, at ``mailbox``; ``addresses`` are the
    proven ones of that member, in lower case. ``asked``: how often, 3 when only a person decides.

    About a held letter: its ``journal_id``, and whether it came from an address that is not proven (``elsewhere``), or
    is its author's for certain, who decides whether it leaves as it is (``decides``).
    About an address: ``address``, and ``waiting``, how many held letters came from there."""

    token: str
    pair: Pair
    side: Side
    mailbox: str
    addresses: frozenset[str]
    asked: int
    journal_id: str = ""
    elsewhere: bool = False
    decides: bool = False
    address: str = ""
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Answered:
    """The letter a question was about, and whether it goes out now; False: its pair is closed, it was given up."""

    journal_id: str
    released: bool


class Decision(StrEnum):
    """What an answer does."""

    YES = "yes"
    NO = "no"
    ASK_AGAIN = "ask again"
    LEAVE = "leave to a person"


@dataclass(frozen=True, slots=True)
class Turn:
    """A letter of a conversation with the operator. ``token``, unguessable, is in the address that both write to.
    ``pair_id``, ``side``: the member's, None for anybody else; ``mailbox``: where they wrote from. ``subject`` is what
    they know the conversation by, ``shown_subject`` what the operator does. ``relay_id`` is our Message-ID of the
    letter, ``foreign_id`` its author's."""

    token: str
    pair_id: str | None
    side: Side | None
    mailbox: str
    subject: str
    shown_subject: str
    by_operator: bool
    relay_id: str
    foreign_id: str | None = None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One letter taken responsibility for: what the journal says, its thread link, what is owed to whom.

    ``keep``: the letters that leave stay, sealed, with the journal; otherwise they go when they are delivered.
    ``written``: the fingerprints of a member's letter, by any of which the same one is known when it comes again; none
    for what nobody can send twice. ``name``: which letter of relay's own it is. ``turn``: its place in a conversation
    with the operator.
    """

    entry: JournalEntry
    link: ThreadLink | None
    deliveries: tuple[NewDelivery, ...]
    keep: bool
    written: tuple[str, ...] = ()
    question: ConfirmationRequest | None = None
    name: str = ""
    turn: Turn | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of letters on their acceptance. ``before``: the ids of those that were accepted before, by their new
    ones. ``trying``: the deliveries that whoever accepted them now tries; all others wait in the queue."""

    before: dict[str, str]
    trying: tuple[Delivery, ...] = ()


@dataclass(frozen=True, slots=True)
class Settlement:
    """How one try ended. ``next_due_at`` is when to try again after Deferred; None means no more tries.

    ``follow_ups``, what is said about it to the author and the operator, are accepted in the same transaction.
    ``attempts`` is which try it was, as in Delivery: once another has begun, because the lease expired, Deferred and
    Failed of this one count no more. None counts in any case. ``hold``: why a person decides about it from now on, ""
    when nobody has to.
    """

    delivery_id: str
    outcome: Outcome
    next_due_at: datetime | None
    settled_at: datetime
    follow_ups: tuple[Acceptance, ...] = ()
    attempts: int | None = None
    hold: str = ""


@dataclass(frozen=True, slots=True)
class CameBack:
    """What a report says of a letter that we thought delivered: ``reason`` as the journal tells it. ``entry`` is the
    report's own; ``follow_up``, a notice to the author, is accepted when the letter had not failed before."""

    journal_id: str
    reason: str
    entry: JournalEntry
    follow_up: Acceptance | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """Deliveries taken for a try, and by delivery id the opaque key of where each goes (for ``exclude``).

    ``behind`` are the destinations of others that are due and found no room; with ``cut`` there may be more of any,
    besides those to destinations that were excluded."""

    deliveries: tuple[Delivery, ...]
    destinations: dict[str, str]
    behind: frozenset[str] = frozenset()
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of ``question``, as it was when the answer was read, and the letters that say so. When the question
    has changed since then, nothing is done and StoreError raised: the answer is then to be read again."""

    question: OpenConfirmation
    decision: Decision
    at: datetime
    letters: tuple[Acceptance, ...] = ()


@dataclass(frozen=True, slots=True)
class Effects:
    """All that one envelope does, to be written in one transaction: letters taken responsibility for, lines of the
    journal, reports about letters of ours, answers to questions."""

    letters: tuple[Acceptance, ...] = ()
    entries: tuple[JournalEntry, ...] = ()
    reports: tuple[CameBack, ...] = ()
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Committed:
    """What became of Effects: of its letters, and whether each report was news."""

    letters: Accepted
    news: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class SuspendedRow:
    """One line of ``relay member list --suspended``: a member by pair and pseudonym, and the status that ended it."""

    pair_id: str
    side: Side
    name: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class OverLimitRow:
    """A letter that is held because its author, on ``side``, or its pair sent more than they may."""

    delivery_id: str
    journal_id: str
    pair_id: str
    side: Side


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of ``relay queue list``: no address, no letter. ``state`` is queued, sending or held."""

    id: str
    journal_id: str
    state: str
    attempts: int
    due_at: datetime
    created_at: datetime
    last_status: str
    notice: bool


@dataclass(frozen=True, slots=True)
class LetterKey:
    """What tells one letter from others: the fingerprints of what was ``written``, each enough to know it again, the
    Message-IDs it ``cited`` (without angle brackets), and ``now``, when it came."""

    written: tuple[str, ...]
    cited: tuple[str, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class RouteLookup:
    """The ``route`` of one letter. ``before``: the journal id it was taken under in the last month, if it was, and did
    arrive. ``known_ids``: for each letter it cites the Message-ID that the recipient knows."""

    route: Route
    before: str | None
    known_ids: dict[str, str]


@dataclass(frozen=True, slots=True)
class NoSuchAlias:
    """No alias of that name was ever made."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """The alias exists, but it was made for somebody else to write to."""
