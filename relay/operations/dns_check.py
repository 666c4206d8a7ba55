"""Whether the records a relay needs stand in DNS."""

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

_PATIENCE = 5.0  # seconds for one question


async def check_dns(wanted: Sequence[Record], settings: Settings) -> list[Finding]:
    """Everything that the world sees of us: the records, our server's address and its way back, TLS policies."""
    try:
        resolver = _resolver(settings.dns.nameservers)
    except dns.resolver.NoResolverConfiguration:
        return [wrong("this machine has no resolver", "name one in dns.nameservers of relay.toml")]
    of_records, of_host = await asyncio.gather(
        check_records(wanted, resolver), check_host(resolver, settings.hostname, settings.domain)
    )
    return of_records + of_host


async def check_records(wanted: Sequence[Record], resolver: dns.asyncresolver.Resolver) -> list[Finding]:
    """Ask for every record and compare."""
    return list(await asyncio.gather(*(_check(resolver, record) for record in wanted)))


async def visible(wanted: Sequence[Record], settings: Settings) -> bool:
    """Whether each of these records stands in DNS as it should."""
    try:
        resolver = _resolver(settings.dns.nameservers)
    except dns.resolver.NoResolverConfiguration:
        return False
    return all(found.level is Level.OK for found in await check_records(wanted, resolver))


def _resolver(nameservers: Sequence[Address]) -> dns.asyncresolver.Resolver:
    """``nameservers`` empty: the system's. Raises NoResolverConfiguration."""
    resolver = dns.asyncresolver.Resolver(configure=not nameservers)
    if nameservers:
        resolver.nameservers = [dns.nameserver.Do53Nameserver(one.host, one.port) for one in nameservers]
    resolver.lifetime = _PATIENCE
    return resolver


async def _check(resolver: dns.asyncresolver.Resolver, record: Record) -> Finding:
    what = f"{record.type} {record.name}"
    try:
        found = await _values(resolver, record)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        found = []
    except dns.exception.DNSException as error:
        return warn(f"{what}: no answer from DNS ({type(error).__name__})", "try again later")
    if record.value in found:
        return fine(f"{what} is right")
    kind = record.value.partition(" ")[0].partition(";")[0]
    similar = [value for value in found if record.type == "MX" or value.startswith(kind)]
    if record.type == "TXT" and kind in ("v=spf1", "v=DMARC1") and len(similar) == 1:
        return warn(
            f"{what} is there, but not as relay would have it: {similar[0]}", f"unless meant so: {record.zone_line}"
        )
    return wrong(f"{what} is {'not right' if similar else 'missing'}", f"publish: {record.zone_line}")


async def _values(resolver: dns.asyncresolver.Resolver, record: Record) -> list[str]:
    answer = await resolver.resolve(record.name + ".", record.type)
    if record.type == "MX":
        return [f"{one.preference} {one.exchange.to_text(omit_final_dot=True).lower()}" for one in answer]
    return [b"".join(one.strings).decode("utf-8", "replace") for one in answer]
