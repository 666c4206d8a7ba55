"""Whether the world knows our server: its addresses and their way back, MTA-STS and TLS-RPT."""

from __future__ import annotations

import asyncio

import dns.asyncresolver
import dns.exception
import dns.resolver
import dns.reversename

from relay.operations.findings import Finding, fine, warn, wrong

_MISSING = (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer)


async def check_host(resolver: dns.asyncresolver.Resolver, hostname: str, domain: str) -> list[Finding]:
    """A and AAAA of ``hostname``, the PTR of each address (RFC 1912 2.1), and what ``domain`` says of TLS."""
    found = await asyncio.gather(_check_addresses(resolver, hostname), _check_tls(resolver, domain))
    return [finding for findings in found for finding in findings]


async def _check_addresses(resolver: dns.asyncresolver.Resolver, hostname: str) -> list[Finding]:
    addresses: list[str] = []
    for kind in ("A", "AAAA"):
        try:
            addresses += [one.to_text() for one in await resolver.resolve(f"{hostname}.", kind)]
        except _MISSING:
            continue
        except dns.exception.DNSException as error:
            return [warn(f"{kind} {hostname}: no answer from DNS ({type(error).__name__})", "try again later")]
    if not addresses:
        return [wrong(f"{hostname} has no address", f"publish: {hostname}. 3600 IN A (this server's address)")]
    return list(await asyncio.gather(*(_check_way_back(resolver, hostname, address) for address in addresses)))


async def _check_way_back(resolver: dns.asyncresolver.Resolver, hostname: str, address: str) -> Finding:
    try:
        answer = await resolver.resolve(dns.reversename.from_address(address), "PTR")
        names = [one.to_text(omit_final_dot=True).lower() for one in answer]
    except _MISSING:
        names = []
    except dns.exception.DNSException as error:
        return warn(f"PTR of {address}: no answer from DNS ({type(error).__name__})", "try again later")
    if hostname in names:
        return fine(f"{hostname} is {address}, and {address} is {hostname}")
    said = names[0] if names else "nobody"
    return wrong(
        f"{hostname} is {address}, but {address} is {said}: large providers refuse mail from such a server",
        f"ask whoever gave you the address to set its reverse name (PTR) to {hostname}; "
        "not needed when a smarthost carries the mail",
    )


async def _check_tls(resolver: dns.asyncresolver.Resolver, domain: str) -> list[Finding]:
    """Both are wishes: mail goes without them (RFC 8461, RFC 8460)."""
    return [
        await _check_wish(resolver, f"_mta-sts.{domain}", "v=STSv1", "others may be made to send to us in the clear"),
        await _check_wish(resolver, f"_smtp._tls.{domain}", "v=TLSRPTv1", "nobody tells you when their TLS fails"),
    ]


async def _check_wish(resolver: dns.asyncresolver.Resolver, name: str, mark: str, without: str) -> Finding:
    try:
        answer = await resolver.resolve(f"{name}.", "TXT")
        there = any(b"".join(one.strings).decode("utf-8", "replace").startswith(mark) for one in answer)
    except _MISSING:
        there = False
    except dns.exception.DNSException as error:
        return warn(f"TXT {name}: no answer from DNS ({type(error).__name__})", "try again later")
    if there:
        return fine(f"TXT {name} is there")
    return warn(f"TXT {name} is missing: {without}", "see docs/deliverability.md; mail works without it")
