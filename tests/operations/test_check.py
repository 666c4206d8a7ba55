"""relay check reports what is wrong, with a remedy."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from lab.house import free_port

from relay.home import Home
from relay.model import Event, EventKind, JournalEntry, NewDelivery
from relay.operations.certificate import check_certificate
from relay.operations.check import check, check_settings
from relay.operations.connectivity import check_dnssec, check_smarthost
from relay.operations.findings import Finding, Level, sound
from relay.operations.listening import check_listen
from relay.outcomes import Deferred
from relay.settings import (
    Address,
    AuthenticitySettings,
    DeliverySettings,
    DnsSettings,
    ProgrammeSettings,
    Settings,
    SmtpSettings,
)
from relay.store import Acceptance, Settlement, Store

from ..conftest import Authority

NOW = datetime(2026, 1, 2, tzinfo=UTC)
# Nothing to connect to, and no sandbox to try, which is not possible everywhere.
QUIET = {"RELAY_SMTP__LISTEN": "[]", "RELAY_DELIVERY__SMARTHOST": "", "RELAY_ATTACHMENTS__CONVERT": "never"}


async def errors(home: Home, **environ: str) -> list[Finding]:
    found = await check(home, {**QUIET, "RELAY_SMTP__LISTEN": '["127.0.0.1:1"]', **environ}, NOW)
    return [finding for finding in found if finding.level is Level.ERROR and "127.0.0.1:1" not in finding.what]


async def test_a_new_home_has_no_errors_and_four_warnings(home: Home) -> None:
    found = await check(home, {**QUIET, "RELAY_SMTP__LISTEN": f'["127.0.0.1:{free_port()}"]'}, NOW)
    assert sound(found)
    warnings = [finding.what for finding in found if finding.level is Level.WARNING]
    assert len(warnings) == 4
    assert "relay listens on this machine only" in warnings[0]
    assert "programme.operator is empty" in warnings[1]
    assert "nobody is named for safeguarding" in warnings[2]
    assert "relay is not running" in warnings[3]
    assert all(finding.remedy for finding in found if finding.level is not Level.OK)


@pytest.mark.parametrize(
    ("tampering", "what"),
    [
        (
            "UPDATE event SET kind = 'sent' WHERE place = 2",
            "the chain of events is broken after event 1: event 2 was changed after it was written",
        ),
        (
            "UPDATE event_chain SET mac = head",
            "the chain of events is broken after event 3: its recorded end in the table event_chain was changed: the "
            "keyed hash beside it does not match",
        ),
        (
            "UPDATE event_chain SET base_hash = mac",
            "the chain of events is broken: its recorded beginning in the table event_chain was changed: the keyed "
            "hash beside it does not match",
        ),
    ],
)
async def test_a_broken_chain_of_events_is_reported_with_what_is_wrong_and_what_to_do(
    home: Home, tampering: str, what: str
) -> None:
    store = await Store.open(home.db, home.read_vault())
    await store.events.record([Event(EventKind.READ, NOW, who="root", why="to see")] * 3)
    await store._writer.outside(lambda db: db.execute(tampering))
    await store.close()
    (finding,) = await errors(home)
    assert finding.what == what
    for step in ("keep a copy of the database", "who can write to it", "relay log events", "a backup"):
        assert step in finding.remedy


async def test_a_broken_template_is_reported(home: Home) -> None:
    (home.templates / "en").mkdir(parents=True)
    (home.templates / "en/welcome.txt").write_text("Subject: x\n\n{{ wrong }}\n")
    (finding,) = await errors(home)
    assert "en/welcome.txt" in finding.what


async def test_a_setting_that_stops_relay_from_starting_is_an_error(home: Home) -> None:
    (finding,) = await errors(home, RELAY_AUTHENTICITY__VERIFY="upstream")
    assert "needs authenticity.authserv_id" in finding.what
    assert "names no database" in (await errors(home, RELAY_STORE__URL="mysql:x"))[0].what


@pytest.mark.parametrize(
    ("verify", "listen", "warning"),
    [
        ("none", "127.0.0.1:1", "CAN WRITE AS ANY MEMBER"),
        ("self", "127.0.0.1:1", "it cannot check SPF"),
        ("self", "127.0.0.1:1,0.0.0.0:25", ""),
        ("upstream", "127.0.0.1:1", ""),
    ],
)
def test_weak_proof_of_authorship_is_a_warning(verify: str, listen: str, warning: str) -> None:
    places = tuple(Address(one.split(":")[0], int(one.split(":")[1])) for one in listen.split(","))
    settings = Settings(
        "a.test",
        SmtpSettings(listen=places),
        AuthenticitySettings(verify=verify, authserv_id="mx.a.test"),
        programme=ProgrammeSettings(operator="op@b.test"),
    )
    found = [finding.what for finding in check_settings(settings)]
    assert len(found) == bool(warning)
    assert all(warning in what for what in found)


async def test_a_missing_folder_is_the_only_finding(tmp_path: Path) -> None:
    (finding,) = await check(Home(tmp_path / "nowhere"), {}, NOW)
    assert finding.level is Level.ERROR


@asynccontextmanager
async def greeting_server(greeting: bytes) -> AsyncIterator[Address]:
    """A server that sends ``greeting``; leaving the block waits until the client has closed its connection."""
    gone = asyncio.Event()

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await reader.read()
        writer.close()
        await writer.wait_closed()
        gone.set()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    yield Address("127.0.0.1", server.sockets[0].getsockname()[1])
    await gone.wait()
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize(
    ("greeting", "level", "what"),
    [
        (b"220 relay.test ESMTP relay\r\n", Level.OK, "relay answers"),
        (b"220 other.test ESMTP\r\n", Level.ERROR, "another program answers"),
        (b"HTTP/1.1 400 no\r\n", Level.ERROR, "another program answers"),
    ],
)
async def test_relay_and_another_program_on_its_address_are_told_apart(
    greeting: bytes, level: Level, what: str
) -> None:
    async with greeting_server(greeting) as address:
        finding = await check_listen(address, "relay.test")
    assert finding.level is level
    assert what in finding.what


@asynccontextmanager
async def mail_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[Address]:
    """A real mail server; with ``tls`` it offers STARTTLS."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(object(), hostname="mail.test", tls_context=tls, loop=loop), "127.0.0.1", 0
    )
    try:
        yield Address("127.0.0.1", server.sockets[0].getsockname()[1])
    finally:
        server.close()
        await asyncio.sleep(0.05)


def through(smarthost: Address, tls: str) -> Settings:
    return Settings(domain="relay.test", delivery=DeliverySettings(smarthost=smarthost, tls=tls))


async def test_a_smarthost_that_does_not_answer_is_a_warning(authority: Authority) -> None:
    async with mail_server() as address:
        found = await check_smarthost(through(address, "offered"), NOW)
        assert found.level is Level.OK and found.what.endswith("answers, in the clear")
    assert (await check_smarthost(through(address, "offered"), NOW)).level is Level.WARNING
    async with mail_server(authority.issue("mail.test").context) as address:
        for tls in ("offered", "required"):
            found = await check_smarthost(through(address, tls), NOW)
            assert found.level is Level.OK and found.what.endswith("answers, encrypted")


async def test_a_smarthost_without_the_required_encryption_is_an_error(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with mail_server() as address:
        found = await check_smarthost(through(address, "required"), NOW)
        assert found.level is Level.ERROR and "offers no encryption" in found.what and "STARTTLS" in found.remedy
    monkeypatch.setattr("relay.smtp.client.routes.is_loopback", lambda _: False)
    async with mail_server(authority.issue("another.test").context) as address:
        found = await check_smarthost(through(address, "required"), NOW)
        assert found.level is Level.ERROR and "its certificate does not verify" in found.what


@pytest.mark.parametrize(
    ("zone", "level", "said"),
    [
        ({("", "SOA"): ["a. b. 1 1 1 1 1"], "secure": ("",)}, Level.OK, "check DNSSEC"),
        ({("", "SOA"): ["a. b. 1 1 1 1 1"]}, Level.ERROR, "do not check DNSSEC (no AD bit)"),
        ({"": "SERVFAIL"}, Level.WARNING, "do not answer"),
    ],
)
async def test_a_resolver_that_should_check_dnssec_is_asked_whether_it_does(
    zone: dict[object, object], level: Level, said: str, name_server: Callable[..., Awaitable[Address]]
) -> None:
    dns = DnsSettings(nameservers=(await name_server(zone),), dnssec="validated")
    found = await check_dnssec(Settings(domain="relay.test", dns=dns))
    assert found.level is level and said in found.what


async def test_a_validating_resolver_on_another_machine_is_a_warning(
    name_server: Callable[..., Awaitable[Address]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.operations.connectivity.is_loopback", lambda _: False)
    where = await name_server({("", "SOA"): ["a. b. 1 1 1 1 1"], "secure": ("",)})
    found = await check_dnssec(Settings(domain="relay.test", dns=DnsSettings(nameservers=(where,), dnssec="validated")))
    assert found.level is Level.WARNING and f"{where.host} is not on this machine" in found.what


async def test_deliveries_that_wait_for_an_encrypted_connection_are_counted(home: Home) -> None:
    now = datetime.now(UTC)
    store = await Store.open(home.db, home.read_vault())
    for number in range(3):
        entry = JournalEntry(f"j{number}", None, None, "notice", now, 3, 3)
        owed = NewDelivery(f"d{number}", entry.id, "omar@home.example", "", b"hello", now)
        await store.accept([Acceptance(entry, None, (owed,), keep=False)])
    statuses = ("tls 4.7.10", "tls 4.7.10", "450 4.2.0")
    await store.queue.settle(
        [Settlement(f"d{number}", Deferred(status), now, now) for number, status in enumerate(statuses)]
    )
    await store.close()
    found = [
        one
        for one in await check(home, {}, now)
        if "an encrypted connection" in one.what and one.level is Level.WARNING
    ]
    (only,) = found
    assert only.what.startswith("2 deliveries wait for an encrypted connection (tls 4.7.10): the next server")
    assert "relay queue list" in only.remedy


async def test_an_address_of_another_machine_cannot_be_listened_on() -> None:
    finding = await check_listen(Address("192.0.2.1", 2525), "relay.test")
    assert finding.level is Level.ERROR
    assert "cannot listen on 192.0.2.1:2525" in finding.what


def certificate(folder: Path, ends_at: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relay.test")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, ends_at - timedelta(days=90), ends_at)
    (folder / "cert.pem").write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(pem)


@pytest.mark.parametrize(("days", "level"), [(90, Level.OK), (5, Level.WARNING), (-1, Level.ERROR)])
def test_a_certificate_about_to_expire_is_a_warning_and_an_expired_one_an_error(
    home: Home, days: int, level: Level
) -> None:
    certificate(home.path, NOW + timedelta(days=days))
    settings = Settings("relay.test", SmtpSettings(tls_certificate="cert.pem", tls_key="key.pem"))
    (finding,) = check_certificate(home, settings, NOW)
    assert finding.level is level


def test_a_missing_or_invalid_certificate_is_an_error(home: Home) -> None:
    settings = Settings("relay.test", SmtpSettings(tls_certificate="cert.pem", tls_key="key.pem"))
    (missing,) = check_certificate(home, settings, NOW)
    (home.path / "cert.pem").write_text("x")
    (home.path / "key.pem").write_text("x")
    (broken,) = check_certificate(home, settings, NOW)
    assert missing.level is broken.level is Level.ERROR
