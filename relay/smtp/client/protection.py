"""How a connection to another mail server must be protected before a letter may go over it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from relay.smtp.client.reply_outcome import NOT_ENCRYPTED, NOT_TRUSTED, protected


class Level(StrEnum):
    """The least that must be so."""

    OFFERED = "offered"
    """TLS when the server offers it and it works, with any certificate; otherwise in the clear (RFC 7435)."""
    ENCRYPTED = "encrypted"
    """TLS with any certificate: who listens on the way hears nothing."""
    VERIFIED = "verified"
    """TLS with a certificate for the server's name that an authority known to this system has signed."""


_ASKED_BY = {Level.ENCRYPTED: "tls", Level.VERIFIED: "tls"}


@dataclass(frozen=True, slots=True)
class Protection:
    """What one connection needs."""

    level: Level

    @property
    def required(self) -> bool:
        """Whether nothing may be sent in the clear."""
        return self.level is not Level.OFFERED

    @property
    def verified(self) -> bool:
        """Whether the certificate must be for the server's name and signed by a known authority."""
        return self.level is Level.VERIFIED

    @property
    def not_encrypted(self) -> str:
        """The status when the server offers no TLS, or takes its offer back."""
        return protected(_ASKED_BY[self.level], NOT_ENCRYPTED)

    @property
    def not_trusted(self) -> str:
        """The status when TLS fails, or the certificate is not the right one."""
        return protected(_ASKED_BY[self.level], NOT_TRUSTED)


OFFERED = Protection(Level.OFFERED)
ENCRYPTED = Protection(Level.ENCRYPTED)
VERIFIED = Protection(Level.VERIFIED)
