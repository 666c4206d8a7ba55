"""How a connection to another mail server must be protected before a letter may go over it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from relay.dns.resolver import Tlsa
from relay.smtp.client.reply_outcome import NOT_ENCRYPTED, NOT_TRUSTED, protected


class Level(StrEnum):
    """The least that must be so."""

    OFFERED = "offered"
    """TLS when the server offers it and it works, with any certificate; otherwise in the clear (RFC 7435)."""
    ENCRYPTED = "encrypted"
    """TLS with any certificate: who only listens on the way hears nothing."""
    VERIFIED = "verified"
    """TLS with a certificate for the server's name that an authority known to this system has signed."""
    STS = "sts"
    """The same, because the domain's MTA-STS policy demands it (RFC 8461)."""
    DANE = "dane"
    """TLS with a certificate as the TLSA records of the server say (RFC 7672)."""


@dataclass(frozen=True, slots=True)
class Protection:
    """What one connection needs. ``asked_by``, one of PROTECTIONS, demands it. For DANE: ``records``, of which one must
    match, ``base``, the name that they stand below, which TLS asks the server for, and all ``names`` that the server
    may have. ``otherwise``: what is enough when this cannot be had, None: nothing is."""

    level: Level
    asked_by: str = "tls"
    records: frozenset[Tlsa] = frozenset()
    base: str = ""
    names: tuple[str, ...] = ()
    otherwise: Protection | None = None

    @property
    def verified(self) -> bool:
        """Whether the certificate must be for the server's name and signed by an authority known to this system."""
        return self.level in (Level.VERIFIED, Level.STS)

    @property
    def required(self) -> bool:
        """Whether nothing may be sent in the clear."""
        return self.level is not Level.OFFERED

    @property
    def not_encrypted(self) -> str:
        """The status when the server offers no TLS, or takes its offer back."""
        return protected(self.asked_by, NOT_ENCRYPTED)

    @property
    def not_trusted(self) -> str:
        """The status when TLS fails, or the certificate is not the right one."""
        return protected(self.asked_by, NOT_TRUSTED)


OFFERED = Protection(Level.OFFERED)
ENCRYPTED = Protection(Level.ENCRYPTED)
VERIFIED = Protection(Level.VERIFIED)
