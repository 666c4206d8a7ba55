"""TLS contexts of the SMTP client: one that takes any certificate, one that verifies."""

from __future__ import annotations

import ssl
from functools import cached_property

from relay.smtp.client.smtp_client import Server
from relay.smtp.server.tls import client_context


class Contexts:
    """Made when they are needed first: reading the system's authorities takes its time."""

    def of(self, server: Server) -> ssl.SSLContext:
        """The context for a connection to ``server``."""
        return self._verifying if server.protection.verified else self._any

    @cached_property
    def _any(self) -> ssl.SSLContext:
        return client_context()

    @cached_property
    def _verifying(self) -> ssl.SSLContext:
        """The system's authorities (SSL_CERT_FILE and SSL_CERT_DIR name others), and the server's name."""
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context
