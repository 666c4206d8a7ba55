"""Arguments and results of the store, beyond the types of the model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from relay.model import Delivery, DmarcReport, Echoes, JournalEntry, NewDelivery, Pair, Route, Side, ThreadLink
from relay.outcomes import Outcome

TO_OPERATOR, FROM_OPERATOR = "operator", "from-operator"
COPY = "copy"
"""The kinds of journal entries of letters between the operator and somebody else; their side is the member's."""


@dataclass(frozen=True, slots=True)
class ConfirmationRequest:
    """Asks the member about a held letter. ``token``: random, part of the address that the answer goes to. ``address``:
    the unproven address the letter came from, "" when it came from a proven one. ``mailbox``: where the member is
    asked. ``network``: where an unproven letter came from. ``expires_at``: None means never."""

    token: str
    delivery_id: str
    expires_at: datetime | None
    address: str = ""
    mailbox: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A held letter that waits for its author's answer. ``network``: where it came from, as an opaque key; "" when its
    author is proven."""

    delivery_id: str
    journal_id: str
    network: str


@dataclass(frozen=True, slots=True)
class OpenConfirmation:
    """A confirmation request without an answer yet. The member on ``side`` of ``pair`` was asked, at ``mailbox``;
    ``addresses`` are their proven ones, in lower case. ``asked``: how often, 3 when only a person decides.

    About a held letter: ``journal_id``; ``elsewhere``, it came from an unproven address; ``decides``, its author is
    proven and decides whether it leaves as it is, ``word_alone`` because its only word is a command. About an address:
    ``address``; ``waiting``, the number of held letters from there; ``moves``, whether a yes moves the member's letters
    there ("now", from ``primary``), or still needs one from the other mailbox ("waits").
    """

    token: str
    pair: Pair
    side: Side
    mailbox: str
    addresses: frozenset[str]
    asked: int
    journal_id: str = ""
    elsewhere: bool = False
    decides: bool = False
    word_alone: bool = False
    address: str = ""
    waiting: int = 0
    moves: str = ""
    primary: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The letter a decision was about. ``released``: False when it was given up because its pair exchanges no
    letters."""

    journal_id: str
    released: bool


class Decision(StrEnum):
    """The effect of an answer."""

    YES = "yes"
    NO = "no"
    ASK_AGAIN = "ask again"
    LEAVE = "leave to a person"


@dataclass(frozen=True, slots=True)
class Turn:
    """A letter of a conversation with the operator. ``token``, unguessable, is in the address that both write to.
    ``pair_id``, ``side``: the member's, None for anybody else; ``mailbox``: where they wrote from. ``subject`` is what
    they know the conversation by, ``shown_subject`` what the operator does. ``relay_id`` is our Message-ID of the
    letter, ``foreign_id`` its author's. ``role``: of the person who has the operator's place (relay/roles.py), "" for
    the operator."""

    token: str
    pair_id: str | None
    side: Side | None
    mailbox: str
    subject: str
    shown_subject: str
    by_operator: bool
    relay_id: str
    foreign_id: str | None = None
    role: str = ""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One letter to accept: its journal entry, thread link and deliveries.

    ``keep``: its content is kept, encrypted, with the journal entry; otherwise it is deleted after delivery.
    ``written``: fingerprints of a member's letter, any of which identifies a duplicate; () for relay's own letters.
    ``name``: the catalogue name of a letter of relay's own; ``code``, ``answer_to``: of its question, "" when it asks
    none. ``echoes``: what of a letter belongs to its reader.
    ``remembered``: a key, and the hashes made with it that recognise a member's words when they are quoted
    (relayed_words.py). ``turn``: its place in a conversation with the operator. ``message_id``: of a letter of relay's
    own to a member, without angle brackets. ``subject_returned``: the subject is in the recipient's own words, which
    the author does not know.
    """

    entry: JournalEntry
    link: ThreadLink | None
    deliveries: tuple[NewDelivery, ...]
    keep: bool
    written: tuple[str, ...] = ()
    question: ConfirmationRequest | None = None
    name: str = ""
    echoes: Echoes | None = None
    remembered: bytes = b""
    turn: Turn | None = None
    subject_returned: bool = False
    message_id: str = ""
    code: str = ""
    answer_to: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The result of accepting letters. ``before``: for each duplicate, its new journal id to the id of the first.
    ``trying``: deliveries to be tried at once by the caller, already marked as sending; all others wait in the
    queue."""

    before: dict[str, str]
    trying: tuple[Delivery, ...] = ()


@dataclass(frozen=True, slots=True)
class Settlement:
    """The result of one delivery try. ``next_due_at``: when to try again after Deferred; None means no more tries.

    ``follow_ups``: notices to the author and the operator, accepted in the same transaction. ``attempts``: which try it
    was, as in Delivery. When a later try has begun because the lease expired, Deferred and Failed of this one are
    ignored; with None they never are. ``hold``: why a person has to decide about the delivery, "" when nobody has to.
    ``octets``: of its letter; None: unknown.
    """

    delivery_id: str
    outcome: Outcome
    next_due_at: datetime | None
    settled_at: datetime
    follow_ups: tuple[Acceptance, ...] = ()
    attempts: int | None = None
    hold: str = ""
    octets: int | None = None


@dataclass(frozen=True, slots=True)
class CameBack:
    """A delivery report about a letter of ours. ``reason``: for the letter's journal entry; ``entry``: the journal
    entry of the report itself; ``follow_up``: a notice to the author, accepted if the letter had not failed before."""

    journal_id: str
    reason: str
    entry: JournalEntry
    follow_up: Acceptance | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """Deliveries claimed for a try. ``destinations``: delivery id to the opaque key of its destination (for
    ``exclude``).

    ``behind``: destinations of deliveries that are due but exceeded the limits. ``cut``: there may be further due
    deliveries, to any destination that was not excluded.
    """

    deliveries: tuple[Delivery, ...]
    destinations: dict[str, str]
    behind: frozenset[str] = frozenset()
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The decision about ``question``, as it was when the answer was read, and the letters that tell of it. If the
    question has changed since, StoreError is raised and nothing is written: read the answer again."""

    question: OpenConfirmation
    decision: Decision
    at: datetime
    letters: tuple[Acceptance, ...] = ()


@dataclass(frozen=True, slots=True)
class DmarcCounts:
    """A DMARC report that arrived at ``received_at`` from the mail receiver ``reporter``, a domain."""

    reporter: str
    report: DmarcReport
    received_at: datetime


@dataclass(frozen=True, slots=True)
class SuspendedRow:
    """One line of ``relay member list --suspended``: a member by pair and pseudonym. ``reason``: the SMTP status."""

    pair_id: str
    side: Side
    name: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class OverLimitRow:
    """A letter held because its author, on ``side``, or its pair is over the rate limit."""

    delivery_id: str
    journal_id: str
    pair_id: str
    side: Side


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of ``relay queue list``, without address and content. ``state``: queued, sending or held."""

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
    """Identifies a letter. ``written``: fingerprints, any of which identifies a duplicate; ``cited``: Message-IDs in
    its References, without angle brackets; ``now``: when it arrived. ``mailbox``: another address by which its author
    is known, "" for none (policy.mailboxes)."""

    written: tuple[str, ...]
    cited: tuple[str, ...]
    now: datetime
    mailbox: str = ""


@dataclass(frozen=True, slots=True)
class RouteLookup:
    """The ``route`` of one letter. ``before``: the journal id of the first, when this is a duplicate of a letter of the
    last month that did not fail. ``known_ids``: each cited Message-ID to the one that the recipient's copy has.
    ``echoes``: rows for EchoMemory.of; None when there are too many to read at once."""

    route: Route
    before: str | None
    known_ids: dict[str, str]
    echoes: tuple[bytes, ...] | None = None


@dataclass(frozen=True, slots=True)
class NoSuchAlias:
    """There is no such alias."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """The alias exists, but this author may not write to it."""
