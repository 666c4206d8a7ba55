"""Checks in DNS of relay's host name (A, AAAA), its reverse names (PTR), MTA-STS and TLS-RPT."""

from __future__ import annotations

import asyncio

import dns.asyncresolver
import dns.exception
import dns.resolver
import dns.reversename

from relay.operations.findings import Finding, fine, warn, wrong

_MISSING = (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer)


async def check_host(resolver: dns.asyncresolver.Resolver, hostname: str, domain: str) -> list[Finding]:
    """Check A and AAAA of ``hostname``, the PTR of each address (RFC 1912 2.1), and the TLS policies of ``domain``."""
    found = await asyncio.gather(_check_addresses(resolver, hostname), _check_tls(resolver, domain))
    return [finding for findings in found for finding in findings]


async def _check_addresses(resolver: dns.asyncresolver.Resolver, hostname: str) -> list[Finding]:
    addresses: list[str] = []
    kinds = ("A", "AAAA")
    asked = await asyncio.gather(*(resolver.resolve(f"{hostname}.", kind) for kind in kinds), return_exceptions=True)
    for kind, found in zip(kinds, asked, strict=True):
        if isinstance(found, _MISSING):
            continue
        if isinstance(found, dns.exception.DNSException):
            return [warn(f"{kind} {hostname}: no answer from DNS ({type(found).__name__})", "try again later")]
        if isinstance(found, BaseException):
            raise found
        addresses += [one.to_text() for one in found]
    if not addresses:
        return [wrong(f"{hostname} has no address", f"publish: {hostname}. 3600 IN A (this server's address)")]
    return list(await asyncio.gather(*(_check_reverse(resolver, hostname, address) for address in addresses)))


async def _check_reverse(resolver: dns.asyncresolver.Resolver, hostname: str, address: str) -> Finding:
    try:
        answer = await resolver.resolve(dns.reversename.from_address(address), "PTR")
        names = [one.to_text(omit_final_dot=True).lower() for one in answer]
    except _MISSING:
        names = []
    except dns.exception.DNSException as error:
        return warn(f"PTR of {address}: no answer from DNS ({type(error).__name__})", "try again later")
    if hostname in names:
        return fine(f"{hostname} has the address {address}, and its reverse name is {hostname}")
    found = f"has the reverse name {names[0]}" if names else "has no reverse name"
    return wrong(
        f"{hostname} has the address {address}, but {address} {found}: large providers refuse mail from such a server",
        f"ask the provider of the address to set its reverse name (PTR) to {hostname}; "
        "not needed when a smarthost sends the mail",
    )


async def _check_tls(resolver: dns.asyncresolver.Resolver, domain: str) -> list[Finding]:
    """MTA-STS (RFC 8461) and TLS-RPT (RFC 8460), which are recommended; mail works without them."""
    without_sts = "an attacker on the network can make others send to relay without TLS"
    without_reports = "other servers do not report when TLS to relay fails"
    return [
        await _check_optional(resolver, f"_mta-sts.{domain}", "v=STSv1", without_sts),
        await _check_optional(resolver, f"_smtp._tls.{domain}", "v=TLSRPTv1", without_reports),
    ]


async def _check_optional(resolver: dns.asyncresolver.Resolver, name: str, version: str, without: str) -> Finding:
    try:
        answer = await resolver.resolve(f"{name}.", "TXT")
        exists = any(b"".join(one.strings).decode("utf-8", "replace").startswith(version) for one in answer)
    except _MISSING:
        exists = False
    except dns.exception.DNSException as error:
        return warn(f"TXT {name}: no answer from DNS ({type(error).__name__})", "try again later")
    if exists:
        return fine(f"TXT {name} is published")
    return warn(f"TXT {name} is missing: {without}", "see docs/deliverability.md; mail works without it")
