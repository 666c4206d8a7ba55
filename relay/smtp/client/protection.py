"""How a connection to another mail server must be protected before a letter may go over it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from relay.dns.resolver import Tlsa
from relay.smtp.client.reply_outcome import NOT_ENCRYPTED, NOT_TRUSTED, protected


class Level(StrEnum):
    """The least protection that a connection needs."""

    OFFERED = "offered"
    """TLS when the server offers it and it works, with any certificate; otherwise in the clear (RFC 7435)."""
    ENCRYPTED = "encrypted"
    """TLS with any certificate: protects against eavesdropping only."""
    VERIFIED = "verified"
    """TLS with a certificate for the server's name, signed by a CA that this system trusts."""
    STS = "sts"
    """The same, because the domain's MTA-STS policy requires it (RFC 8461)."""
    DANE = "dane"
    """TLS with a certificate that matches the server's TLSA records (RFC 7672)."""


@dataclass(frozen=True, slots=True)
class Protection:
    """What one connection needs, and which of PROTECTIONS requires it (``asked_by``).

    For DANE: one of ``records`` must match; ``base`` is the TLSA base domain, which TLS sends as SNI; ``names`` are all
    names permitted in the certificate. ``otherwise`` is a weaker protection to fall back to, or None.
    """

    level: Level
    asked_by: str = "tls"
    records: frozenset[Tlsa] = frozenset()
    base: str = ""
    names: tuple[str, ...] = ()
    otherwise: Protection | None = None

    @property
    def verified(self) -> bool:
        """Whether the certificate must be for the server's name and signed by a CA that this system trusts."""
        return self.level in (Level.VERIFIED, Level.STS)

    @property
    def required(self) -> bool:
        """Whether nothing may be sent in the clear."""
        return self.level is not Level.OFFERED

    @property
    def not_encrypted(self) -> str:
        """The status when the server offers no TLS, or refuses STARTTLS."""
        return protected(self.asked_by, NOT_ENCRYPTED)

    @property
    def not_trusted(self) -> str:
        """The status when TLS fails, or the certificate does not verify."""
        return protected(self.asked_by, NOT_TRUSTED)


OFFERED = Protection(Level.OFFERED)
ENCRYPTED = Protection(Level.ENCRYPTED)
VERIFIED = Protection(Level.VERIFIED)
