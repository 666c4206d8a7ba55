"""Checks whether the records that relay needs are in DNS."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import dns.asyncresolver
import dns.exception
import dns.resolver

from relay.dns.resolver import make_resolver
from relay.operations.dns_compared import SpfResults, compare_dkim, compare_dmarc, compare_mx, compare_spf
from relay.operations.dns_host import check_host
from relay.operations.dns_records import Record
from relay.operations.findings import Finding, Level, warn, wrong
from relay.settings import Settings

_TIMEOUT = 5.0  # seconds for one query
_ANSWERED = (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer)


async def check_dns(wanted: Sequence[Record], settings: Settings) -> list[Finding]:
    """Check the records ``wanted``, the addresses and reverse names of relay's host, and its TLS policies."""
    resolver = await answering_resolver(settings)
    if isinstance(resolver, Finding):
        return [resolver]
    record_findings, host_findings = await asyncio.gather(
        check_records(wanted, resolver, SpfResults(settings)), check_host(resolver, settings.hostname, settings.domain)
    )
    return record_findings + host_findings


async def check_records(
    wanted: Sequence[Record], resolver: dns.asyncresolver.Resolver, spf: SpfResults | None = None
) -> list[Finding]:
    """Query every record and compare its value. ``spf`` evaluates a record that is not relay's."""
    return list(await asyncio.gather(*(_check(resolver, record, spf) for record in wanted)))


async def visible(wanted: Sequence[Record], settings: Settings) -> bool:
    """Whether all these records are in DNS with their values."""
    try:
        resolver = make_resolver(settings.dns, _TIMEOUT)
    except dns.resolver.NoResolverConfiguration:
        return False
    return all(found.level is Level.OK for found in await check_records(wanted, resolver))


async def answering_resolver(settings: Settings) -> dns.asyncresolver.Resolver | Finding:
    """The resolver to ask. A finding when there is none, or it answers nothing: neither about relay's domain nor about
    the root."""
    try:
        resolver = make_resolver(settings.dns, _TIMEOUT)
    except dns.resolver.NoResolverConfiguration:
        return wrong(
            "this machine has no DNS resolver: /etc/resolv.conf names no IP address, or cannot be read",
            'write a line into it, such as "nameserver 127.0.0.1", or set dns.nameservers in relay.toml',
        )
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


async def _check(resolver: dns.asyncresolver.Resolver, record: Record, spf: SpfResults | None) -> Finding:
    try:
        found = await _values(resolver, record)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        found = []
    except dns.exception.DNSException as error:
        return warn(f"{record.label}: no answer from DNS ({type(error).__name__})", "try again later")
    if record.type == "MX":
        return compare_mx(record, found)
    if record.value.startswith("v=spf1"):
        return await compare_spf(record, found, spf)
    return compare_dmarc(record, found) if record.value.startswith("v=DMARC1") else compare_dkim(record, found)


async def _values(resolver: dns.asyncresolver.Resolver, record: Record) -> list[str]:
    answer = await resolver.resolve(record.name + ".", record.type)
    if record.type == "MX":
        return [f"{one.preference} {one.exchange.to_text(omit_final_dot=True).lower()}" for one in answer]
    return [b"".join(one.strings).decode("utf-8", "replace") for one in answer]
