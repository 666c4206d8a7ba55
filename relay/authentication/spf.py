"""SPF: whether a client may send for a domain (RFC 7208)."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from relay.authentication.spf_record import Mechanism, NotSpfError, expanded, is_spf, read_record
from relay.dns.cache import Answers
from relay.dns.resolver import DnsTrouble

_MOST_TERMS = 10  # RFC 7208 4.6.4, as are the next three
_MOST_VOID = 2
_MOST_EXCHANGERS = 10
_MOST_NAMES = 10


class Spf(StrEnum):
    """The result of one check (RFC 7208 2.6)."""

    PASS = "pass"  # noqa: S105 -- no password
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    NONE = "none"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


_QUALIFIERS = {"+": Spf.PASS, "-": Spf.FAIL, "~": Spf.SOFTFAIL, "?": Spf.NEUTRAL}


class _PermanentError(Exception):
    """The record, or one that it includes, cannot be used."""


@dataclass
class _Check:
    """One check and its remaining DNS budget. ``sender`` is a whole address."""

    answers: Answers
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address
    sender: str
    helo: str
    terms: int = 0
    void: int = 0
    proven: list[str] | None = field(default=None)

    async def of(self, domain: str) -> Spf:
        """check_host() (RFC 7208 4). Raises _PermanentError or DnsTrouble."""
        if not _can_be_checked(domain):
            return Spf.NONE
        records = [text for text in await self.answers.txt(domain) if is_spf(text)]
        if not records:
            return Spf.NONE
        if len(records) > 1:
            raise _PermanentError
        try:
            record = read_record(records[0])
        except NotSpfError:
            raise _PermanentError from None
        for mechanism in record.mechanisms:
            if await self._matches(mechanism, domain):
                return _QUALIFIERS[mechanism.qualifier]
        if record.redirect is None or any(mechanism.name == "all" for mechanism in record.mechanisms):
            return Spf.NEUTRAL
        self._spend()
        found = await self.of(await self._target(record.redirect, domain))
        if found is Spf.NONE:
            raise _PermanentError
        return found

    async def _matches(self, mechanism: Mechanism, domain: str) -> bool:
        if mechanism.name == "all":
            return True
        if mechanism.network is not None:
            return self.ip.version == mechanism.network.version and self.ip in mechanism.network
        self._spend()
        target = domain if mechanism.domain is None else await self._target(mechanism.domain, domain)
        if mechanism.name == "include":
            found = await self.of(target)
            if found is Spf.NONE:
                raise _PermanentError
            return found is Spf.PASS
        if mechanism.name == "exists":
            return bool(self._counted(await self.answers.addresses(target, v6=False)))
        if mechanism.name == "ptr":
            names = await self._names()
            return any(f".{name}".endswith(f".{target.lower()}") for name in names)
        hosts = [target] if mechanism.name == "a" else await self._exchangers(target)
        return await self._any_is_here(hosts, mechanism, count=mechanism.name == "a")

    async def _exchangers(self, target: str) -> list[str]:
        hosts = [host for host in self._counted(await self.answers.exchangers(target)) if host]
        if len(hosts) > _MOST_EXCHANGERS:
            raise _PermanentError
        return hosts

    async def _any_is_here(self, hosts: list[str], mechanism: Mechanism, *, count: bool) -> bool:
        v6 = self.ip.version == 6
        found = await asyncio.gather(*(self.answers.addresses(host, v6=v6) for host in hosts))
        if count:
            self._counted(found[0])
        prefix = mechanism.prefix6 if v6 else mechanism.prefix4
        network = ipaddress.ip_network((self.ip, prefix), strict=False)
        return any(ipaddress.ip_address(one) in network for addresses in found for one in addresses)

    async def _names(self) -> list[str]:
        """The client's names that resolve back to it (RFC 7208 5.5). DNS errors yield no names."""
        if self.proven is None:
            self.proven = []
            try:
                names = self._counted(await self.answers.names(str(self.ip)))[:_MOST_NAMES]
            except DnsTrouble:
                return []
            for name in names:
                try:
                    addresses = await self.answers.addresses(name, v6=self.ip.version == 6)
                except DnsTrouble:
                    continue
                if str(self.ip) in {str(ipaddress.ip_address(one)) for one in addresses}:
                    self.proven.append(name)
        return self.proven

    async def _target(self, spec: str, domain: str) -> str:
        if "%" not in spec:
            return spec.rstrip(".")
        local, _, sender_domain = self.sender.rpartition("@")
        hexadecimal = self.ip.version == 6
        values = {
            "s": self.sender,
            "l": local,
            "o": sender_domain,
            "d": domain,
            "i": ".".join(self.ip.exploded.replace(":", "")) if hexadecimal else str(self.ip),
            "p": "unknown",
            "v": "ip6" if hexadecimal else "in-addr",
            "h": self.helo,
        }
        if "%{p" in spec.lower():
            names = await self._names()
            near = [name for name in names if name == domain] or [n for n in names if n.endswith(f".{domain}")] or names
            values["p"] = near[0] if near else "unknown"
        return expanded(spec, values)

    def _spend(self) -> None:
        self.terms += 1
        if self.terms > _MOST_TERMS:
            raise _PermanentError

    def _counted(self, answer: Sequence[str]) -> Sequence[str]:
        """The answer. Empty answers are counted and limited, because such records make the checker send many
        queries."""
        self.void += not answer
        if self.void > _MOST_VOID:
            raise _PermanentError
        return answer


def _can_be_checked(domain: str) -> bool:
    """Whether ``domain`` can have a record at all (RFC 7208 4.3)."""
    labels = domain.rstrip(".").split(".")
    return len(labels) > 1 and len(domain) <= 253 and all(0 < len(label) <= 63 for label in labels)


async def check_spf(answers: Answers, peer: str, return_path: str, helo: str) -> tuple[Spf, str]:
    """The result for a client at ``peer`` (an IP address), and the domain it is about, lower case: that of the return
    path, or of the HELO name for the null return path "" (RFC 7208 2.4)."""
    sender = return_path or f"postmaster@{helo}"
    domain = sender.rpartition("@")[2].lower().rstrip(".")
    try:
        ip = ipaddress.ip_address(peer)
    except ValueError:
        return Spf.NONE, domain
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if not sender.rpartition("@")[0]:
        sender = f"postmaster@{domain}"
    try:
        return await _Check(answers, ip, sender, helo).of(domain), domain
    except _PermanentError:
        return Spf.PERMERROR, domain
    except DnsTrouble:
        return Spf.TEMPERROR, domain
