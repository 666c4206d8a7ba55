"""The members' mail server: accepts every letter that relay delivers, and passes it to the caller."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from aiosmtpd.smtp import SMTP, Envelope, Session

from lab.house import HOST


@dataclass(frozen=True, slots=True)
class Arrived:
    """One letter as delivered: envelope and exact octets."""

    return_path: str
    recipient: str
    content: bytes


class MailServer:
    """Listens on a loopback port. Letters go to ``on_arrival`` if it is given, else to ``next_letter``."""

    def __init__(self, on_arrival: Callable[[Arrived], None] | None = None) -> None:
        self._waiting: asyncio.Queue[Arrived] = asyncio.Queue()
        self._on_arrival = on_arrival
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self) -> None:
        """Start listening."""
        loop = asyncio.get_running_loop()
        hostname = "mx.members.example"
        self._server = await loop.create_server(
            lambda: SMTP(self, hostname=hostname, ident="ready", enable_SMTPUTF8=True), HOST, 0
        )
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    def listen_with(self, on_arrival: Callable[[Arrived], None]) -> None:
        """From now on pass each letter to ``on_arrival`` instead of ``next_letter``."""
        self._on_arrival = on_arrival

    async def next_letter(self, seconds: float) -> Arrived | None:
        """The next letter that arrives within ``seconds``, or None."""
        try:
            return await asyncio.wait_for(self._waiting.get(), seconds)
        except TimeoutError:
            return None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- aiosmtpd's name
        """Accept one letter (called by aiosmtpd)."""
        for recipient in envelope.rcpt_tos:
            letter = Arrived(envelope.mail_from or "", recipient, bytes(envelope.original_content or b""))
            if self._on_arrival is None:
                self._waiting.put_nowait(letter)
            else:
                self._on_arrival(letter)
        return "250 2.0.0 accepted"
