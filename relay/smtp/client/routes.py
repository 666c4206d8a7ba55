"""Which servers a letter is offered to, best first, and how the connection to each must be protected."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from relay.dns.resolver import DnsTrouble, HostAddresses, MailHosts, NoSuchDomain, Resolver
from relay.settings import Address, Settings
from relay.settings_file import is_loopback
from relay.smtp.client.dane import usable
from relay.smtp.client.mta_sts import Mode, Policy
from relay.smtp.client.protection import ENCRYPTED, OFFERED, VERIFIED, Level, Protection
from relay.smtp.client.reply_outcome import NO_DNS, NO_ROUTE, protected
from relay.smtp.client.smtp_client import Server
from relay.smtp.client.sts_policies import StsPolicies

_HOSTS = 20  # MX hosts of a domain that are looked up for one letter

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Unusable:
    """A host that must not be sent to now; ``status`` says why."""

    status: str


class Routes:
    """Through the smarthost, or to the MX hosts of a domain at ``port``. ``policies`` looks up MTA-STS policies."""

    def __init__(self, settings: Settings, resolver: Resolver, policies: StsPolicies, port: int) -> None:
        delivery = settings.delivery
        self._smarthost = smarthost_of(delivery.smarthost, delivery.tls) if delivery.smarthost else None
        self._resolver = resolver
        self._policies = policies
        self._port = port
        self._least = ENCRYPTED if settings.delivery.tls == "required" else OFFERED

    async def servers(self, domain: str) -> AsyncGenerator[Server | Unusable, None]:
        """The servers for letters to ``domain``, best first; a host's addresses and TLSA records are looked up when it
        is its turn. Raises NoSuchDomain, NullMx, LoopsBack or DnsTrouble."""
        if self._smarthost is not None:
            yield self._smarthost
            return
        if domain.startswith("["):
            address = domain[1:-1].removeprefix("IPv6:")
            yield Server(address, self._port, address, False, self._least)
            return
        found = await self._resolver.exchangers(domain)
        policy = await self._policies.policy(domain)
        for host in found.hosts[:_HOSTS]:
            try:
                addresses = await self._resolver.addresses(host)
            except (NoSuchDomain, DnsTrouble):
                if host == found.hosts[-1] == domain:  # no MX and no address: nothing there accepts mail
                    raise
                continue
            protection = await self._protection(domain, found, host, addresses, policy)
            if isinstance(protection, Unusable):
                yield protection
                continue
            for address in addresses.addresses:
                yield Server(address, self._port, host, False, protection)

    async def _protection(
        self, domain: str, found: MailHosts, host: str, addresses: HostAddresses, policy: Policy | None
    ) -> Protection | Unusable:
        """How a connection to ``host`` must be protected. DANE takes precedence over the domain's MTA-STS policy: a
        policy must not admit a server that fails DANE (RFC 8461 2)."""
        dane = await self._dane(domain, host, addresses) if found.secure else None
        if isinstance(dane, Unusable) or (dane is not None and dane.level is Level.DANE):
            return dane
        least = dane or self._least
        return least if policy is None else _with_policy(policy, host, least)

    async def _dane(self, domain: str, host: str, addresses: HostAddresses) -> Protection | Unusable | None:
        """The protection that the TLSA records of ``host`` require (RFC 7672 2.2); None when it has none. Its MX record
        must be proven by DNSSEC. When the records cannot be looked up the host is not used: an attacker may suppress
        them."""
        for base in addresses.bases:
            try:
                records = await self._resolver.tlsa(base, self._port)
            except DnsTrouble:
                return Unusable(protected("dane", NO_DNS))
            if not records:
                continue
            known = usable(records)
            if not known:  # no usable record: TLS is required, with any certificate (RFC 7672 2.2)
                return Protection(Level.ENCRYPTED, "dane")
            return Protection(Level.DANE, "dane", known, base, tuple(dict.fromkeys((base, host, domain))))
        return None


def _with_policy(policy: Policy, host: str, least: Protection) -> Protection | Unusable:
    """The protection for ``host`` under an MTA-STS policy (RFC 8461 5); ``least`` applies without it."""
    testing = policy.mode is Mode.TESTING
    if policy.allows(host):
        return Protection(Level.STS, "sts", otherwise=least if testing else None)
    if testing:
        log.info("an MTA-STS policy in testing mode does not list a mail server of its domain: used all the same")
        return least
    return Unusable(protected("sts", NO_ROUTE))


def smarthost_of(address: Address, tls: str) -> Server:
    """The smarthost at ``address``, protected as delivery.tls asks. On loopback the certificate is not verified: it is
    rarely issued for that name, and no attacker is in between."""
    required = ENCRYPTED if is_loopback(address.host) else VERIFIED
    return Server(address.host, address.port, address.host, True, required if tls == "required" else OFFERED)
