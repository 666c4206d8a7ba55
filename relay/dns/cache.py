"""DNS queries for authentication: short timeout, bounded cache, one exception (DnsTrouble)."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence

import dns.asyncresolver
import dns.exception
import dns.message
import dns.name
import dns.rdata
import dns.resolver
import dns.reversename
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT

from relay.dns.resolver import DnsTrouble, make_resolver
from relay.settings import DnsSettings

_TIMEOUT = 5.0  # seconds for one query
_MAX_ANSWERS = 5_000
_MAX_CACHED = 4096  # characters of one answer that are cached: the sender of a letter chooses the queries
_MAX_TTL, _MIN_TTL = 3600.0, 1.0  # seconds an answer is cached, whatever its TTL
_NEGATIVE_TTL = 60.0


class Answers:
    """Queries the resolvers in the settings, or the system's. Every method returns an empty sequence when the name does
    not exist, has no such records or is invalid, and raises DnsTrouble when there is no answer now."""

    def __init__(self, settings: DnsSettings) -> None:
        self._settings = settings
        self._resolver: dns.asyncresolver.Resolver | None = None
        self._cached: OrderedDict[tuple[str, str], tuple[float, Sequence[str]]] = OrderedDict()

    async def txt(self, name: str) -> Sequence[str]:
        """TXT records, each with its strings joined (RFC 7208 3.3)."""
        return await self._ask(name, "TXT")

    async def addresses(self, name: str, *, v6: bool) -> Sequence[str]:
        """The IPv4 or IPv6 addresses."""
        return await self._ask(name, "AAAA" if v6 else "A")

    async def exchangers(self, name: str) -> Sequence[str]:
        """The MX hosts, unordered."""
        return await self._ask(name, "MX")

    async def names(self, address: str) -> Sequence[str]:
        """The names of an IP address (PTR)."""
        return await self._ask(dns.reversename.from_address(address).to_text(omit_final_dot=True), "PTR")

    async def _ask(self, name: str, kind: str) -> Sequence[str]:
        key = (name.lower(), kind)
        cached = self._cached.get(key)
        if cached is not None and cached[0] > time.monotonic():
            return cached[1]
        try:
            asked = dns.name.from_text(name + ".")
        except (dns.exception.DNSException, ValueError):
            return ()
        found, ttl = await self._look_up(asked, kind)
        if sum(map(len, found)) > _MAX_CACHED:
            return found
        self._cached[key] = (time.monotonic() + min(max(ttl, _MIN_TTL), _MAX_TTL), found)
        self._cached.move_to_end(key)
        if len(self._cached) > _MAX_ANSWERS:
            self._cached.popitem(last=False)
        return found

    async def _look_up(self, name: dns.name.Name, kind: str) -> tuple[Sequence[str], float]:
        """The records as text, and the seconds for which they are valid."""
        try:
            if self._resolver is None:
                self._resolver = make_resolver(self._settings, _TIMEOUT)
            answer = await self._resolver.resolve(name, kind, raise_on_no_answer=False, search=False)
        except dns.resolver.NXDOMAIN:
            return (), _NEGATIVE_TTL
        except (dns.exception.DNSException, OSError):
            raise DnsTrouble from None
        if answer.rrset is None:
            return (), _NEGATIVE_TTL
        return tuple(_text(record) for record in answer), float(answer.chaining_result.minimum_ttl)


class NotKnown(Exception):  # noqa: N818
    """The answer is not in the cache."""


class KnownAnswers(Answers):
    """The answers that are in the cache of ``answers``. Asks nobody and never waits; every method raises NotKnown when
    there is none."""

    def __init__(self, answers: Answers) -> None:
        self._cached = answers._cached

    async def _ask(self, name: str, kind: str) -> Sequence[str]:
        cached = self._cached.get((name.lower(), kind))
        if cached is None or cached[0] <= time.monotonic():
            raise NotKnown
        return cached[1]


def _text(record: dns.rdata.Rdata) -> str:
    if isinstance(record, TXT):
        return b"".join(record.strings).decode("utf-8", "replace")
    if isinstance(record, MX):
        return record.exchange.to_text(omit_final_dot=True).lower()
    return record.to_text().rstrip(".").lower()
