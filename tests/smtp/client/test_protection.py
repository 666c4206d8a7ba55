"""How a connection must be protected before a letter is sent: nothing goes in the clear when TLS is required."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import pytest

from relay.outcomes import Deferred, Outcome, Sent
from relay.settings import Address, DeliverySettings, DnsSettings, Settings, SmtpSettings
from relay.smtp.client.pipeline import Pipeline
from relay.smtp.client.protection import ENCRYPTED, OFFERED, VERIFIED
from relay.smtp.client.reply_outcome import unprotected
from relay.smtp.client.send import Sender
from relay.smtp.client.smtp_client import Client, Letter, Server
from relay.store.sts_policies import StsPolicies

CONTENT = b"Subject: hello\r\n\r\na private word\r\n"
HOST = "127.0.0.1"


MakeSender = Callable[..., Sender]


@pytest.fixture
async def sender(kept: StsPolicies) -> AsyncIterator[MakeSender]:
    """Makes a sender with delivery.tls = "required": through a smarthost, or to MX hosts found in a DNS zone."""
    senders: list[Sender] = []

    def make(tls: str = "required", nameserver: Address | None = None, port: int = 25, **delivery: object) -> Sender:
        values = {"smarthost": None, "timeout": 5.0, "tls": tls} | delivery
        settings = Settings(
            domain="relay.example.org",
            smtp=SmtpSettings(hostname="mx.relay.example.org"),
            delivery=DeliverySettings(**values),  # type: ignore[arg-type]
            dns=DnsSettings(nameservers=(nameserver,) if nameserver else ()),
        )
        senders.append(Sender(settings, kept, now=lambda: datetime.now(UTC), port=port))
        return senders[-1]

    yield make
    for one in senders:
        await one.close()
    await asyncio.sleep(0.02)


def send(sender: Sender) -> Awaitable[Outcome]:
    return sender.send(recipient="beatrice@far.example", return_path="b-1@relay.example.org", content=CONTENT)


def nothing_sent(far: object) -> bool:
    """Whether the server received no address and no part of the letter."""
    heard = " ".join(far.lines)  # type: ignore[attr-defined]
    return not far.letters and "MAIL" not in heard and "beatrice" not in heard  # type: ignore[attr-defined]


ATTACKS = {
    "the offer is removed": ({}, ("SIZE 1000000",)),
    "the server refuses STARTTLS": ({"STARTTLS": "454 4.7.0 not now"}, ("STARTTLS",)),
    "the server does not know STARTTLS": ({"STARTTLS": "502 5.5.1 what"}, ("STARTTLS",)),
    "the server closes at STARTTLS": ({"STARTTLS": "close"}, ("STARTTLS",)),
    "there is no EHLO": ({"EHLO": "500 what?"}, ()),
    "no TLS follows the reply 220": ({"STARTTLS": "220 2.0.0 go"}, ("STARTTLS",)),
}


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("way", ["smarthost", "mx", "address"])
async def test_tls_required_never_sends_in_the_clear(way, attack, far_server, sender, name_server) -> None:  # type: ignore[no-untyped-def]
    script, offers = ATTACKS[attack]
    far = await far_server(offers=offers, **script)
    if way == "smarthost":
        one = sender(smarthost=Address(HOST, far.port), timeout=1.0)
    else:
        where = await name_server({("far.example", "MX"): ["10 a.far.example."], ("a.far.example", "A"): [HOST]})
        one = sender(nameserver=where, port=far.port, timeout=1.0)
    to = f"beatrice@[{HOST}]" if way == "address" else "beatrice@far.example"
    for _ in range(2):
        outcome = await one.send(recipient=to, return_path="", content=CONTENT)
        assert isinstance(outcome, Deferred) and unprotected(outcome.status), outcome
        assert outcome.status == ("tls 4.7.5" if attack.startswith("no TLS") else "tls 4.7.10")
        assert nothing_sent(far)


@pytest.mark.parametrize("attack", ATTACKS)
async def test_tls_offered_sends_in_the_clear_when_tls_fails(attack, far_server, sender) -> None:  # type: ignore[no-untyped-def]
    script, offers = ATTACKS[attack]
    far = await far_server(offers=offers, **script)
    assert await send(sender("offered", smarthost=Address(HOST, far.port), timeout=1.0)) == Sent("250 2.0.0")
    assert far.encrypted == [False]


async def test_tls_required_accepts_any_certificate_of_an_mx_host(far_server, sender, name_server, tls) -> None:  # type: ignore[no-untyped-def]
    """The name comes from insecure DNS, so a certificate for that name proves nothing."""
    far = await far_server(offers=("STARTTLS",), tls=tls)
    where = await name_server({("far.example", "MX"): ["10 a.far.example."], ("a.far.example", "A"): [HOST]})
    assert isinstance(await send(sender(nameserver=where, port=far.port)), Sent)
    assert far.encrypted == [True]


async def test_the_next_server_is_tried_when_the_first_does_not_encrypt(far_server, sender, name_server, tls) -> None:  # type: ignore[no-untyped-def]
    second = await far_server(offers=("STARTTLS",), tls=tls, host="127.0.0.3")
    first = await far_server(offers=(), host="127.0.0.2", port=second.port)
    zone = {
        ("far.example", "MX"): ["10 a.far.example.", "20 b.far.example."],
        ("a.far.example", "A"): ["127.0.0.2"],
        ("b.far.example", "A"): ["127.0.0.3"],
    }
    assert isinstance(await send(sender(nameserver=await name_server(zone), port=second.port)), Sent)
    assert nothing_sent(first) and second.encrypted == [True]


@pytest.mark.parametrize("other", ["down", "451 4.3.0 later"])
async def test_missing_encryption_is_reported_rather_than_a_passing_fault(
    other, far_server, sender, name_server
) -> None:  # type: ignore[no-untyped-def]
    clear = await far_server(offers=(), host="127.0.0.2")
    if other != "down":
        await far_server(connect=other, host="127.0.0.3", port=clear.port)
    for first, second in (("a", "b"), ("b", "a")):
        zone = {
            ("far.example", "MX"): [f"10 {first}.far.example.", f"20 {second}.far.example."],
            ("a.far.example", "A"): ["127.0.0.2"],
            ("b.far.example", "A"): ["127.0.0.3"],
        }
        one = sender(nameserver=await name_server(zone), port=clear.port)
        assert await send(one) == Deferred("tls 4.7.10")


async def test_any_certificate_of_a_smarthost_on_loopback_is_accepted(far_server, sender, tls) -> None:  # type: ignore[no-untyped-def]
    far = await far_server(offers=("STARTTLS",), tls=tls)
    assert isinstance(await send(sender(smarthost=Address(HOST, far.port))), Sent)
    assert far.encrypted == [True]


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a smarthost that is not loopback, but resolves to it."""
    name, real = "smarthost.example.org", socket.getaddrinfo

    def found(host: object, *more: object, **named: object) -> object:
        return real(HOST if host in (name, name.encode()) else host, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("socket.getaddrinfo", found)
    return name


async def test_a_name_that_is_no_alternative_name_is_none(far_server, sender, trusted, elsewhere) -> None:  # type: ignore[no-untyped-def]
    far = await far_server(offers=("STARTTLS",), tls=trusted.issue(elsewhere, alternatives=False).context)
    assert await send(sender(smarthost=Address(elsewhere, far.port))) == Deferred("tls 4.7.5")


@pytest.mark.parametrize(
    ("names", "days", "known", "outcome"),
    [
        (("smarthost.example.org",), (-1, 1), True, None),
        (("*.example.org",), (-1, 1), True, None),
        (("other.example.org",), (-1, 1), True, "tls 4.7.5"),
        (("smarthost.example.org",), (-1, 1), False, "tls 4.7.5"),
        (("smarthost.example.org",), (-3, -1), True, "tls 4.7.5"),
    ],
    ids=["right", "wildcard", "another name", "unknown authority", "expired"],
)
async def test_the_certificate_of_a_remote_smarthost_is_verified(
    names, days, known, outcome, far_server, sender, authority, elsewhere, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    if known:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    far = await far_server(offers=("STARTTLS",), tls=authority.issue(*names, days=days).context)
    got = await send(sender(smarthost=Address(elsewhere, far.port)))
    assert got == Deferred(outcome) if outcome else isinstance(got, Sent)
    assert nothing_sent(far) if outcome else far.encrypted == [True]


async def test_a_connection_is_not_reused_for_more_protection_than_it_has(far_server, sender, tls) -> None:  # type: ignore[no-untyped-def]
    far = await far_server(offers=("STARTTLS",), tls=tls)
    pool = sender(smarthost=Address(HOST, far.port))._pool
    place = (HOST, far.port, HOST, False)
    _, pipeline = await asyncio.get_running_loop().create_connection(Pipeline, HOST, far.port)
    await pipeline.reply(5)
    client = Client(Server(*place, OFFERED), pipeline, frozenset(), 5)
    pool.give_back(Server(*place, OFFERED), client)
    for more in (ENCRYPTED, VERIFIED):
        assert pool.take(Server(*place, more)) is None
    assert pool.take(Server(*place, OFFERED)) is client
    client.drop()


async def test_an_unencrypted_client_sends_nothing_when_tls_is_required(far_server) -> None:  # type: ignore[no-untyped-def]
    """The client checks once more itself, however the connection was opened."""
    far = await far_server(offers=())
    _, pipeline = await asyncio.get_running_loop().create_connection(Pipeline, HOST, far.port)
    await pipeline.reply(5)
    client = Client(Server(HOST, far.port, HOST, False, ENCRYPTED), pipeline, frozenset(), 5)
    letter = Letter("", "beatrice@far.example", CONTENT, utf8=False)
    assert await client.deliver(letter) == Deferred("tls 4.7.10")
    assert nothing_sent(far)
    client.drop()


async def test_tls_1_1_is_refused(far_server, sender, certificate) -> None:  # type: ignore[no-untyped-def]
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    old.load_cert_chain(*map(str, certificate))
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    far = await far_server(offers=("STARTTLS",), tls=old)
    assert await send(sender(smarthost=Address(HOST, far.port))) == Deferred("tls 4.7.5")
    assert nothing_sent(far)
