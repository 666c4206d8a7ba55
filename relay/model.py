"""The domain types: frozen values that all packages share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

# Domain types like the others, in a file of their own with their tables.
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
    """What must never reach the other side: real ``addresses`` (letters go to the first) and ``known_as``, the names,
    nicknames and employers of the person. ``learned``: names from the author fields of this letter's header; a single
    word of them counts only where it is used as a name."""

    addresses: tuple[str, ...]
    known_as: tuple[str, ...] = ()
    learned: tuple[str, ...] = ()

    @property
    def registered(self) -> Identity:
        """The identity without the names learned from a letter's header."""
        return Identity(self.addresses, self.known_as) if self.learned else self


@dataclass(frozen=True, slots=True)
class Pair:
    """One mentor, one mentee, and how each appears to the other. Contains nothing identifying.

    ``mentor.alias`` is the address that stands for the mentor: the mentee writes to it. Languages are BCP 47 tags:
    ``language`` of the pair, the others of a member, "" when not given. ``created_at`` is aware UTC.
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
        """The language of letters to the member on ``side``, if relay has templates in it."""
        return (self.mentor_language if side is Side.MENTOR else self.mentee_language) or self.language


@dataclass(frozen=True, slots=True)
class NewPair:
    """A pair to be added: real identities and personas."""

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
        """The language of letters to the member on ``side``, if relay has templates in it."""
        return (self.mentor_language if side is Side.MENTOR else self.mentee_language) or self.language


@dataclass(frozen=True, slots=True)
class Route:
    """The route of one letter: its author (on ``side``), its recipient, and their personas. ``language``: the author's.
    ``address_proven``: the author's address is not only registered, but proven. ``as_registered``: the address is
    spelled as it was registered, not in another spelling of the same mailbox."""

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
    """One mail as received over SMTP (RFC 5321). ``return_path``: "" for the null return path; ``content``: the raw
    octets; ``peer``: the client's IP address; ``helo``: its name in EHLO or HELO."""

    return_path: str
    recipients: tuple[str, ...]
    content: bytes
    peer: str
    smtputf8: bool = False
    helo: str = ""


@dataclass(frozen=True, slots=True)
class RoutingHeaders:
    """The header fields needed for routing, read in bounded time before the letter is parsed.

    ``authors``: the addr-spec of the one author; empty when From has none or is ambiguous. Message-IDs are without
    angle brackets. ``author_names``: display names and comments of From and Reply-To; ``reply_to``: the addresses of
    Reply-To; ``signed_by``: the domains of all DKIM signatures, unverified, in lower case.
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
    """One picture or file of a letter.

    ``media_type``: "type/subtype" in lower case; ``content_id``: without angle brackets, set for a picture in the HTML;
    ``inline``: shown in the letter instead of listed; ``charset``: of a text file, as declared, after cleaning as
    written; None when unknown.
    """

    content: bytes
    media_type: str
    filename: str | None = None
    content_id: str | None = None
    inline: bool = False
    charset: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """The parts of a letter that may pass. A part without a field here is dropped.

    ``text`` and ``html`` have LF line ends and are in NFC; at least one is set after parsing. ``reaction``: the emoji
    of a letter that is only a reaction, else "".
    """

    subject: str = ""
    text: str | None = None
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    reaction: str = ""


@dataclass(frozen=True, slots=True)
class Removal:
    """Something removed from a letter, or replaced in it. ``kind``: a stable slug (see docs/what-we-remove.md);
    ``detail``: text that the author may see, never the removed text itself."""

    kind: str
    count: int = 1
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that relay leaves in a letter, and that a person has to decide about before the letter is sent.

    ``kind``: "file" (a file that relay cannot read), "name" (a word that may be part of the author's name), "link" (a
    link that shows the owner of a shared file), or a kind of contact detail (relay.anonymise.contact.KINDS). ``words``:
    the author's own, shown to the author only; ``file``: the attached file they are in, "" for the letter itself;
    ``page``: the page of that file, 0 if it has none.
    """

    kind: str
    words: str = ""
    file: str = ""
    page: int = 0


@dataclass(frozen=True, slots=True)
class Echo:
    """A mention of the recipient in a letter as its author wrote it, with up to two words before and after it."""

    before: str
    words: str
    behind: str


@dataclass(frozen=True, slots=True)
class Change:
    """Something that relay changed in a letter, and changes back in the answer (relay.anonymise.way_back): ``arrived``
    as its recipient got it, ``written`` as its author wrote it."""

    kind: str
    arrived: str
    written: str


@dataclass(frozen=True, slots=True)
class Echoes:
    """Parts of earlier letters that name their recipient, who may quote them or send them back: mentions in the text,
    normalised subjects (relay.anonymise.way_back.core), SHA-256 digests of files, and names of files. ``changes``:
    words of the author of those letters, who gets them back as they were."""

    mentions: tuple[Echo, ...] = ()
    subjects: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.mentions or self.subjects or self.files or self.names or self.changes)


NO_ECHOES = Echoes()


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """The result of a scrubber: the new message, what was removed, what a person has to decide, what may come back in
    an answer, and what recognises its words then (History)."""

    message: Message
    removals: tuple[Removal, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    echoes: Echoes = NO_ECHOES
    remembered: bytes = b""


@dataclass(frozen=True, slots=True)
class History:
    """Earlier letters of a pair, as keyed hashes of their words. ``carried``: how much of them an answer quotes: "one"
    (the letter it answers) or "none"; ``key``: the key for the hashes of this letter; ``past``: (key, hashes) of
    earlier letters."""

    carried: str
    key: bytes
    past: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class ToConvert:
    """A file that another program has to bring into a form that can be cleaned. ``kind`` names its form ("doc", "avi");
    ``filename`` is the author's, "" for none."""

    kind: str
    content: bytes
    filename: str = ""


@dataclass(frozen=True, slots=True)
class Conversions:
    """``kinds``: the forms that can be converted here; ``made``: for each file of this letter that was converted, its
    SHA-256 digest and the new file; None for a file that its converter could not convert."""

    kinds: frozenset[str] = frozenset()
    made: tuple[tuple[bytes, bytes | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """The input of scrubbers: both identities and personas. ``contact``: what happens to the author's contact details
    ("allow", "redact", "ask", "coordinator" or "refuse"); ``unknown_files``: what happens to files that relay cannot
    read ("ask", "coordinator", "refuse" or "pass"); ``echoes``: what the recipient has written about the author, who
    may quote it; ``history``: what was relayed before, None when nothing is remembered; ``conversions``: what other
    programs can convert, and have converted."""

    author: Identity
    author_persona: Persona
    recipient: Identity
    recipient_persona: Persona
    contact: str = "allow"
    unknown_files: str = "ask"
    echoes: Echoes = NO_ECHOES
    history: History | None = None
    conversions: Conversions = field(default_factory=Conversions)

    @property
    def names(self) -> tuple[str, ...]:
        """All names of both."""
        return tuple(name for one in (self.author, self.recipient) for name in (*one.known_as, *one.learned))


@dataclass(frozen=True, slots=True)
class Headers:
    """The header fields of a mail that relay writes. Message-IDs are without angle brackets. ``date``: aware UTC, None
    for an attached mail without Date; ``reply_to``: an address of ours; ``shortest``: use base64 for text that it makes
    shorter than quoted-printable, such as Arabic; ``unsubscribe``: the address in List-Unsubscribe."""

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
    """The input of a worker that rebuilds one letter for one recipient. ``forbidden``: further words that must not be
    in the result, such as the author's own Message-ID; ``recognise``: automatic mail is not rebuilt, but reported
    (relay.outcomes.Returned); ``null_sender``: it came with the null return path."""

    content: bytes
    known: Known
    headers: Headers
    forbidden: tuple[str, ...] = ()
    recognise: bool = True
    null_sender: bool = False


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A rebuilt letter: the signed octets to send (CRLF, 7-bit), what was removed, what a person has to decide before
    it is sent, what names its recipient and may come back, and what recognises its words then (History)."""

    content: bytes
    removals: tuple[Removal, ...]
    doubts: tuple[Doubt, ...] = ()
    echoes: Echoes = NO_ECHOES
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
    READ = "read"
    """An operator read a letter."""
    REVEALED = "revealed"
    """An operator looked at a member's real addresses and names."""
    FORGOTTEN = "forgotten"
    ADDRESS_ADDED = "address-added"
    ADDRESS_PROVEN = "address-proven"
    ADDRESS_WITHDRAWN = "address-withdrawn"
    ADDRESS_PRIMARY = "address-primary"
    NAMES_CHANGED = "names-changed"


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
    held, "" when it is not; ``tried_until``: try it at once, with a lease until then; None: it waits in the queue."""

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
class KeptPolicy:
    """The MTA-STS policy of a domain (RFC 8461): the ``id`` of its TXT record and the ``text`` of its policy file.
    Valid until ``expires_at``, fetched again from ``renew_at`` on. ``used_at``: when a letter was last sent there."""

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
