"""TLS as the SMTP client: the context for a connection, and the check of the server's certificates."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property

from relay.smtp.client.dane import matched
from relay.smtp.client.protection import Level, Protection
from relay.smtp.server.tls import client_context


class Untrusted(Exception):  # noqa: N818
    """The server's certificates do not match its TLSA records."""


class ClientTls:
    """Makes a context when it is first needed: loading the system's CA certificates is slow."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def context(self, protection: Protection) -> ssl.SSLContext:
        """The context for a connection that needs ``protection``."""
        return self.verifying if protection.verified else self._any

    def proof(self, protection: Protection, chain: Sequence[bytes]) -> str:
        """How the server was verified, in a word for the log: "opportunistic", "encrypted", "verified", "sts",
        "dane-ee" or "dane-ta". ``chain`` is the server's certificates (DER), its own first. Raises Untrusted."""
        if protection.level is Level.OFFERED:
            return "opportunistic"
        if protection.level is not Level.DANE:
            return protection.level.value  # the context has verified the certificate, or none is required
        match = matched(protection.records, chain, protection.names, self._now())
        if not match:
            raise Untrusted
        return match

    @cached_property
    def _any(self) -> ssl.SSLContext:
        return client_context()

    @cached_property
    def verifying(self) -> ssl.SSLContext:
        """Verifies the certificate against the system's CA certificates (or those in SSL_CERT_FILE and SSL_CERT_DIR),
        and the server's name."""
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.hostname_checks_common_name = False  # RFC 8461 4.2, RFC 9525 6.3
        # Python turns this on from 3.13: rules for the form of certificates that private authorities seldom keep.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        return context
