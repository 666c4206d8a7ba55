"""Checks of the smarthost, and of DNSSEC at the resolvers."""

from __future__ import annotations

import asyncio
import socket
from datetime import datetime

from relay.dns.resolver import DnsTrouble, NoSuchDomain, Resolver
from relay.operations.findings import Finding, fine, warn, wrong
from relay.operations.listening import is_here
from relay.operations.name_lookup import addresses_of
from relay.settings import Settings
from relay.settings_file import is_loopback
from relay.smtp.client.client_tls import ClientTls
from relay.smtp.client.connect import Unprotected, Unreachable, connect
from relay.smtp.client.reply_outcome import meaning
from relay.smtp.client.routes import smarthost_of
from relay.smtp.client.smtp_client import BrokenOff, Client

_TIMEOUT = 5.0  # seconds


async def check_smarthost(settings: Settings, now: datetime) -> Finding:
    """Whether the smarthost answers, with the encryption that delivery.tls requires. delivery.smarthost must be set."""
    address = settings.delivery.smarthost
    assert address is not None
    if not await addresses_of(address.host):
        return warn(
            f"the name of the smarthost {address} cannot be looked up",
            "see whether delivery.smarthost is right, and the DNS resolver runs; letters stay queued until then",
        )
    if (own := check_own_smarthost(settings)) is not None:
        return own
    server = smarthost_of(address, settings.delivery.tls)
    try:
        client = await connect(server, settings.hostname, _TIMEOUT, ClientTls(lambda: now))
    except Unprotected as fault:
        return wrong(
            f"the smarthost {address} cannot be used: {meaning(fault.status)}",
            "letters wait until it offers STARTTLS with a certificate for its name that this system trusts; or set "
            'delivery.tls = "offered", which also sends letters in the clear',
        )
    except Unreachable:
        return warn(
            f"the smarthost {address} does not answer",
            "see whether it runs and whether delivery.smarthost is right; letters stay queued until it answers",
        )
    try:
        return await _taken(client, settings)
    except BrokenOff:
        return warn(
            f"the smarthost {address} closes the connection", "see its log; letters stay queued until it answers"
        )
    finally:
        await client.leave()


async def _taken(client: Client, settings: Settings) -> Finding:
    """Whether the smarthost takes relay's mail. Nothing is sent. Raises BrokenOff."""
    address = settings.delivery.smarthost
    code = await client.would_take(f"postmaster@{settings.domain}", settings.programme.operator)
    if code.startswith("5"):
        return wrong(
            f"the smarthost {address} refuses relay's mail ({code})",
            "let it send on what this machine sends, without a password (in Postfix: mynetworks): relay does not log "
            "in; its log says more",
        )
    if code:
        return warn(f"the smarthost {address} puts relay's mail off ({code})", "see its log; relay tries again")
    return fine(f"the smarthost {address} answers, " + ("encrypted" if client.encrypted else "in the clear"))


async def check_dnssec(settings: Settings) -> Finding:
    """Whether the resolvers check DNSSEC, as dns.dnssec says they do."""
    resolver = Resolver(settings.dns, settings.hostname)
    remedy = "letters to domains with TLSA records are not protected by DANE until a resolver here checks DNSSEC"
    try:
        async with asyncio.timeout(_TIMEOUT):
            validates = await resolver.validates()
        distant = [host for host in resolver.hosts() if not is_loopback(host)]
    except (DnsTrouble, NoSuchDomain, TimeoutError):
        return warn("the DNS resolvers do not answer, so nobody knows whether they check DNSSEC", "see dns.nameservers")
    if not validates:
        return wrong('dns.dnssec is "validated", but the DNS resolvers do not check DNSSEC (no AD bit)', remedy)
    if distant:
        return warn(
            f'dns.dnssec is "validated", but the resolver {distant[0]} is not on this machine',
            "whoever is between could say that an answer is proven; run a resolver such as Unbound here, and set "
            'dns.nameservers = ["127.0.0.1:53"]',
        )
    return fine("the DNS resolvers check DNSSEC")


def check_own_smarthost(settings: Settings) -> Finding | None:
    """A finding when the smarthost is relay itself: every letter would come back. delivery.smarthost must be set."""
    address = settings.delivery.smarthost
    assert address is not None
    places = [one.host for one in settings.smtp.listen if one.port == address.port]
    if not places or not any(_same_host(address.host, place) for place in places):
        return None
    return wrong(
        f"the smarthost {address} is relay itself: every letter would come back to it",
        "set delivery.smarthost to the mail server that sends the letters, or leave it out: relay then sends to the MX",
    )


def _same_host(host: str, listening: str) -> bool:
    """Whether a connection to ``host`` reaches what listens at ``listening`` on this machine."""
    ours = _addresses(listening)
    return any(one in ours or (_any(ours) and is_here(one)) for one in _addresses(host))


def _any(addresses: set[str]) -> bool:
    return bool(addresses & {"0.0.0.0", "::"})  # noqa: S104 -- compared with, not listened on


def _addresses(host: str) -> set[str]:
    try:
        return {str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except OSError:
        return set()
