"""What a connection needs of its server, and the server of its connections."""

from __future__ import annotations

import ssl
from typing import Protocol

from relay.model import Envelope, Reply
from relay.settings import Settings
from relay.smtp.server.octet_budget import HeldLetter, OctetBudget


class Client(Protocol):
    """One connection, as the server sees it."""

    @property
    def answering(self) -> bool:
        """Whether a letter of this client is being answered: it must not be closed now."""

    def close_if_idle(self) -> None:
        """Reply 421 and close, unless the client has begun a letter."""

    def close_with(self, reply: Reply) -> None:
        """Send ``reply`` and close, whatever the client is doing."""


class Server(Protocol):
    """The server, as a connection sees it."""

    @property
    def settings(self) -> Settings:
        """The settings of this run."""

    @property
    def tls(self) -> ssl.SSLContext | None:
        """The TLS context for STARTTLS; None: not offered."""

    @property
    def closing(self) -> bool:
        """Whether the server is shutting down and accepts no new letters."""

    @property
    def budget(self) -> OctetBudget:
        """The memory for letters that are not answered yet."""

    def enter(self, client: Client, peer: str) -> bool:
        """A client with the IP address ``peer`` connected. False when there are too many connections."""

    def leave(self, client: Client) -> None:
        """The client is gone."""

    def check_mail_from(self, peer: str, size: int) -> None:
        """Raises a Refusal when ``peer`` may not begin a letter of ``size`` octets (0: not announced)."""

    async def wait_for_answer(self, letter: HeldLetter) -> None:
        """Return when the complete ``letter`` may be passed to ``take``, or has been dropped. Raises TooMuchAtOnce."""

    async def take(self, envelope: Envelope, letter: HeldLetter) -> Reply:
        """Accept or refuse the letter. Returns the reply. Closes ``letter`` when that is known."""
