"""Sends one letter to the smarthost or to the recipient's MX hosts, and returns the outcome."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime

from relay.dns.resolver import DnsTrouble, LoopsBack, NoSuchDomain, NullMx, Resolver
from relay.outcomes import Deferred, Failed, Outcome
from relay.settings import Settings
from relay.smtp.client import reply_outcome
from relay.smtp.client.client_tls import ClientTls
from relay.smtp.client.connect import Unprotected, Unreachable, connect
from relay.smtp.client.https_get import https_get
from relay.smtp.client.pool import Pool
from relay.smtp.client.reply_outcome import Stage, unprotected
from relay.smtp.client.routes import Routes, Unusable
from relay.smtp.client.smtp_client import BrokenOff, Client, Letter, Server
from relay.smtp.client.sts_policies import Kept, StsPolicies
from relay.smtp.server.grammar import Mailbox, NotAnAddress, mailbox

log = logging.getLogger(__name__)

_SERVERS = 5  # servers tried for one letter: RFC 5321 5.1 wants at least two
_STEPS = 20  # times delivery.timeout: the longest try, apart from the letter's size
_SLOWEST = 50_000  # octets a second


class Sender:
    """Sends letters through settings.delivery.smarthost, or directly to MX hosts at ``port``; keeps connections.
    ``kept`` stores the MTA-STS policies of domains, which are fetched from port ``https_port``."""

    def __init__(
        self, settings: Settings, kept: Kept, *, now: Callable[[], datetime], port: int = 25, https_port: int = 443
    ) -> None:
        self._delivery = settings.delivery
        self._hostname = settings.hostname
        self._resolver = Resolver(settings.dns, settings.hostname)
        self._https_port = https_port
        self._policies = StsPolicies(self._resolver, kept, self._get, now)
        self._routes = Routes(settings, self._resolver, self._policies, port)
        self._tls = ClientTls(now)
        # With a smarthost there is one destination, and delivery.concurrency limits the letters sent at once.
        self._pool = Pool(self._delivery.concurrency if self._delivery.smarthost else self._delivery.per_destination)

    async def send(self, *, recipient: str, return_path: str, content: bytes) -> Outcome:
        """Try once to deliver ``content`` (CRLF line ends) to ``recipient``; ``return_path`` "" is the null sender.
        Returns Sent, Deferred or Failed; raises only CancelledError.

        A connection lost after the final dot is Deferred: the letter may have arrived, and is then sent again under the
        same Message-ID.
        """
        try:
            letter, to = _letter(recipient, return_path, content)
        except NotAnAddress:
            return Failed(reply_outcome.BAD_ADDRESS)
        except _OurAddress:
            return Deferred(reply_outcome.OUR_ADDRESS)
        try:
            async with asyncio.timeout(_STEPS * self._delivery.timeout + len(content) / _SLOWEST):
                return await self._try(letter, to)
        except TimeoutError:
            return Deferred(reply_outcome.BROKEN_OFF)
        except Exception as error:  # an internal error must not lose the letter; its text may hold an address
            log.error("a letter could not be sent: %s", type(error).__name__)
            return Deferred(reply_outcome.OUR_FAULT)

    async def close(self) -> None:
        """Close all connections."""
        await self._policies.close()
        await self._pool.close()

    async def renew_policies(self, now: datetime) -> None:
        """Delete expired MTA-STS policies, and refresh the others before they expire; not with a smarthost, which
        applies policies itself. Raises what the sender's ``kept`` raises."""
        await self._policies.delete_expired(now)
        if self._delivery.smarthost is None:
            await self._policies.renew(now)

    async def _get(self, host: str, path: str) -> str:
        """The text at https://HOST/PATH. Raises NotFetched, NoSuchDomain or DnsTrouble."""
        found = await self._resolver.addresses(host)
        return await https_get(host, path, found.addresses, self._https_port, self._tls.verifying)

    async def _try(self, letter: Letter, to: Mailbox) -> Outcome:
        outcome: Outcome = Deferred(reply_outcome.NO_ROUTE)
        tried = 0
        try:
            async with aclosing(self._routes.servers(to.domain)) as servers:
                async for server in servers:
                    if isinstance(server, Unusable):
                        outcome = Deferred(server.status)
                        continue
                    try:
                        return await self._through_or_less(server, letter)
                    except Unreachable as fault:
                        # Report the fault that another try does not cure, rather than one that may pass.
                        if isinstance(fault, Unprotected) or not unprotected(outcome.status):
                            outcome = Deferred(fault.status)
                    tried += 1
                    if tried >= _SERVERS:
                        break
        except NullMx:
            return Failed(reply_outcome.NULL_MX)
        except NoSuchDomain:
            return Failed(reply_outcome.NO_DOMAIN)
        except LoopsBack:
            return Failed(reply_outcome.LOOPS_BACK)
        except DnsTrouble:
            return Deferred(reply_outcome.NO_DNS)
        return outcome

    async def _through_or_less(self, server: Server, letter: Letter) -> Outcome:
        """Send the letter to ``server``; with less protection when its domain's MTA-STS policy is in testing mode and
        not met. Raises Unreachable."""
        try:
            return await self._through(server, letter)
        except Unprotected as fault:
            if server.protection.otherwise is None:
                raise
            log.info(
                "a mail server does not meet an MTA-STS policy in testing mode (%s): sent all the same", fault.status
            )
            return await self._through(replace(server, protection=server.protection.otherwise), letter)

    async def _through(self, server: Server, letter: Letter) -> Outcome:
        """Send the letter to ``server``. Raises Unreachable."""
        async with self._pool.slot(server):
            kept = self._pool.take(server)
            if kept is not None:
                outcome = await self._hand_over(server, kept, letter, kept=True)
                if outcome is not None:
                    return outcome
            fresh = await connect(server, self._hostname, self._delivery.timeout, self._tls)
            outcome = await self._hand_over(server, fresh, letter, kept=False)
            return outcome or Deferred(reply_outcome.BROKEN_OFF)

    async def _hand_over(self, server: Server, client: Client, letter: Letter, *, kept: bool) -> Outcome | None:
        """The outcome; None when a kept connection was dead before it accepted anything."""
        try:
            outcome = await client.deliver(letter)
        except BrokenOff as fault:
            return None if kept and fault.stage is Stage.MAIL else Deferred(reply_outcome.BROKEN_OFF)
        finally:
            self._pool.give_back(server, client)
        return outcome


def destination(recipient: str) -> str:
    """The domain that a letter to ``recipient`` goes to, as lower-case A-labels; letters are grouped by it. "" for an
    invalid address."""
    try:
        return mailbox(recipient).domain
    except NotAnAddress:
        return ""


class _OurAddress(Exception):  # noqa: N818
    """The return path is not an address: an error of ours, so the letter is deferred, not failed."""


def _letter(recipient: str, return_path: str, content: bytes) -> tuple[Letter, Mailbox]:
    to = mailbox(recipient)
    try:
        sender = mailbox(return_path) if return_path else None
    except NotAnAddress:
        raise _OurAddress from None
    utf8 = not to.ascii or (sender is not None and not sender.ascii)
    return Letter(str(sender or ""), str(to), content, utf8), to
