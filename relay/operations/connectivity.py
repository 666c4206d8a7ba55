"""Checks of the TLS certificate, the listen addresses and the smarthost."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta

from cryptography import x509

from relay.dns.resolver import DnsTrouble, NoSuchDomain, Resolver
from relay.home import Home
from relay.operations.findings import Finding, fine, warn, wrong
from relay.settings import Address, Settings
from relay.settings_file import is_loopback
from relay.smtp.client.client_tls import ClientTls
from relay.smtp.client.connect import Unprotected, Unreachable, connect
from relay.smtp.client.reply_outcome import meaning
from relay.smtp.client.routes import smarthost_of
from relay.smtp.server.tls import TlsFault, server_context

_TIMEOUT = 5.0  # seconds
_RENEW_BEFORE = timedelta(days=14)


def check_certificate(home: Home, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Whether STARTTLS can be offered, and until when. Yields nothing when no certificate is set."""
    files = home.tls_files(settings)
    if files is None or bool(settings.smtp.tls_certificate) != bool(settings.smtp.tls_key):
        return
    certificate, key = files
    try:
        server_context(str(certificate), str(key))
        ends_at = x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
    except (TlsFault, OSError, ValueError) as error:
        yield wrong(str(error), "correct smtp.tls_certificate and smtp.tls_key in relay.toml")
        return
    remedy = "renew it, then: systemctl reload relay"
    if ends_at <= now:
        yield wrong(f"the TLS certificate expired on {ends_at:%Y-%m-%d}", remedy)
    elif ends_at - now < _RENEW_BEFORE:
        yield warn(f"the TLS certificate expires on {ends_at:%Y-%m-%d}", remedy)
    else:
        yield fine(f"the TLS certificate is valid until {ends_at:%Y-%m-%d}")


async def check_listen(address: Address, hostname: str) -> Finding:
    """Whether relay answers on a listen address, or could listen there.

    Relay is recognised by its greeting, "220 HOSTNAME …" (RFC 5321 4.2).
    """
    place = f"{address.host}:{address.port}"
    try:
        _try_to_bind(address)
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            remedy = "give an address of this machine in smtp.listen"
            return wrong(f"cannot listen on {place}: {os.strerror(error.errno or 0)}", remedy)
        # This command may not open a port below 1024, but systemd opens it for relay.
        greeting = await _greeting(address)
        if error.errno == errno.EACCES and not greeting:
            return _not_running(place)
    else:
        return _not_running(place)
    if greeting.startswith(f"220 {hostname} "):
        return fine(f"relay answers on {place}")
    return wrong(f"another program answers on {place}", "stop it, or choose another port in smtp.listen")


async def check_smarthost(settings: Settings, now: datetime) -> Finding:
    """Whether the smarthost answers, with the encryption that delivery.tls requires. delivery.smarthost must be set."""
    address = settings.delivery.smarthost
    assert address is not None
    place = f"{address.host}:{address.port}"
    server = smarthost_of(address, settings.delivery.tls)
    try:
        client = await connect(server, settings.hostname, _TIMEOUT, ClientTls(lambda: now))
    except Unprotected as fault:
        return wrong(
            f"the smarthost {place} cannot be used: {meaning(fault.status)}",
            "letters wait until it offers STARTTLS with a certificate for its name that this system trusts; or set "
            'delivery.tls = "offered", which also sends letters in the clear',
        )
    except Unreachable:
        return warn(
            f"the smarthost {place} does not answer",
            "see whether it runs and whether delivery.smarthost is right; letters stay queued until it answers",
        )
    await client.leave()
    return fine(f"the smarthost {place} answers, " + ("encrypted" if client.encrypted else "in the clear"))


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


def _not_running(place: str) -> Finding:
    return warn(f"nothing listens on {place}: relay is not running", "start it: systemctl start relay, or relay serve")


def _try_to_bind(address: Address) -> None:
    family, kind, protocol, _, where = socket.getaddrinfo(
        address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(where)
        # With SO_REUSEADDR two sockets can be bound to one address, but only one of them can listen.
        probe.listen(1)


async def _greeting(address: Address) -> str:
    """The first line of an SMTP server, "" when there is none. Ends the session with QUIT."""
    try:
        async with asyncio.timeout(_TIMEOUT):
            reader, writer = await asyncio.open_connection(address.host, address.port)
            try:
                line = (await reader.readline()).decode("ascii", "replace").strip()
                writer.write(b"QUIT\r\n")
                await writer.drain()
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
    except (OSError, ValueError):
        return ""
    return line
