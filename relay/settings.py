"""relay.toml → Settings: every key with its type and default, all errors at once."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Address:
    """A host and port, written "host:port" or "[v6]:port"."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The door in. Sizes in octets, times in seconds."""

    listen: tuple[Address, ...] = (Address("127.0.0.1", 8025),)
    hostname: str = ""  # empty: the domain
    max_message_size: int = 25 * 1024 * 1024
    tls_certificate: str = ""
    tls_key: str = ""
    workers: int = 0
    idle_timeout: float = 60.0
    worker_deadline: float = 10.0  # seconds of work on one letter
    worker_memory: int = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class AuthenticitySettings:
    """Is this really the member who may write here?"""

    verify: str = "self"  # self | upstream | none
    authserv_id: str = ""
    on_unproven: str = "confirm"  # confirm | refuse | accept


@dataclass(frozen=True, slots=True)
class DnsSettings:
    """Resolvers; empty: the system's."""

    nameservers: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class DkimSettings:
    """Selectors under which the two public keys stand in DNS (RFC 6376 3.1)."""

    rsa_selector: str = "relay-rsa"
    ed25519_selector: str = "relay-ed25519"


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """The door out. ``smarthost`` None: straight to the recipient's MX. Times in seconds."""

    smarthost: Address | None = None
    concurrency: int = 20
    per_destination: int = 5
    retry_after: tuple[float, ...] = (60.0, 300.0, 900.0, 3600.0, 14400.0)
    give_up_after: float = 3 * 86400.0
    timeout: float = 60.0


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """The one database. ``content``: kept | none."""

    url: str = "sqlite:relay.db"
    content: str = "kept"


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """0: no limit."""

    messages_per_hour: int = 60
    connections: int = 1000
    connections_per_peer: int = 50
    recipients: int = 10


@dataclass(frozen=True, slots=True)
class ProgrammeSettings:
    """What letters say about who runs this relay. ``operator`` gets postmaster@ and abuse@ mail."""

    name: str = "the mentoring programme"
    operator: str = ""
    help: str = ""  # an address or sentence for help; empty: postmaster@domain


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
    programme: ProgrammeSettings = field(default_factory=ProgrammeSettings)

    @property
    def hostname(self) -> str:
        """The name this server greets with and says in EHLO."""
        return self.smtp.hostname or self.domain
