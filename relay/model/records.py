"""What the store keeps of letters: journal entries, events, thread links, deliveries; and policies of domains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from relay.model.people import Side


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """The journal entry of one letter or refusal. ``removed``: counts by kind; ``outcome``: "accepted", "delivered",
    "failed" or "refused". Times are aware UTC, sizes in octets."""

    id: str
    pair_id: str | None
    side: Side | None
    kind: str
    accepted_at: datetime
    size_in: int
    size_out: int
    removed: dict[str, int] = field(default_factory=dict)
    outcome: str = "accepted"
    reason: str = ""
    settled_at: datetime | None = None


class EventKind(StrEnum):
    """Kinds of events of pairs and members, and of operators' actions on them."""

    INVITED = "invited"
    CONSENTED = "consented"
    DECLINED = "declined"
    EXPIRED = "expired"
    STATE = "state"
    """A pair or a member changed state; ``facts``: from ("" for a new one), to."""
    RELAYED = "relayed"
    SENT = "sent"
    """A letter of relay's own was queued; ``facts``: letter, its name."""
    REFUSED = "refused"
    """A letter was refused or given up; ``facts``: reason, and by (author, person, clock) when it was held."""
    HELD = "held"
    """``facts``: reason."""
    RELEASED = "released"
    """``facts``: by."""
    BOUNCED = "bounced"
    """A letter was not delivered; ``facts``: status (RFC 3463)."""
    NUDGED = "nudged"
    HELDOUT = "heldout"
    COMMAND = "command"
    REPORTED = "reported"
    REPORT_TOLD = "report-told"
    """Somebody was told of a member's report; ``facts``: to, a role."""
    REPORT_ANSWERED = "report-answered"
    """Somebody wrote to the member about their report; ``facts``: by, a role."""
    READ = "read"
    """An operator read a letter."""
    REVEALED = "revealed"
    """An operator looked at a member's real addresses and names."""
    EXPORTED = "exported"
    """A copy of all that relay has of a member was made; ``facts``: for, operator or member."""
    LEGAL_HOLD = "legal-hold"
    """``facts``: to, on or off."""
    FORGET_ASKED = "forget-asked"
    """A member asked to be forgotten, and must wait until a legal hold is lifted or a report decided."""
    FORGOTTEN = "forgotten"
    ADDRESS_ADDED = "address-added"
    ADDRESS_PROVEN = "address-proven"
    ADDRESS_WITHDRAWN = "address-withdrawn"
    ADDRESS_PRIMARY = "address-primary"
    NAMES_CHANGED = "names-changed"
    AWAY = "away"
    """A member is away; ``facts``: until, a day."""
    VACATION = "vacation"
    """A member allowed or forbade that partners are told of automatic absence messages; ``facts``: to."""
    LANGUAGE = "language"
    """A member chose the language of relay's letters to them; ``facts``: to."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event at the time ``at`` about the pair ``pair_id``, the member on ``side`` of it, the member with that
    number, or the letter ``journal_id``. ``facts``: names and states of ours; ``who`` did it and ``why``: an operator's
    words, encrypted in the database. No other field may hold an address, a person's name or content of a letter."""

    kind: EventKind
    at: datetime
    pair_id: str | None = None
    side: Side | None = None
    member: int | None = None
    journal_id: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    who: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class ThreadLink:
    """The two Message-IDs of a letter: of the author's mail program (``foreign_id``, encrypted in the database) and of
    relay (``relay_id``)."""

    pair_id: str
    side: Side
    foreign_id: str | None
    relay_id: str


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery to be accepted: one message to one recipient. ``content``: the octets to send; ``return_path``: "" for
    the null return path; ``notice``: written by relay itself, so its failure causes no notice; ``held``: why it is
    held, "" when it is not."""

    id: str
    journal_id: str
    recipient: str
    return_path: str
    content: bytes
    due_at: datetime
    notice: bool = False
    held: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery claimed from the queue. ``attempts`` includes this try, which is counted before it is made."""

    id: str
    journal_id: str
    recipient: str
    return_path: str
    content: bytes
    attempts: int
    created_at: datetime
    notice: bool


@dataclass(frozen=True, slots=True)
class DmarcReport:
    """What a mail receiver reports about mail in the name of ``domain`` (RFC 7489 7.2): the number of mails with DKIM
    and SPF aligned, with one of them, with neither. Times are Unix times."""

    report_id: str
    domain: str
    begins_at: int
    ends_at: int
    both: int
    dkim_only: int
    spf_only: int
    neither: int


@dataclass(frozen=True, slots=True)
class KeptPolicy:
    """The MTA-STS policy of a domain (RFC 8461): the ``id`` of its TXT record and the ``text`` of its policy file.
    Valid until ``expires_at``, fetched again from ``renew_at`` on. ``used_at``: when a letter was last sent there."""

    domain: str
    id: str
    text: str
    expires_at: datetime
    renew_at: datetime
    used_at: datetime
