"""TLS as the SMTP client: which context a connection begins with, and what the server's certificates must prove."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property

from relay.smtp.client.dane import matched
from relay.smtp.client.protection import Level, Protection
from relay.smtp.server.tls import client_context


class Untrusted(Exception):  # noqa: N818
    """The server's certificates are not those that they must be."""


class ClientTls:
    """Contexts are made when they are needed first: reading the system's authorities takes its time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def context(self, protection: Protection) -> ssl.SSLContext:
        """The context for a connection that needs ``protection``."""
        return self.verifying if protection.verified else self._any

    def proof(self, protection: Protection, chain: Sequence[bytes]) -> str:
        """What the certificates that a server has shown (DER, its own first) prove, in a word for the log:
        "opportunistic", "encrypted", "verified", "sts", "dane-ee" or "dane-ta". Raises Untrusted."""
        if protection.level is Level.OFFERED:
            return "opportunistic"
        if protection.level is not Level.DANE:
            return protection.level.value  # the context has verified it, or nothing was to be verified
        way = matched(protection.records, chain, protection.names, self._now())
        if not way:
            raise Untrusted
        return way

    @cached_property
    def _any(self) -> ssl.SSLContext:
        return client_context()

    @cached_property
    def verifying(self) -> ssl.SSLContext:
        """The system's authorities (SSL_CERT_FILE and SSL_CERT_DIR name others), and the server's name."""
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.hostname_checks_common_name = False  # RFC 8461 4.2, RFC 9525 6.3
        # Python turns this on from 3.13: rules for the form of certificates that private authorities seldom keep.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        return context
