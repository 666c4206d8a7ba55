"""The SMTP server: listens, admits clients up to the limits, passes letters on, and shuts down without losing one."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence

from relay.model import Envelope, Reply
from relay.refusals import Refusal, ShuttingDown, TooMuchAtOnce, TryLater
from relay.settings import Address, Settings
from relay.smtp.server.connection import Connection
from relay.smtp.server.connection_limits import ConnectionLimits
from relay.smtp.server.octet_budget import HeldLetter, OctetBudget
from relay.smtp.server.replies import TOO_MANY_CONNECTIONS
from relay.smtp.server.server_protocol import Client

_log = logging.getLogger(__name__)

_BACKLOG = 1024  # connections the kernel queues while we are busy


class PortTaken(OSError):  # noqa: N818
    """An address in smtp.listen cannot be listened on; the text says which, why, and what to do."""


class SmtpServer:
    """The SMTP server. ``accept`` gets every letter whose dialogue was valid and returns the text after "250 2.0.0 ",
    or raises a Refusal; any other exception is answered 451. ``tls`` None: no STARTTLS. ``mail_from_checks`` is called
    at MAIL with the peer and the announced size, and may raise a Refusal. ``shared``: other relay processes on this
    machine may listen on the same addresses, and the kernel distributes clients among them (SO_REUSEPORT, socket(7)).
    """

    def __init__(
        self,
        settings: Settings,
        accept: Callable[[Envelope], Awaitable[str]],
        tls: ssl.SSLContext | None,
        mail_from_checks: Callable[[str, int], None] = lambda peer, size: None,
        *,
        shared: bool = False,
        freed: Callable[[int], None] = lambda octets: None,
    ) -> None:
        # aiosmtpd logs every command, both addresses and each line of the letter under this name.
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)
        self.settings = settings
        self.tls = tls
        self.mail_from_checks = mail_from_checks
        self.closing = False
        self._shared, self._freed = shared, freed
        self._limits: ConnectionLimits[Client] = ConnectionLimits(
            settings.limits.connections, settings.limits.connections_per_peer
        )
        self._connections: set[Client] = set()
        self._accept = accept
        self._answering: set[asyncio.Task[Reply]] = set()
        self._servers: list[asyncio.Server] = []
        self._empty = asyncio.Event()
        self._octets_freed = asyncio.Event()
        self.budget = _budget(settings, self._tell_octets_freed)

    @property
    def ports(self) -> list[tuple[str, int]]:
        """The (host, port) pairs listened on; port 0 in the settings is replaced by the actual port."""
        return [listening.getsockname()[:2] for server in self._servers for listening in server.sockets]

    async def open(self, passed: Sequence[socket.socket] = ()) -> None:
        """Listen on every address of smtp.listen; or on ``passed``, sockets that listen already and stay open when this
        server closes, so that clients wait for the next one. Raises PortTaken, and then listens on none."""
        loop = asyncio.get_running_loop()
        for listening in passed:
            own = listening.dup()
            self._servers.append(await loop.create_server(lambda: Connection(self), sock=own, backlog=_BACKLOG))
        if passed:
            return
        for address in self.settings.smtp.listen:
            try:
                server = await loop.create_server(
                    lambda: Connection(self),
                    address.host,
                    address.port,
                    reuse_port=self._shared or None,
                    backlog=_BACKLOG,
                )
            except OSError as error:
                self._stop_listening()
                raise PortTaken(_explain(address, error)) from error
            self._servers.append(server)

    def reload_tls(self, context: ssl.SSLContext | None) -> None:
        """Use another certificate for every later STARTTLS."""
        self.tls = context

    def check_mail_from(self, peer: str, size: int) -> None:
        """Raises the Refusal of ``mail_from_checks``."""
        self.mail_from_checks(peer, size)

    async def wait_for_answer(self, letter: HeldLetter) -> None:
        """Return when the complete ``letter`` may be passed to ``take``, or was dropped while it waited. Raises
        TooMuchAtOnce when that takes longer than smtp.idle_timeout."""
        if letter.dropped or self.budget.begin_answer(letter):
            return  # nearly always: a timer would cost more than all of this
        try:
            async with asyncio.timeout(self.settings.smtp.idle_timeout):
                while not letter.dropped and not self.budget.begin_answer(letter):
                    await self._octets_freed.wait()
        except TimeoutError:
            raise TooMuchAtOnce from None

    async def take(self, envelope: Envelope, letter: HeldLetter) -> Reply:
        """Accept or refuse a letter. Returns the reply to its client.

        Once begun it goes on even if the client disconnects: it may be committed already.
        """
        task = asyncio.ensure_future(self._answer(envelope))
        self._answering.add(task)
        task.add_done_callback(lambda done: self._answered(done, letter))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():  # the task was cancelled, not the client's connection
                return TryLater().reply
            raise

    def enter(self, client: Client, peer: str) -> bool:
        """A client connected; False when there are too many connections. A connection of the network with most may be
        closed to admit one of a network with few."""
        self._connections.add(client)
        if self._limits.enter(client, peer):
            return True
        for other in self._limits.closable_for(peer):
            if not other.answering:
                self._limits.leave(other)
                other.close_with(TOO_MANY_CONNECTIONS)
                return self._limits.enter(client, peer)
        return False

    def leave(self, client: Client) -> None:
        """The client is gone."""
        self._limits.leave(client)
        self._connections.discard(client)
        self._notice_empty()

    async def drain(self, timeout: float) -> int:  # noqa: ASYNC109 -- closing goes on when it is over
        """Shut down without losing a letter, in at most ``timeout`` seconds: stop listening, reply 421 to each client
        without a letter begun and to the others after theirs, wait for letters being answered. Returns how many of
        those remain."""
        self.closing = True
        self._stop_listening()
        for client in list(self._connections):
            client.close_if_idle()
        self._notice_empty()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._empty.wait()
        for client in list(self._connections):
            client.close_with(ShuttingDown().reply)
        await asyncio.sleep(0)  # let transports with nothing left to send close
        return len(self._answering)

    async def _answer(self, envelope: Envelope) -> Reply:
        """The one place where a refusal becomes a reply."""
        try:
            return Reply(250, "2.0.0", await self._accept(envelope))
        except Refusal as refusal:
            _free(refusal)
            return refusal.reply
        except Exception as error:  # the class name only: its text may hold parts of the letter
            _log.error("letter deferred (451) because of an internal error: %s", type(error).__name__)
            _free(error)
            return TryLater().reply

    def _answered(self, task: asyncio.Task[Reply], letter: HeldLetter) -> None:
        self._answering.discard(task)
        self.budget.close(letter)
        self._notice_empty()

    def _tell_octets_freed(self, octets: int) -> None:
        self._freed(octets)
        self._octets_freed.set()  # wakes all current waiters
        self._octets_freed.clear()

    def _notice_empty(self) -> None:
        if self.closing and not self._connections and not self._answering:
            self._empty.set()

    def _stop_listening(self) -> None:
        for server in self._servers:
            server.close()
        self._servers.clear()


def _budget(settings: Settings, freed: Callable[[int], None]) -> OctetBudget:
    """Behind another mail server every letter has the same peer: only the total counts then."""
    limits = settings.limits
    per_network = limits.unproven_octets_per_network if settings.authenticity.verify == "self" else 0
    return OctetBudget(limits.unproven_octets, per_network, settings.smtp.max_message_size, freed)


def _free(error: BaseException | None) -> None:
    """Release the tracebacks of an exception chain. Their frames hold the letter, and often form a reference cycle, so
    it would stay in memory until the next garbage collection."""
    while error is not None and error.__traceback__ is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


def _explain(address: Address, error: OSError) -> str:
    if isinstance(error, PermissionError):
        return (
            f"may not listen on {address}: ports below 1024 need CAP_NET_BIND_SERVICE, or choose another in smtp.listen"
        )
    reason = (error.strerror or type(error).__name__).split("]")[-1].strip(" :") or "the address is not usable"
    return f"cannot listen on {address} ({reason}): is another mail server running there? See smtp.listen in relay.toml"
