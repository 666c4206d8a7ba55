"""Checks whether the records that relay needs are in DNS."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import dns.asyncresolver
import dns.exception
import dns.nameserver
import dns.resolver

from relay.operations.dns_host import check_host
from relay.operations.dns_records import Record
from relay.operations.findings import Finding, Level, fine, warn, wrong
from relay.settings import Address, Settings

_TIMEOUT = 5.0  # seconds for one query
_ANSWERED = (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer)


async def check_dns(wanted: Sequence[Record], settings: Settings) -> list[Finding]:
    """Check the records ``wanted``, the addresses and reverse names of relay's host, and its TLS policies."""
    resolver = await answering_resolver(settings)
    if isinstance(resolver, Finding):
        return [resolver]
    record_findings, host_findings = await asyncio.gather(
        check_records(wanted, resolver), check_host(resolver, settings.hostname, settings.domain)
    )
    return record_findings + host_findings


async def check_records(wanted: Sequence[Record], resolver: dns.asyncresolver.Resolver) -> list[Finding]:
    """Query every record and compare its value."""
    return list(await asyncio.gather(*(_check(resolver, record) for record in wanted)))


async def visible(wanted: Sequence[Record], settings: Settings) -> bool:
    """Whether all these records are in DNS with their values."""
    try:
        resolver = _resolver_of(settings.dns.nameservers)
    except dns.resolver.NoResolverConfiguration:
        return False
    return all(found.level is Level.OK for found in await check_records(wanted, resolver))


async def answering_resolver(settings: Settings) -> dns.asyncresolver.Resolver | Finding:
    """The resolver to ask. A finding when there is none, or it answers nothing: neither about relay's domain nor about
    the root."""
    try:
        resolver = _resolver_of(settings.dns.nameservers)
    except dns.resolver.NoResolverConfiguration:
        return wrong("this machine has no DNS resolver", "set dns.nameservers in relay.toml")
    answers = await asyncio.gather(
        *(resolver.resolve(name, "SOA") for name in (f"{settings.domain}.", ".")), return_exceptions=True
    )
    if any(not isinstance(one, BaseException) or isinstance(one, _ANSWERED) for one in answers):
        return resolver
    asked = ", ".join(sorted({str(getattr(one, "address", one)) for one in resolver.nameservers}))
    return wrong(
        f"the DNS resolver {asked} does not answer",
        "see whether it runs and this machine reaches it (UDP and TCP port 53), or set dns.nameservers in relay.toml "
        "to another one; without DNS relay delivers nothing and cannot check who wrote a letter",
    )


def _resolver_of(nameservers: Sequence[Address]) -> dns.asyncresolver.Resolver:
    """A resolver that asks ``nameservers``, or the system's when empty. Raises NoResolverConfiguration."""
    resolver = dns.asyncresolver.Resolver(configure=not nameservers)
    if nameservers:
        resolver.nameservers = [dns.nameserver.Do53Nameserver(one.host, one.port) for one in nameservers]
    resolver.lifetime = _TIMEOUT
    return resolver


async def _check(resolver: dns.asyncresolver.Resolver, record: Record) -> Finding:
    what = f"{record.type} {record.name}"
    try:
        found = await _values(resolver, record)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        found = []
    except dns.exception.DNSException as error:
        return warn(f"{what}: no answer from DNS ({type(error).__name__})", "try again later")
    if record.value in found or any(_rejects(value) for value in found if record.value.startswith("v=DMARC1")):
        return fine(f"{what} is correct")
    kind = record.value.partition(" ")[0].partition(";")[0]
    similar = [value for value in found if record.type == "MX" or value.startswith(kind)]
    if record.type == "TXT" and kind in ("v=spf1", "v=DMARC1") and len(similar) == 1:
        return warn(f"{what} differs from what relay needs: {similar[0]}", f"unless intended: {record.zone_line}")
    return wrong(f"{what} is {'not correct' if similar else 'missing'}", f"publish: {record.zone_line}")


def _rejects(dmarc: str) -> bool:
    """Whether a DMARC record keeps others from writing in the domain's name, whatever else it says (RFC 7489 6.3): such
    as where reports go."""
    pairs = [tag.partition("=")[::2] for tag in dmarc.lower().split(";")]
    tags = {name.strip(): value.strip() for name, value in pairs}
    strict = tags.get("p") in ("reject", "quarantine") and tags.get("pct", "100") == "100"
    return strict and tags.get("v") == "dmarc1"


async def _values(resolver: dns.asyncresolver.Resolver, record: Record) -> list[str]:
    answer = await resolver.resolve(record.name + ".", record.type)
    if record.type == "MX":
        return [f"{one.preference} {one.exchange.to_text(omit_final_dot=True).lower()}" for one in answer]
    return [b"".join(one.strings).decode("utf-8", "replace") for one in answer]
