"""Checks of what relay needs from the network: DNS, the operator's mail server, port 25 outward."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace

from relay.dns.resolver import DnsTrouble, LoopsBack, NoSuchDomain, NullMx, Resolver
from relay.home import Home, HomeError
from relay.operations.dkim_rotation import further_records, signing_records
from relay.operations.dns_check import answering_resolver, check_records
from relay.operations.dns_compared import SpfResults
from relay.operations.dns_host import check_host
from relay.operations.dns_records import Record, records
from relay.operations.findings import Finding, Level, fine, warn, wrong
from relay.settings import Settings
from relay.settings_file import is_loopback

_TIMEOUT = 5.0  # seconds for one connection
_TRIED = 4  # addresses


def needed(home: Home, settings: Settings) -> list[Record]:
    """All records; during a DKIM key rotation also those of the new keys, and of old keys still needed. Raises
    HomeError."""
    return [*records(settings, signing_records(home, settings)), *further_records(home, settings)]


async def check_outside(home: Home, settings: Settings, *, port: int | None = 25) -> list[Finding]:
    """Query DNS for relay's records and the operator's mail servers, and connect to one of these at ``port``, without
    sending anything. ``port`` None: connect to nobody."""
    resolver = await answering_resolver(settings)
    if isinstance(resolver, Finding):
        return [resolver]
    try:
        wanted = needed(home, settings)
    except (HomeError, ValueError):
        wanted = []  # the check of the keys reports it
    behind = all(is_loopback(address.host) for address in settings.smtp.listen)
    if behind:  # another server receives the mail, and its name is in the MX record
        wanted = [record for record in wanted if record.type != "MX"]
    recorded, host, operator = await asyncio.gather(
        check_records(wanted, resolver, SpfResults(settings)),
        check_host(resolver, settings.hostname, settings.domain),
        check_operator(settings, port),
    )
    answers = fine("the DNS resolver answers")
    return [answers, *recorded, *(_softened(one) if behind else one for one in host), *operator]


def _softened(finding: Finding) -> Finding:
    """A finding about the host as a warning: behind another server only that one's name and address matter."""
    return replace(finding, level=Level.WARNING) if finding.level is Level.ERROR else finding


async def check_operator(settings: Settings, port: int | None) -> list[Finding]:
    """Whether programme.operator can get mail, and whether relay can reach its mail server. Yields nothing when no
    operator is set."""
    domain = settings.programme.operator.rpartition("@")[2].lower()
    if not domain:
        return []
    remedy = "correct programme.operator: it gets mail to postmaster@ and abuse@, and what relay has to tell"
    resolver = Resolver(settings.dns, settings.hostname)
    try:
        async with asyncio.timeout(2 * _TIMEOUT):
            hosts = (await resolver.exchangers(domain.encode("idna").decode())).hosts
            addresses = await _addresses(resolver, hosts)
    except (NoSuchDomain, NullMx, UnicodeError):
        return [wrong(f"programme.operator cannot get mail: {domain} has no mail server in DNS", remedy)]
    except LoopsBack:
        return [wrong(f"programme.operator is at {domain}, whose mail server is relay itself", remedy)]
    except (DnsTrouble, TimeoutError):
        return [warn(f"the mail servers of {domain} (programme.operator) cannot be looked up now", "try again later")]
    found = fine(f"programme.operator can get mail: {domain} has the mail server {hosts[0]}")
    if port is None or settings.delivery.smarthost is not None:
        return [found]
    return [found, await _port_25(domain, addresses, port)]


async def _addresses(resolver: Resolver, hosts: tuple[str, ...]) -> list[str]:
    """The addresses of these hosts. Raises NoSuchDomain when none has one, DnsTrouble."""
    addresses: list[str] = []
    for host in hosts[:_TRIED]:
        with contextlib.suppress(NoSuchDomain):
            addresses += (await resolver.addresses(host)).addresses
    if not addresses:
        raise NoSuchDomain
    return addresses


async def _port_25(domain: str, addresses: list[str], port: int) -> Finding:
    """Whether one of the addresses takes a connection."""
    taken = await asyncio.gather(*(_connects(address, port) for address in addresses[:_TRIED]))
    if any(taken):
        return fine(f"port {port} outward is open: the mail server of {domain} takes a connection")
    return wrong(
        f"no mail server of {domain} takes a connection to port {port}",
        "many providers block port 25 outward: ask yours to open it, or set delivery.smarthost to a server that sends "
        "for you (relay check --no-port-25 leaves this out)",
    )


async def _connects(address: str, port: int) -> bool:
    try:
        async with asyncio.timeout(_TIMEOUT):
            _, writer = await asyncio.open_connection(address, port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True
