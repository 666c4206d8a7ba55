"""The door in: listens, lets clients in up to the limits, hands letters to the house, and closes without losing one."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Awaitable, Callable

from relay.model import Envelope
from relay.refusals import TryLater
from relay.settings import Address, Settings
from relay.smtp.server.commands import Session
from relay.smtp.server.connection import Conversation
from relay.smtp.server.connection_limits import Guests


class PortTaken(OSError):  # noqa: N818
    """An address in smtp.listen cannot be listened on; the text says which, why, and what to do."""


class Door:
    """The SMTP server. ``accept`` gets every letter whose dialogue was in order and returns what to say after
    "250 2.0.0 ", or raises a Refusal; any other exception is answered 451. ``tls`` None: no STARTTLS. ``beginning``
    is asked at MAIL, with the peer and the size it announces, and may raise a Refusal. ``shared``: other relays on this
    machine may listen on the same addresses, and the system gives each of them some of the clients (SO_REUSEPORT,
    socket(7)).
    """

    def __init__(
        self,
        settings: Settings,
        accept: Callable[[Envelope], Awaitable[str]],
        tls: ssl.SSLContext | None,
        beginning: Callable[[str, int], None] = lambda peer, size: None,
        *,
        shared: bool = False,
    ) -> None:
        # aiosmtpd logs every command, both addresses and each line of the letter under this name.
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)
        self.settings = settings
        self.tls = tls
        self.beginning = beginning
        self.closing = False
        self._shared = shared
        self._guests = Guests(settings.limits.connections, settings.limits.connections_per_peer)
        self._sessions: set[Conversation] = set()
        self._accept = accept
        self._in_hand: set[asyncio.Task[str]] = set()
        self._servers: list[asyncio.Server] = []
        self._empty = asyncio.Event()

    @property
    def ports(self) -> list[tuple[str, int]]:
        """The (host, port) pairs really listened on; a port 0 in the settings has become a real one."""
        return [socket.getsockname()[:2] for server in self._servers for socket in server.sockets]

    async def open(self) -> None:
        """Listen on every address of smtp.listen. Raises PortTaken, and then listens on none."""
        loop = asyncio.get_running_loop()
        for address in self.settings.smtp.listen:
            try:
                server = await loop.create_server(
                    lambda: Session(self), address.host, address.port, reuse_port=self._shared or None
                )
            except OSError as error:
                self._stop_listening()
                raise PortTaken(_explain(address, error)) from error
            self._servers.append(server)

    def reload_tls(self, context: ssl.SSLContext | None) -> None:
        """Use another certificate for every STARTTLS from now on."""
        self.tls = context

    async def take(self, envelope: Envelope) -> str:
        """Give a letter to the house and return its answer.

        Once begun it goes on even if the client vanishes meanwhile: it may be committed already, and half a commit
        does not exist. Raises what ``accept`` raises.
        """
        task = asyncio.ensure_future(self._give(envelope))
        self._in_hand.add(task)
        task.add_done_callback(self._settled)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():  # the house gave up, not the client
                raise TryLater from None
            raise

    def enter(self, session: Conversation, peer: str) -> bool:
        """A client has connected; False when there are too many of them."""
        self._sessions.add(session)
        return self._guests.enter(peer)

    def leave(self, session: Conversation, peer: str, *, guest: bool) -> None:
        """A client has gone; ``guest`` tells that ``enter`` let it in."""
        if session in self._sessions and guest:
            self._guests.leave(peer)
        self._sessions.discard(session)
        self._notice_empty()

    async def drain(self, timeout: float) -> int:  # noqa: ASYNC109 -- closing goes on when it is over
        """Close without losing a letter, in at most ``timeout`` seconds: listen no more, say 421 to who has no letter
        begun and to the others after theirs, wait for letters in hand. Returns how many of those were left."""
        self.closing = True
        self._stop_listening()
        for session in list(self._sessions):
            session.dismiss()
        self._notice_empty()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._empty.wait()
        for session in list(self._sessions):
            session.dismiss(now=True)
        await asyncio.sleep(0)  # let transports that have nothing more to send close
        return len(self._in_hand)

    async def _give(self, envelope: Envelope) -> str:
        return await self._accept(envelope)

    def _settled(self, task: asyncio.Task[str]) -> None:
        self._in_hand.discard(task)
        self._notice_empty()

    def _notice_empty(self) -> None:
        if self.closing and not self._sessions and not self._in_hand:
            self._empty.set()

    def _stop_listening(self) -> None:
        for server in self._servers:
            server.close()
        self._servers.clear()


def _explain(address: Address, error: OSError) -> str:
    where = f"[{address.host}]:{address.port}" if ":" in address.host else f"{address.host}:{address.port}"
    if isinstance(error, PermissionError):
        return (
            f"may not listen on {where}: ports below 1024 need CAP_NET_BIND_SERVICE, or choose another in smtp.listen"
        )
    reason = (error.strerror or type(error).__name__).split("]")[-1].strip(" :") or "the address is not usable"
    return f"cannot listen on {where} ({reason}): is another mail server running there? See smtp.listen in relay.toml"
