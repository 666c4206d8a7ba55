"""Delivery to the recipient's MX hosts: MX, null MX, addresses, DNS failures (RFC 5321 5.1, RFC 7505)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import pytest

from relay.outcomes import Deferred, Failed, Outcome, Sent
from relay.settings import DeliverySettings, DnsSettings, Settings, SmtpSettings
from relay.smtp.client.send import Sender

CONTENT = b"Subject: hello\r\n\r\nhello\r\n"


@pytest.fixture
async def sender_with(name_server, kept) -> AsyncIterator[Callable[..., Awaitable[Sender]]]:  # type: ignore[no-untyped-def]
    senders: list[Sender] = []

    async def make(zone: dict[object, object], port: int) -> Sender:
        settings = Settings(
            domain="relay.example.org",
            smtp=SmtpSettings(hostname="mx.relay.example.org"),
            delivery=DeliverySettings(smarthost=None, timeout=20.0, per_destination=2),
            dns=DnsSettings(nameservers=(await name_server(zone),)),
        )
        senders.append(Sender(settings, kept, now=lambda: datetime.now(UTC), port=port))
        return senders[-1]

    yield make
    for sender in senders:
        await sender.close()
    await asyncio.sleep(0.02)


def send(sender: Sender, recipient: str = "bea@far.example") -> Awaitable[Outcome]:
    return sender.send(recipient=recipient, return_path="", content=CONTENT)


async def test_the_best_mx_gets_the_letter(far_server, sender_with) -> None:  # type: ignore[no-untyped-def]
    first = await far_server(host="127.0.0.2")
    second = await far_server(host="127.0.0.3", port=first.port)
    zone = {
        ("far.example", "MX"): ["20 b.far.example.", "10 a.far.example."],
        ("a.far.example", "A"): ["127.0.0.2"],
        ("b.far.example", "A"): ["127.0.0.3"],
    }
    assert await send(await sender_with(zone, first.port)) == Sent("250 2.0.0")
    assert (len(first.letters), len(second.letters)) == (1, 0)


@pytest.mark.parametrize(
    "fault", ["close", "421 4.3.2 full", "451 4.3.0 later", "554 5.7.1 blocked", "nobody", "no address"]
)
async def test_the_next_mx_gets_it_when_the_best_cannot(fault, far_server, sender_with) -> None:  # type: ignore[no-untyped-def]
    second = await far_server(host="127.0.0.3")
    zone: dict[object, object] = {
        ("far.example", "MX"): ["10 a.far.example.", "20 b.far.example."],
        ("b.far.example", "A"): ["127.0.0.3"],
    }
    if fault != "no address":
        zone["a.far.example", "A"] = ["127.0.0.2"]
    if fault not in ("nobody", "no address"):
        await far_server(host="127.0.0.2", port=second.port, connect=fault)
    assert await send(await sender_with(zone, second.port)) == Sent("250 2.0.0")
    assert len(second.letters) == 1


async def test_a_refused_recipient_is_not_tried_at_another_mx(far_server, sender_with) -> None:  # type: ignore[no-untyped-def]
    first = await far_server(host="127.0.0.2", RCPT="550 5.1.1 no")
    second = await far_server(host="127.0.0.3", port=first.port)
    zone = {("far.example", "MX"): ["10 a.far.example.", "20 b.far.example."]} | {
        ("a.far.example", "A"): ["127.0.0.2"],
        ("b.far.example", "A"): ["127.0.0.3"],
    }
    assert await send(await sender_with(zone, first.port)) == Failed("550 5.1.1")
    assert second.connections == 0


async def test_without_mx_the_domain_itself_is_the_server(far_server, sender_with) -> None:  # type: ignore[no-untyped-def]
    far = await far_server()
    sender = await sender_with({("far.example", "A"): ["127.0.0.1"]}, far.port)
    assert await send(sender) == Sent("250 2.0.0")


async def test_an_address_literal_needs_no_dns(far_server, sender_with) -> None:  # type: ignore[no-untyped-def]
    far = await far_server()
    assert await send(await sender_with({}, far.port), "bea@[127.0.0.1]") == Sent("250 2.0.0")


async def test_a_domain_beyond_ascii_is_looked_up_as_a_labels(far_server, sender_with) -> None:  # type: ignore[no-untyped-def]
    far = await far_server()
    zone = {("xn--bcher-kva.example", "A"): ["127.0.0.1"]}
    assert await send(await sender_with(zone, far.port), "bea@Bücher.example") == Sent("250 2.0.0")


@pytest.mark.parametrize(
    ("zone", "outcome"),
    [
        ({}, Failed("5.1.2")),
        ({("far.example", "TXT"): ['"here"']}, Failed("5.1.2")),
        ({("far.example", "MX"): ["0 ."]}, Failed("5.1.10")),
        ({("far.example", "MX"): ["10 mx.relay.example.org."]}, Failed("5.4.6")),
        ({("far.example", "MX"): ["10 gone.far.example."]}, Deferred("4.4.4")),
        ({("far.example", "MX"): ["10 a.far.example."], "a.far.example": "SERVFAIL"}, Deferred("4.4.4")),
        ({"far.example": "SERVFAIL"}, Deferred("4.4.3")),
        ({"far.example": "silence"}, Deferred("4.4.3")),
    ],
)
async def test_a_dns_answer_means(zone, outcome, sender_with, unused_tcp_port, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    if "silence" in zone.values():
        monkeypatch.setattr("relay.dns.resolver._TIMEOUT", 0.3)
    assert await send(await sender_with(zone, unused_tcp_port)) == outcome


async def test_the_letter_is_deferred_when_no_server_answers(sender_with, unused_tcp_port) -> None:  # type: ignore[no-untyped-def]
    zone = {("far.example", "MX"): [f"{n} m{n}.far.example." for n in range(1, 9)]} | {
        (f"m{n}.far.example", "A"): ["127.0.0.2"] for n in range(1, 9)
    }
    assert await send(await sender_with(zone, unused_tcp_port)) == Deferred("4.4.1")


@pytest.mark.parametrize(("bad", "outcome"), [(4, Sent("250 2.0.0")), (5, Deferred("451 4.3.0"))])
async def test_five_servers_are_tried_for_one_letter(bad, outcome, far_server, sender_with) -> None:  # type: ignore[no-untyped-def]
    servers = [await far_server(host="127.0.0.2")]
    for number in range(3, 9):
        servers.append(await far_server(host=f"127.0.0.{number}", port=servers[0].port))
    for server in servers[:bad]:
        server.script["connect"] = "451 4.3.0 later"
    zone: dict[object, object] = {("far.example", "MX"): [f"{n} m{n}.far.example." for n in range(2, 9)]}
    zone |= {(f"m{n}.far.example", "A"): [f"127.0.0.{n}"] for n in range(2, 9)}
    assert await send(await sender_with(zone, servers[0].port)) == outcome
    assert [server.connections for server in servers] == [1] * 5 + [0] * 2


async def test_all_addresses_of_a_host_are_tried(far_server, sender_with) -> None:  # type: ignore[no-untyped-def]
    second = await far_server(host="127.0.0.3")
    first = await far_server(host="127.0.0.2", port=second.port, connect="451 4.3.0 later")
    zone = {("far.example", "MX"): ["10 a.far.example."], ("a.far.example", "A"): ["127.0.0.2", "127.0.0.3"]}
    sender = await sender_with(zone, second.port)
    for _ in range(4):
        assert await send(sender) == Sent("250 2.0.0")
    assert (len(second.letters), len(first.letters)) == (4, 0)
