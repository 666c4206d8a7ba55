"""Where a domain's mail goes: its MX hosts in order, and their addresses (RFC 5321 5.1, RFC 7505)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

import dns.asyncresolver
import dns.exception
import dns.name
import dns.nameserver
import dns.rdata
import dns.rdatatype
import dns.resolver
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.IN.A import A
from dns.rdtypes.IN.AAAA import AAAA

from relay.settings import DnsSettings

_PATIENCE = 15.0  # seconds for one query, all resolvers and retries together
_REMEMBERED = 2000  # answers cached for their TTL


class NoSuchDomain(Exception):  # noqa: N818
    """The domain does not exist, or no host of it accepts mail."""


class NullMx(Exception):  # noqa: N818
    """The domain accepts no mail (RFC 7505)."""


class LoopsBack(Exception):  # noqa: N818
    """The best MX of the domain is this server (RFC 5321 5.1)."""


class DnsTrouble(Exception):  # noqa: N818
    """No answer now; try again later."""


class Resolver:
    """Queries the resolvers in the settings, or the system's. ``hostname`` is our own name, to detect loops."""

    def __init__(self, settings: DnsSettings, hostname: str) -> None:
        self._hostname = hostname.lower()
        self._settings = settings
        self._asker: dns.asyncresolver.Resolver | None = None

    async def exchangers(self, domain: str) -> list[str]:
        """The hosts that accept mail for ``domain`` (A-labels), best first; equal preferences in random order.

        Raises NoSuchDomain, NullMx, LoopsBack or DnsTrouble.
        """
        answer = await self._ask(domain, dns.rdatatype.MX)
        if answer is None:  # RFC 5321 5.1: without MX the domain itself is the host
            return [domain]
        found = [
            (record.preference, str(record.exchange).rstrip(".").lower()) for record in answer if isinstance(record, MX)
        ]
        if all(not host for _, host in found):
            raise NullMx
        ours = min((preference for preference, host in found if host == self._hostname), default=None)
        better = [(preference, host) for preference, host in found if host and (ours is None or preference < ours)]
        if not better:
            raise LoopsBack
        random.SystemRandom().shuffle(better)
        return [host for _, host in sorted(better, key=lambda pair: pair[0])]

    async def addresses(self, host: str) -> list[str]:
        """The IP addresses of ``host``, IPv4 first: more servers trust mail that comes over IPv4.

        Raises NoSuchDomain or DnsTrouble.
        """
        found = await asyncio.gather(
            self._ask(host, dns.rdatatype.A), self._ask(host, dns.rdatatype.AAAA), return_exceptions=True
        )
        records = [record for answer in found if isinstance(answer, list) for record in answer]
        addresses = [str(record.address) for record in records if isinstance(record, A | AAAA)]
        if addresses:
            return addresses
        for answer in found:
            if isinstance(answer, BaseException):
                raise answer
        raise NoSuchDomain

    async def _ask(self, name: str, kind: dns.rdatatype.RdataType) -> list[dns.rdata.Rdata] | None:
        """The records; None when the name has none of this kind."""
        try:
            answer = await self._resolver().resolve(name + ".", kind, search=False)
        except dns.resolver.NXDOMAIN:
            raise NoSuchDomain from None
        except dns.resolver.NoAnswer:
            return None
        except (dns.exception.DNSException, OSError):
            raise DnsTrouble from None
        return list(answer)

    def _resolver(self) -> dns.asyncresolver.Resolver:
        """The resolver, created at the first query: with a smarthost relay runs without resolv.conf."""
        if self._asker is None:
            self._asker = asker(self._settings, _PATIENCE)
            self._asker.cache = dns.resolver.LRUCache(_REMEMBERED)
        return self._asker


def asker(settings: DnsSettings, patience: float) -> dns.asyncresolver.Resolver:
    """A resolver without a cache for the servers in the settings, or the system's. ``patience``: seconds for one query,
    all resolvers and retries together. Raises NoResolverConfiguration, a DNSException, when the system has none."""
    servers: Sequence[dns.nameserver.Nameserver] = [
        dns.nameserver.Do53Nameserver(address.host, address.port) for address in settings.nameservers
    ]
    made = dns.asyncresolver.Resolver(configure=not servers)
    if servers:
        made.nameservers = servers
    made.lifetime = patience
    return made
