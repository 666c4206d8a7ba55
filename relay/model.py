"""The nouns: frozen values that every other room of the house speaks in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

# Nouns like all others, in a file of their own for their tables.
from relay.states import MemberState as MemberState  # noqa: PLC0414
from relay.states import PairState as PairState  # noqa: PLC0414


class Side(StrEnum):
    """Which of the two members of a pair."""

    MENTOR = "mentor"
    MENTEE = "mentee"

    @property
    def other(self) -> Side:
        """The opposite side."""
        return Side.MENTEE if self is Side.MENTOR else Side.MENTOR


@dataclass(frozen=True, slots=True)
class Persona:
    """How a member appears to the other side of one pair: ``name`` a pseudonym, ``alias`` an address of ours."""

    name: str
    alias: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What must never reach the other side: real ``addresses`` (the first is where letters go) and
    ``known_as``, the names, nicknames and employers of the real person. ``learned`` are names that this letter's own
    header gives its author: a single word of them counts only where it stands as a name."""

    addresses: tuple[str, ...]
    known_as: tuple[str, ...] = ()
    learned: tuple[str, ...] = ()

    @property
    def registered(self) -> Identity:
        """What is known of the person whatever a letter's header says."""
        return Identity(self.addresses, self.known_as) if self.learned else self


@dataclass(frozen=True, slots=True)
class Pair:
    """One mentor, one mentee, and how each appears to the other. Holds nothing secret.

    ``mentor.alias`` is the address that stands for the mentor: the mentee writes to it. Languages are BCP 47 tags:
    ``language`` the pair's, the others a member's own, "" where nobody said. ``created_at`` is aware UTC.
    """

    id: str
    state: PairState
    mentor: Persona
    mentee: Persona
    cohort: str
    language: str
    created_at: datetime
    mentor_language: str = ""
    mentee_language: str = ""

    def persona(self, side: Side) -> Persona:
        """How the member on ``side`` appears."""
        return self.mentor if side is Side.MENTOR else self.mentee

    def language_of(self, side: Side) -> str:
        """The language relay writes to the member on ``side`` in, where there are letters in it."""
        return (self.mentor_language if side is Side.MENTOR else self.mentee_language) or self.language


@dataclass(frozen=True, slots=True)
class NewPair:
    """A pair about to be made: real identities and how each will appear."""

    id: str
    mentor: Persona
    mentee: Persona
    mentor_identity: Identity
    mentee_identity: Identity
    cohort: str
    language: str
    created_at: datetime
    mentor_language: str = ""
    mentee_language: str = ""

    def language_of(self, side: Side) -> str:
        """The language relay writes to the member on ``side`` in, where there are letters in it."""
        return (self.mentor_language if side is Side.MENTOR else self.mentee_language) or self.language


@dataclass(frozen=True, slots=True)
class Route:
    """A permitted way for one letter: who wrote it (``side``), who gets it, and how each appears. ``language``: the
    author's. ``address_proven``: the address it was written from is not only registered, somebody has answered from
    there. ``as_registered``: it is written as it was registered, not in another spelling of the same mailbox."""

    pair_id: str
    pair_state: PairState
    side: Side
    language: str
    author: Identity
    author_persona: Persona
    recipient: Identity
    recipient_persona: Persona
    address_proven: bool = True
    as_registered: bool = True


@dataclass(frozen=True, slots=True)
class Envelope:
    """What arrived over SMTP (RFC 5321). ``return_path`` is "" for the null sender; ``content`` the raw
    octets as received; ``peer`` the client's IP address; ``helo`` the name it greeted with."""

    return_path: str
    recipients: tuple[str, ...]
    content: bytes
    peer: str
    smtputf8: bool = False
    helo: str = ""


@dataclass(frozen=True, slots=True)
class RoutingHeaders:
    """The few header facts routing needs, read by a bounded scanner before the letter is opened.

    ``authors`` is the addr-spec of the one author, and empty when From names nobody or could be read in two ways.
    Message identifiers carry no angle brackets. ``author_names`` are the display names and comments of From and
    Reply-To, ``reply_to`` the addresses of Reply-To, ``signed_by`` the domains, in lower case, of every DKIM signature,
    checked by nobody.
    """

    authors: tuple[str, ...]
    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    received_count: int
    cc_or_extra_to: tuple[str, ...] = ()
    author_names: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    signed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """One picture or file that travels with a letter.

    ``media_type`` is "type/subtype" in lower case; ``filename`` may be None; ``content_id`` (no angle brackets)
    is set for a picture shown inside the HTML; ``inline`` says it is shown and not listed. ``charset`` is what the
    letter says of a text file, once it is cleaned what it is written in; None where nobody knows.
    """

    content: bytes
    media_type: str
    filename: str | None = None
    content_id: str | None = None
    inline: bool = False
    charset: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """Everything of a letter that may pass. What has no field here has no way out.

    ``text`` and ``html`` use LF line ends and NFC; at least one is set once parsing is done. ``reaction`` is the emoji
    of a letter that is nothing but a reaction, else "".
    """

    subject: str = ""
    text: str | None = None
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    reaction: str = ""


@dataclass(frozen=True, slots=True)
class Removal:
    """Something taken out of or replaced in a letter: ``kind`` a stable slug (see docs/what-we-remove.md),
    ``count`` how often, ``detail`` words safe to show the author (never the removed text itself)."""

    kind: str
    count: int = 1
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something in a letter that relay leaves as it is, and that a person has to decide about before the letter leaves.

    ``kind``: "file" (a file that relay cannot read), "name" (a word that may be a part of the author's name), "link" (a
    link that shows whose file it opens), or a kind of contact detail (relay.anonymise.contact.KINDS). ``words`` are the
    author's own, shown to the author only; ``file`` names the attached file they are in, "" for the letter itself;
    ``page`` is the page of that file, 0 where it has none."""

    kind: str
    words: str = ""
    file: str = ""
    page: int = 0


@dataclass(frozen=True, slots=True)
class Echo:
    """A mention of its reader in a letter, as it was written, and up to two words before and behind it."""

    before: str
    words: str
    behind: str


@dataclass(frozen=True, slots=True)
class Change:
    """What relay changed in a letter, and changes back in the answer (relay.anonymise.way_back): ``arrived`` as its
    reader got it, ``written`` as its author had written it."""

    kind: str
    arrived: str
    written: str


@dataclass(frozen=True, slots=True)
class Echoes:
    """What of earlier letters belongs to their reader, who may quote it or send it back: mentions in the text, subjects
    as they are compared (relay.anonymise.way_back.core), SHA-256 digests of files, and names of files. ``changes``
    belong to the author of those letters, who gets their own words back."""

    mentions: tuple[Echo, ...] = ()
    subjects: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.mentions or self.subjects or self.files or self.names or self.changes)


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """What a scrubber returns: the new message, what it took out, what a person has to decide, what of it may come back
    in an answer, and what recognises its words then (History)."""

    message: Message
    removals: tuple[Removal, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    echoes: Echoes = field(default_factory=Echoes)
    remembered: bytes = b""


@dataclass(frozen=True, slots=True)
class History:
    """What was relayed in a pair before, as keyed hashes. ``carried``: how much of what the reader has already an
    answer carries again: "all", "one" (the letter it answers) or "none". ``key`` is that under which the words of this
    letter are remembered; ``past`` are earlier ones, each with its key."""

    carried: str
    key: bytes
    past: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What scrubbers compare with: the two people, and how each appears. ``contact`` says what happens to what the
    author writes about how to reach them: "allow", "redact", "ask", "coordinator" or "refuse"; ``unknown_files`` what
    happens to files that relay cannot read: "ask", "coordinator", "refuse" or "pass". ``echoes``: what the recipient
    has written of the author, who may quote it. ``history``: what was relayed before; None where nothing is
    remembered."""

    author: Identity
    author_persona: Persona
    recipient: Identity
    recipient_persona: Persona
    contact: str = "allow"
    unknown_files: str = "ask"
    echoes: Echoes = field(default_factory=Echoes)
    history: History | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """All that either of them is called."""
        return tuple(name for one in (self.author, self.recipient) for name in (*one.known_as, *one.learned))


@dataclass(frozen=True, slots=True)
class Headers:
    """The header fields of a mail we write. Message identifiers carry no angle brackets; ``date`` is aware UTC, or None
    for an attached mail that said none; ``reply_to`` an address of ours. ``shortest``: text that base64 makes shorter
    than quoted-printable, such as Arabic, is written so. ``unsubscribe``: the address that List-Unsubscribe names."""

    from_name: str
    from_address: str
    to_address: str
    message_id: str
    date: datetime | None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    auto_submitted: str | None = None
    to_name: str | None = None
    reply_to: str | None = None
    shortest: bool = False
    unsubscribe: str = ""


@dataclass(frozen=True, slots=True)
class RebuildOrder:
    """All that the worker needs to rebuild one letter for one recipient. ``forbidden`` are further words that must
    not stand in the result, such as the author's own Message-ID. With ``recognise`` a machine's mail is not rebuilt but
    reported (relay.outcomes.Returned); ``null_sender`` tells that it came with the null return path."""

    content: bytes
    known: Known
    headers: Headers
    forbidden: tuple[str, ...] = ()
    recognise: bool = True
    null_sender: bool = False


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A letter as it will leave: the exact signed octets (CRLF, 7-bit), what was removed, what a person has to
    decide before it leaves, what of it belongs to its reader and may come back, and what recognises its words then
    (History)."""

    content: bytes
    removals: tuple[Removal, ...]
    doubts: tuple[Doubt, ...] = ()
    echoes: Echoes = field(default_factory=Echoes)
    remembered: bytes = b""


@dataclass(frozen=True, slots=True)
class AnswerOrder:
    """All that the worker needs to make a letter of the programme from an answer of the operator (``content``).
    ``message`` is that letter with places for subject and words.

    ``known``: the operator's names, as their header gives them, and the reader; ``hidden``: the operator's addresses.
    ``partners``: for each pair of the reader what must not be said of the other member. ``ours``: words that only the
    letter has that is answered. ``shown_subject`` is that letter's, ``subject`` what the reader knows it by, and
    ``no_subject`` what stands in for it.
    """

    content: bytes
    message: Message
    headers: Headers
    known: Known
    hidden: tuple[str, ...]
    partners: tuple[Known, ...] = ()
    ours: tuple[str, ...] = ()
    subject: str = ""
    shown_subject: str = ""
    no_subject: str = ""


@dataclass(frozen=True, slots=True)
class Passed:
    """A letter with somebody's words as it will leave: the exact signed octets, and the subject of those words."""

    content: bytes
    subject: str
    removals: tuple[Removal, ...] = ()


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """What the journal keeps of one letter or refusal. ``removed`` counts by kind; ``outcome`` is one of
    "accepted", "delivered", "failed", "refused". Times are aware UTC; sizes octets."""

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
    """What can happen to a pair or a member, and what operators do with them."""

    INVITED = "invited"
    CONSENTED = "consented"
    DECLINED = "declined"
    EXPIRED = "expired"
    STATE = "state"
    """A pair or a member went from one state to another; ``facts``: from ("" for a new one), to."""
    RELAYED = "relayed"
    SENT = "sent"
    """A letter of relay's own is on its way; ``facts``: letter, its name."""
    REFUSED = "refused"
    """A letter was refused or given up; ``facts``: reason, and by whom (author, person, clock) when it was held."""
    HELD = "held"
    """``facts``: reason."""
    RELEASED = "released"
    """``facts``: by."""
    BOUNCED = "bounced"
    """A letter did not arrive; ``facts``: status (RFC 3463)."""
    NUDGED = "nudged"
    HELDOUT = "heldout"
    COMMAND = "command"
    REPORTED = "reported"
    READ = "read"
    """Somebody read a letter that was not written to them."""
    REVEALED = "revealed"
    """Somebody looked at a member's real addresses and names."""
    FORGOTTEN = "forgotten"
    ADDRESS_ADDED = "address-added"
    ADDRESS_PROVEN = "address-proven"
    ADDRESS_WITHDRAWN = "address-withdrawn"
    ADDRESS_PRIMARY = "address-primary"
    NAMES_CHANGED = "names-changed"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at ``at``: to the pair ``pair_id``, to the member on ``side`` of it, to the member of
    that number, to the letter ``journal_id``. ``facts`` are names and states of ours. ``who`` did it and ``why`` are an
    operator's words, sealed at rest. No field but these two may hold an address, a name or a letter."""

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
    """A letter's two Message-IDs: the author's own (``foreign_id``, sealed at rest) and ours (``relay_id``)."""

    pair_id: str
    side: Side
    foreign_id: str | None
    relay_id: str


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """One message still owed to one person. ``content`` are the exact octets to send; ``return_path`` "" for the
    null sender; ``notice`` tells that relay itself wrote it, so that its failure tells nobody; ``held`` why it waits
    for a person, "" when it does not; ``tried_until`` that whoever accepts it tries it at once, and until when nobody
    else may."""

    id: str
    journal_id: str
    recipient: str
    return_path: str
    content: bytes
    due_at: datetime
    notice: bool = False
    held: str = ""
    tried_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery taken from the queue. ``attempts`` counts this try too (it is written before the try)."""

    id: str
    journal_id: str
    recipient: str
    return_path: str
    content: bytes
    attempts: int
    created_at: datetime
    notice: bool


@dataclass(frozen=True, slots=True)
class KeptPolicy:
    """The MTA-STS policy of a domain as it was fetched (RFC 8461): ``id`` of its TXT record and the ``text`` of its
    file. Good until ``expires_at``, to be fetched again from ``renew_at`` on; ``used_at``: when a letter last went
    there."""

    domain: str
    id: str
    text: str
    expires_at: datetime
    renew_at: datetime
    used_at: datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """An SMTP reply (RFC 5321 4.2): ``code`` 250, ``enhanced`` "2.0.0" (RFC 3463), ``text`` one ASCII line."""

    code: int
    enhanced: str
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.enhanced} {self.text}"
