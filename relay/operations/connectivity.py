"""Checks of the smarthost, and of DNSSEC at the resolvers."""

from __future__ import annotations

import socket
from datetime import datetime

from relay.dns.resolver import DnsTrouble, NoSuchDomain, Resolver
from relay.operations.findings import Finding, fine, warn, wrong
from relay.operations.listening import is_here
from relay.settings import Settings
from relay.settings_file import is_loopback
from relay.smtp.client.client_tls import ClientTls
from relay.smtp.client.connect import Unprotected, Unreachable, connect
from relay.smtp.client.reply_outcome import meaning
from relay.smtp.client.routes import smarthost_of

_TIMEOUT = 5.0  # seconds


async def check_smarthost(settings: Settings, now: datetime) -> Finding:
    """Whether the smarthost answers, with the encryption that delivery.tls requires. delivery.smarthost must be set."""
    address = settings.delivery.smarthost
    assert address is not None
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
    await client.leave()
    return fine(f"the smarthost {address} answers, " + ("encrypted" if client.encrypted else "in the clear"))


async def check_dnssec(settings: Settings) -> Finding:
    """Whether the resolvers check DNSSEC, as dns.dnssec says they do."""
    resolver = Resolver(settings.dns, settings.hostname)
    remedy = "letters to domains with TLSA records are not protected by DANE until a resolver here checks DNSSEC"
    try:
        validates = await resolver.validates()
        distant = [host for host in resolver.hosts() if not is_loopback(host)]
    except (DnsTrouble, NoSuchDomain):
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
