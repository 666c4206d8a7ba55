"""Resolves a mail domain: its MX hosts in order, their addresses, and their TLSA records secured by DNSSEC (RFC 5321
5.1, RFC 7505, RFC 7672 2)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass

import dns.asyncresolver
import dns.exception
import dns.flags
import dns.nameserver
import dns.rdatatype
import dns.resolver
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TLSA import TLSA
from dns.rdtypes.ANY.TXT import TXT
from dns.rdtypes.IN.A import A
from dns.rdtypes.IN.AAAA import AAAA

from relay.settings import DnsSettings

_TIMEOUT = 15.0  # seconds for one query, all resolvers and retries together
_MAX_ANSWERS = 2000  # answers cached for their TTL
_PAYLOAD = 1232  # octets of an answer over UDP; larger ones may be fragmented


class NoSuchDomain(Exception):  # noqa: N818
    """The domain does not exist, or no host of it accepts mail."""


class NullMx(Exception):  # noqa: N818
    """The domain accepts no mail (RFC 7505)."""


class LoopsBack(Exception):  # noqa: N818
    """The best MX of the domain is this server (RFC 5321 5.1)."""


class DnsTrouble(Exception):  # noqa: N818
    """The query failed; try again later."""


@dataclass(frozen=True, slots=True)
class MailHosts:
    """The hosts that accept mail for a domain, best first. ``secure``: the answer is authenticated by DNSSEC."""

    hosts: tuple[str, ...]
    secure: bool


@dataclass(frozen=True, slots=True)
class HostAddresses:
    """The IP addresses of a host, IPv4 first, because more servers trust mail over IPv4. ``bases``: the names below
    which its TLSA records may be, best first; () when the addresses are not authenticated (RFC 7672 2.2.2)."""

    addresses: tuple[str, ...]
    bases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tlsa:
    """A TLSA record (RFC 6698 2.1): certificate usage, selector, matching type, and the data to compare with."""

    usage: int
    selector: int
    matching: int
    data: bytes


class Resolver:
    """Queries the resolvers in the settings, or the system's. ``hostname`` is our own name, to detect loops."""

    def __init__(self, settings: DnsSettings, hostname: str) -> None:
        self._hostname = hostname.lower()
        self._settings = settings
        self._validated = settings.dnssec == "validated"
        self._dns: dns.asyncresolver.Resolver | None = None

    async def exchangers(self, domain: str) -> MailHosts:
        """The hosts that accept mail for ``domain`` (A-labels); equal preferences in random order.

        Raises NoSuchDomain, NullMx, LoopsBack or DnsTrouble.
        """
        answer = await self._ask(domain, dns.rdatatype.MX)
        if answer.rrset is None:  # RFC 5321 5.1: without MX the domain itself is the host
            return MailHosts((domain,), self._secure(answer))
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
        return MailHosts(tuple(host for _, host in sorted(better, key=lambda pair: pair[0])), self._secure(answer))

    async def addresses(self, host: str) -> HostAddresses:
        """The addresses of ``host``. Raises NoSuchDomain or DnsTrouble."""
        asked = await asyncio.gather(
            self._ask(host, dns.rdatatype.A), self._ask(host, dns.rdatatype.AAAA), return_exceptions=True
        )
        answers = [one for one in asked if isinstance(one, dns.resolver.Answer) and one.rrset is not None]
        addresses = [str(record.address) for one in answers for record in one if isinstance(record, A | AAAA)]
        if addresses:
            return HostAddresses(tuple(addresses), await self._bases(host, answers))
        for one in asked:
            if isinstance(one, BaseException):
                raise one
        raise NoSuchDomain

    async def txt(self, name: str) -> tuple[str, ...]:
        """The TXT records, each with its strings joined. Raises NoSuchDomain or DnsTrouble."""
        answer = await self._ask(name, dns.rdatatype.TXT)
        texts = [b"".join(record.strings) for record in answer if isinstance(record, TXT)] if answer.rrset else []
        return tuple(text.decode("utf-8", "replace") for text in texts)

    async def validates(self) -> bool:
        """Whether the resolvers validate DNSSEC: they set AD for the root zone, which is signed. Raises DnsTrouble."""
        return self._secure(await self._ask("", dns.rdatatype.SOA))

    def hosts(self) -> list[str]:
        """The addresses of the resolvers. Raises DnsTrouble when the system has none."""
        try:
            return [str(getattr(one, "address", one)) for one in self._resolver().nameservers]
        except dns.exception.DNSException:
            raise DnsTrouble from None

    async def tlsa(self, base: str, port: int) -> tuple[Tlsa, ...]:
        """The TLSA records for TCP ``port`` of ``base``; () when there are none, or they are not authenticated.

        Raises DnsTrouble, also when DNSSEC validation fails: the resolver then returns SERVFAIL.
        """
        try:
            answer = await self._ask(f"_{port}._tcp.{base}", dns.rdatatype.TLSA)
        except NoSuchDomain:
            return ()
        if answer.rrset is None or not self._secure(answer):
            return ()
        return tuple(
            Tlsa(record.usage, record.selector, record.mtype, record.cert)
            for record in answer
            if isinstance(record, TLSA)
        )

    async def _bases(self, host: str, answers: Sequence[dns.resolver.Answer]) -> tuple[str, ...]:
        """TLSA base domains: the canonical name of a host, and its own when that is a CNAME."""
        if not self._validated:
            return ()
        final = answers[0].canonical_name.to_text(omit_final_dot=True).lower()
        if all(map(self._secure, answers)):
            return (host,) if final == host else (final, host)
        if final == host:
            return ()
        try:  # the CNAME may be authenticated when its target is not
            alias = await self._ask(host, dns.rdatatype.CNAME)
        except (NoSuchDomain, DnsTrouble):
            return ()
        return (host,) if alias.rrset is not None and self._secure(alias) else ()

    def _secure(self, answer: dns.resolver.Answer) -> bool:
        """Whether the resolver has authenticated this answer with DNSSEC: the AD bit (RFC 4035 3.2.3)."""
        return self._validated and bool(answer.response.flags & dns.flags.AD)

    async def _ask(self, name: str, kind: dns.rdatatype.RdataType) -> dns.resolver.Answer:
        """Query DNS. The answer may hold no record. Raises NoSuchDomain or DnsTrouble."""
        try:
            return await self._resolver().resolve(name + ".", kind, search=False, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            raise NoSuchDomain from None
        except (dns.exception.DNSException, OSError):
            raise DnsTrouble from None

    def _resolver(self) -> dns.asyncresolver.Resolver:
        """The resolver, created at the first query: with a smarthost relay runs without resolv.conf."""
        if self._dns is None:
            self._dns = make_resolver(self._settings, _TIMEOUT)
            self._dns.cache = dns.resolver.LRUCache(_MAX_ANSWERS)
            if self._validated:  # a query with AD asks for the AD bit in the answer (RFC 6840 5.7)
                self._dns.set_flags(dns.flags.RD | dns.flags.AD)
                self._dns.use_edns(0, dns.flags.DO, _PAYLOAD)
        return self._dns


def make_resolver(settings: DnsSettings, timeout: float) -> dns.asyncresolver.Resolver:
    """A resolver without a cache for the servers in the settings, or the system's. ``timeout``: seconds for one query,
    all resolvers and retries together. Raises NoResolverConfiguration, a DNSException, when the system has none, or has
    another thing than an IP address for one."""
    servers: Sequence[dns.nameserver.Nameserver] = [
        dns.nameserver.Do53Nameserver(address.host, address.port) for address in settings.nameservers
    ]
    try:
        made = dns.asyncresolver.Resolver(configure=not servers)
    except ValueError:  # resolv.conf names a host, or is no text
        raise dns.resolver.NoResolverConfiguration from None
    if servers:
        made.nameservers = servers
    made.lifetime = timeout
    return made
