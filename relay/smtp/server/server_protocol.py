"""What a connection needs of the server that it belongs to, and the server of its connections."""

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
        """A letter of this client is being answered: it must not be closed now."""

    def close_if_idle(self) -> None:
        """Say 421 and hang up, unless the client has begun a letter."""

    def close_with(self, reply: Reply) -> None:
        """Say ``reply`` and hang up, whatever the client is doing."""


class Server(Protocol):
    """The server, as a connection sees it."""

    @property
    def settings(self) -> Settings:
        """The settings of this run."""

    @property
    def tls(self) -> ssl.SSLContext | None:
        """What STARTTLS begins with; None: it is not offered."""

    @property
    def closing(self) -> bool:
        """No more letters are to be begun."""

    @property
    def budget(self) -> OctetBudget:
        """The memory for letters that are not answered yet."""

    def enter(self, client: Client, peer: str) -> bool:
        """A client with the IP address ``peer`` has connected. False when there are too many connections."""

    def leave(self, client: Client) -> None:
        """The client is gone."""

    def check_mail_from(self, peer: str, size: int) -> None:
        """Raises a Refusal when ``peer`` may not begin a letter of ``size`` octets (0: not announced)."""

    async def wait_for_answer(self, letter: HeldLetter) -> None:
        """Return when the complete ``letter`` may be given to ``take``, or has been dropped. Raises TooMuchAtOnce."""

    async def take(self, envelope: Envelope, letter: HeldLetter) -> Reply:
        """Hand the letter over, and return what the client is to hear. Closes ``letter`` when that is known."""
