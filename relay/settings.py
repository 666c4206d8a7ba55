"""The settings: every key of relay.toml with its type and default (relay.settings_file reads the file)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated


@dataclass(frozen=True, slots=True)
class Choice:
    """Marks a word that must be one of a few. ``renamed`` are words of earlier versions, and what to write now."""

    words: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Marks a whole number with a smallest value."""

    least: int


# What the reader of relay.toml needs to know beyond the Python type; to everyone else these are int, float and str.
Size = Annotated[int, "size"]  # octets
SizeLimit = Annotated[int, "size limit"]  # octets, 0: no limit
Seconds = Annotated[float, "duration"]
Count = Annotated[int, AtLeast(0)]
Several = Annotated[int, AtLeast(1)]
HostName = Annotated[str, "host name"]
Selector = Annotated[str, "selector"]
Mailbox = Annotated[str, "mailbox"]
Help = Annotated[str, "help"]  # an address or a sentence
Scanner = Annotated[str, "scanner"]  # where a clamd listens, on this machine
Language = Annotated[str, "language"]  # a BCP 47 tag
Zone = Annotated[str, "time zone"]  # an IANA name
CohortMailbox = Annotated[str, "cohort mailbox"]  # "COHORT: ADDRESS"
Hours = Annotated[str, "hours"]  # "21:00-07:00"


@dataclass(frozen=True, slots=True)
class Address:
    """A host and port, written "host:port" or "[v6]:port"."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The door in. Sizes in octets, times in seconds."""

    listen: tuple[Address, ...] = (Address("127.0.0.1", 8025),)
    hostname: HostName = ""  # empty: the domain
    max_message_size: Size = 25 * 1024 * 1024
    tls_certificate: str = ""
    tls_key: str = ""
    workers: Count = 0
    idle_timeout: Seconds = 60.0
    worker_deadline: Seconds = 10.0  # seconds of work on one letter
    worker_memory: Size = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class AuthenticitySettings:
    """Is this really the member who may write here?"""

    verify: Annotated[str, Choice(("self", "upstream", "none"))] = "self"
    authserv_id: str = ""
    received_by: HostName = ""
    tenant: str = ""  # a GUID
    on_unproven: Annotated[str, Choice(("confirm", "refuse", "accept"))] = "confirm"
    trusted_forwarders: tuple[HostName, ...] = ()
    plus_tags: tuple[HostName, ...] = ()


@dataclass(frozen=True, slots=True)
class DnsSettings:
    """Resolvers; empty: the system's. ``dnssec`` "validated": they check DNSSEC, and nobody on the way to them changes
    their answers."""

    nameservers: tuple[Address, ...] = ()
    dnssec: Annotated[str, Choice(("ignored", "validated"))] = "ignored"


@dataclass(frozen=True, slots=True)
class DkimSettings:
    """Selectors under which the public keys stand in DNS (RFC 6376 3.1): two for relayed letters, and two for mail that
    relay itself writes."""

    rsa_selector: Selector = "relay-rsa"
    ed25519_selector: Selector = "relay-ed25519"
    programme_rsa_selector: Selector = "programme-rsa"
    programme_ed25519_selector: Selector = "programme-ed25519"

    def selectors(self, *, programme: bool) -> tuple[str, str]:
        """Those of RSA and Ed25519, for relayed letters or for mail of the programme's."""
        if programme:
            return self.programme_rsa_selector, self.programme_ed25519_selector
        return self.rsa_selector, self.ed25519_selector


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """The door out. ``smarthost`` None: straight to the recipient's MX. ``tls`` "required": nothing leaves unencrypted.
    Times in seconds."""

    smarthost: Address | None = None
    tls: Annotated[str, Choice(("offered", "required"))] = "offered"
    concurrency: Several = 20
    per_destination: Several = 5
    retry_after: tuple[Seconds, ...] = (60.0, 300.0, 900.0, 3600.0, 14400.0)
    give_up_after: Seconds = 3 * 86400.0
    tell_delay_after: Seconds = 4 * 3600.0
    suspend_after: Seconds = 86400.0
    timeout: Seconds = 60.0
    lease: Seconds = 900.0


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """The one database. ``content`` "kept": letters stay, sealed; "none": only what the journal keeps of them."""

    url: str = "sqlite:relay.db"
    content: Annotated[str, Choice(("kept", "none"))] = "kept"


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """0: no limit."""

    messages_per_hour: Count = 60
    messages_per_pair: Count = 90
    strangers_per_peer: Count = 200
    hold_after: Seconds = 4 * 3600.0
    connections: Count = 1000
    connections_per_peer: Count = 50
    recipients: Count = 10
    unproven_octets: SizeLimit = 128 * 1024 * 1024
    unproven_octets_per_network: SizeLimit = 32 * 1024 * 1024

    def counted(self, limit: int) -> int:
        """``limit``, an hour's, as it is in force: who counts no author counts nothing else by the hour."""
        return limit if self.messages_per_hour else 0


@dataclass(frozen=True, slots=True)
class AttachmentSettings:
    """``scanner``: the clamd that every letter is shown to; "": none. Files that other programs convert: "sandboxed" or
    "never". ``converters``: at a time; each may take ``converter_deadline`` seconds and ``converter_memory`` octets."""

    scanner: Scanner = ""
    convert: Annotated[str, Choice(("sandboxed", "never"))] = "sandboxed"
    converters: Several = 1
    converter_deadline: Seconds = 60.0
    converter_memory: Size = 2 * 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """How long things are kept, in seconds: kept ``letters``, ``events`` of the log, ``questions`` to members that
    nobody answered, ``conversations`` of the operator after their newest letter, ``return_paths`` of what was sent."""

    letters: Seconds = 365 * 86400.0
    events: Seconds = 730 * 86400.0
    questions: Seconds = 30 * 86400.0
    conversations: Seconds = 180 * 86400.0
    return_paths: Seconds = 30 * 86400.0


@dataclass(frozen=True, slots=True)
class MetricsSettings:
    """Where counts and times are shown, on loopback. None: nowhere."""

    listen: Address | None = None


_CONTACT = Choice(("allow", "redact", "ask", "coordinator", "refuse"), (("hold", "refuse"),))


@dataclass(frozen=True, slots=True)
class ProgrammeSettings:
    """What letters say about who runs this relay. ``operator`` gets postmaster@ and abuse@ mail; ``coordinator``
    decides about members, ``coordinators`` about those of single cohorts, each "COHORT: ADDRESS". ``languages`` are
    those of its people; ``time_zone`` ("": each is asked for theirs) and ``discreet`` hold for members of whom
    nothing else is known."""

    name: str = "the mentoring programme"
    operator: Mailbox = ""
    coordinator: Mailbox = ""
    coordinators: tuple[CohortMailbox, ...] = ()
    help: Help = ""  # an address or sentence for help; empty: postmaster@domain
    languages: tuple[Language, ...] = ("en",)
    time_zone: Zone = ""
    quiet_hours: Hours = ""
    discreet: bool = False
    under_18: Annotated[str, Choice(("refused", "guardian"))] = "refused"
    history: Annotated[str, Choice(("all", "one", "none"))] = "all"
    contact: Annotated[str, _CONTACT] = "allow"
    unknown_files: Annotated[str, Choice(("ask", "coordinator", "refuse", "pass"))] = "ask"

    @property
    def language(self) -> str:
        """The programme's own language, for pairs and members of whom no other is known, and for the operator."""
        return self.languages[0] if self.languages else "en"


@dataclass(frozen=True, slots=True)
class SafeguardingSettings:
    """Who hears what a member reports: ``contact``, and ``deputy`` after ``answer_within`` seconds. The names, and the
    texts ``helplines`` and ``hours``, are told to the member."""

    contact: Mailbox = ""
    contact_name: str = ""
    deputy: Mailbox = ""
    deputy_name: str = ""
    answer_within: Seconds = 86400.0
    helplines: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True)
class InvitationSettings:
    """When members who have not answered their invitation are reminded, once (0: never), and when it expires."""

    remind_after: Seconds = 7 * 86400.0
    expire_after: Seconds = 21 * 86400.0


@dataclass(frozen=True, slots=True)
class Settings:
    """All of relay.toml. ``domain`` is ASCII, lower case."""

    domain: str
    smtp: SmtpSettings = field(default_factory=SmtpSettings)
    authenticity: AuthenticitySettings = field(default_factory=AuthenticitySettings)
    dns: DnsSettings = field(default_factory=DnsSettings)
    dkim: DkimSettings = field(default_factory=DkimSettings)
    delivery: DeliverySettings = field(default_factory=DeliverySettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    limits: LimitSettings = field(default_factory=LimitSettings)
    attachments: AttachmentSettings = field(default_factory=AttachmentSettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    metrics: MetricsSettings = field(default_factory=MetricsSettings)
    programme: ProgrammeSettings = field(default_factory=ProgrammeSettings)
    safeguarding: SafeguardingSettings = field(default_factory=SafeguardingSettings)
    invitations: InvitationSettings = field(default_factory=InvitationSettings)

    @property
    def hostname(self) -> str:
        """The name this server greets with and says in EHLO."""
        return self.smtp.hostname or self.domain
