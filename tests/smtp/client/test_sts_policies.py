"""MTA-STS: policies are fetched over HTTPS and stored, and letters go only to servers that meet them (RFC 8461)."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from relay.home import Home
from relay.outcomes import Deferred, Outcome, Sent
from relay.settings import Address, DeliverySettings, DnsSettings, Settings, SmtpSettings
from relay.smtp.client.send import Sender
from relay.store import Store

from ...conftest import Authority
from ..conftest import FarServer

HOST = "127.0.0.1"
MX = "a.far.example"
OK = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"


def policy(mode: str = "enforce", mx: str = MX, max_age: int = 604800) -> str:
    return f"version: STSv1\r\nmode: {mode}\r\nmx: {mx}\r\nmax_age: {max_age}\r\n"


def plain(text: str) -> bytes:
    return f"{OK}Content-Length: {len(text)}\r\n\r\n{text}".encode()


@dataclass
class Web:
    """The web server of a domain's policy. ``answer`` is its whole answer; None: it never answers."""

    answer: bytes | None = b""
    asked: list[str] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
            if self.answer is not None:
                writer.write(self.answer)
                await writer.drain()
            else:
                await asyncio.sleep(30)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()


@dataclass
class World:
    """far.example with its DNS, its web server and its mail server, and a relay that writes to it, whose clock is
    ``ahead`` of ours."""

    sender: Sender
    zone: dict[object, object]
    web: Web
    far: FarServer
    restart: Callable[[], Awaitable[None]]
    ahead: timedelta = timedelta()

    def announce(self, id: str, text: str | None = None, *, raw: bytes | None = None) -> None:
        """Announce a policy in DNS, and serve it."""
        self.zone["_mta-sts.far.example", "TXT"] = [f'"v=STSv1; id={id};"']
        self.web.answer = raw if raw is not None else plain(text if text is not None else policy())

    def silence(self) -> None:
        """Hide the policy, as an attacker in the network can: no DNS record, no web server."""
        self.zone.pop(("_mta-sts.far.example", "TXT"), None)
        self.web.answer = b""

    async def send(self) -> Outcome:
        return await self.sender.send(
            recipient="beatrice@far.example", return_path="", content=b"Subject: x\r\n\r\nx\r\n"
        )

    def nothing_sent(self) -> bool:
        return not self.far.letters and not any("MAIL" in line for line in self.far.lines)


@pytest.fixture
async def world(name_server, far_server, home: Home, trusted: Authority, tls) -> AsyncIterator[Callable[..., Any]]:  # type: ignore[no-untyped-def]
    servers, senders, stores = [], [], []

    async def make(
        far: ssl.SSLContext | None = None, tls: str = "offered", web: ssl.SSLContext | None = None, **script: object
    ) -> World:
        site = Web()
        context = web or trusted.issue("mta-sts.far.example").context
        servers.append(await asyncio.start_server(site.serve, HOST, 0, ssl=context))
        site.port = servers[-1].sockets[0].getsockname()[1]
        mail = await far_server(offers=("STARTTLS",) if far else (), tls=far, **script)
        zone: dict[object, object] = {
            ("far.example", "MX"): [f"10 {MX}."],
            (MX, "A"): [HOST],
            ("mta-sts.far.example", "A"): [HOST],
            "ttl": 0,
        }
        settings = Settings(
            domain="relay.example.org",
            smtp=SmtpSettings(hostname="mx.relay.example.org"),
            delivery=DeliverySettings(smarthost=None, timeout=5.0, tls=tls),
            dns=DnsSettings(nameservers=(await name_server(zone),)),
        )
        made: World

        async def start() -> None:
            store = await Store.open(home.db, home.read_vault())
            stores.append(store)
            made.sender = Sender(
                settings,
                store.sts_policies,
                now=lambda: datetime.now(UTC) + made.ahead,
                port=mail.port,
                https_port=site.port,
            )
            senders.append(made.sender)

        made = World(None, zone, site, mail, start)  # type: ignore[arg-type]
        await start()
        return made

    yield make
    for sender in senders:
        await sender.close()
    for store in stores:
        await store.close()
    for server in servers:
        server.close()
    await asyncio.sleep(0.02)


def good(trusted: Authority) -> ssl.SSLContext:
    return trusted.issue(MX).context


@pytest.mark.parametrize("tls", ["offered", "required"])
async def test_a_letter_goes_to_a_server_that_meets_the_policy(tls: str, world, trusted: Authority) -> None:  # type: ignore[no-untyped-def]
    at = await world(good(trusted), tls)
    at.announce("1")
    assert [await at.send() for _ in range(3)] == [Sent("250 2.0.0", "sts")] * 3
    assert len(at.web.asked) == 1, "the policy is kept"
    (asked,) = at.web.asked
    assert asked.startswith("GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.far.example\r\n")
    assert "relay" not in asked, "and says nothing of us"


ATTACKS = {
    "STARTTLS is removed": lambda _: (None, {}),
    "STARTTLS is refused": lambda trusted: (good(trusted), {"STARTTLS": "454 4.7.0 not now"}),
    "another certificate": lambda trusted: (trusted.issue("evil.example").context, {}),
    "an expired certificate": lambda trusted: (trusted.issue(MX, days=(-3, -1)).context, {}),
    "an unknown authority": lambda _: ("self-signed", {}),
}


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("hidden", [False, True], ids=["", "and DNS and web are silent"])
async def test_a_letter_never_goes_to_a_server_that_does_not_meet_the_policy(
    attack, hidden, world, trusted, tls
) -> None:  # type: ignore[no-untyped-def]
    context, script = ATTACKS[attack](trusted)
    at = await world(tls if context == "self-signed" else context, **script)
    at.announce("1")
    status = "sts 4.7.10" if "STARTTLS" in attack else "sts 4.7.5"
    assert await at.send() == Deferred(status)
    if hidden:  # the policy is stored, also after a restart
        at.silence()
        await at.restart()
        at.ahead = timedelta(days=6)
    assert await at.send() == Deferred(status)
    assert at.nothing_sent()


async def test_a_policy_is_valid_until_it_expires(world) -> None:  # type: ignore[no-untyped-def]
    at = await world()
    at.announce("1", policy(max_age=86400))
    assert await at.send() == Deferred("sts 4.7.10")
    at.silence()
    at.ahead = timedelta(hours=23, minutes=59)
    assert await at.send() == Deferred("sts 4.7.10")
    at.ahead = timedelta(hours=24, minutes=1)
    assert await at.send() == Sent("250 2.0.0")
    at.announce("1", policy(max_age=86400))
    assert await at.send() == Deferred("sts 4.7.10"), "an id that is known announces what has expired here"


@pytest.mark.parametrize("text", [policy("none"), "version: STSv1\nmode: none\nmax_age: 86400\n"])
async def test_a_new_id_replaces_the_policy(text: str, world) -> None:  # type: ignore[no-untyped-def]
    at = await world()
    at.announce("1")
    assert await at.send() == Deferred("sts 4.7.10")
    at.web.answer = plain(text)
    assert await at.send() == Deferred("sts 4.7.10"), "nothing announces it yet"
    at.announce("2", text)
    assert await at.send() == Sent("250 2.0.0")
    assert len(at.web.asked) == 2


BAD_ANSWERS = {
    "not found": b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n",
    "redirect": b"HTTP/1.1 301 Moved\r\nLocation: https://evil.example/\r\nContent-Type: text/plain\r\n\r\n" + b"",
    "html": plain(policy("none")).replace(b"text/plain", b"text/html"),
    "no content type": plain(policy("none")).replace(b"Content-Type: text/plain; charset=utf-8\r\n", b""),
    "compressed": plain(policy("none")).replace(b"Content-Length", b"Content-Encoding: gzip\r\nContent-Length"),
    "too large": plain(policy("none") + "x: " + "y" * 70_000),
    "endless": (OK + "\r\n").encode() + b"x" * 200_000,
    "truncated": plain(policy("none"))[:-9],
    "no HTTP": b"hello\r\n\r\n",
    "nothing": b"",
    "no policy": plain("hello: world"),
    "not UTF-8": (OK + "Content-Length: 2\r\n\r\n").encode() + b"\xff\xff",
    "long header": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000,
}


@pytest.mark.parametrize("answer", BAD_ANSWERS)
async def test_an_invalid_policy_changes_nothing(answer: str, world) -> None:  # type: ignore[no-untyped-def]
    """A stored policy stays valid (RFC 8461 5.1); a domain without a policy stays without one."""
    at = await world()
    at.announce("1", raw=BAD_ANSWERS[answer])
    assert await at.send() == Sent("250 2.0.0")
    at.far.letters.clear()
    at.announce("2")
    assert await at.send() == Deferred("sts 4.7.10")
    at.announce("3", raw=BAD_ANSWERS[answer])
    assert [await at.send() for _ in range(3)] == [Deferred("sts 4.7.10")] * 3
    assert len(at.web.asked) == 3, "what cannot be fetched is not asked for again at once"
    at.announce("3")
    at.ahead = timedelta(minutes=6)
    assert await at.send() == Deferred("sts 4.7.10")
    assert len(at.web.asked) == 4


@pytest.mark.parametrize("names", [("far.example",), ("mta-sts.evil.example",)])
async def test_a_policy_from_a_web_server_with_another_certificate_is_ignored(names, world, trusted) -> None:  # type: ignore[no-untyped-def]
    at = await world(web=trusted.issue(*names).context)
    at.announce("1")
    assert await at.send() == Sent("250 2.0.0")
    assert at.web.asked == []


async def test_a_slow_web_server_times_out(world, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("relay.smtp.client.https_get._TIMEOUT", 0.3)
    at = await world()
    at.announce("1")
    at.web.answer = None
    assert await asyncio.wait_for(at.send(), 10) == Sent("250 2.0.0")


async def test_letters_sent_together_fetch_a_policy_once(world, trusted: Authority) -> None:  # type: ignore[no-untyped-def]
    at = await world(good(trusted))
    at.announce("1")
    assert await asyncio.gather(*(at.send() for _ in range(5))) == [Sent("250 2.0.0", "sts")] * 5
    assert len(at.web.asked) == 1


@pytest.mark.parametrize("mx", ["b.far.example", "*.a.far.example", "far.example"])
async def test_a_server_that_the_policy_does_not_list_is_skipped(mx: str, world, trusted: Authority) -> None:  # type: ignore[no-untyped-def]
    at = await world(good(trusted))
    at.announce("1", policy(mx=mx))
    assert await at.send() == Deferred("sts 4.4.4")
    assert at.far.connections == 0
    at.zone["far.example", "MX"] = ["5 x1.far.example.", "6 x2.far.example.", "7 x3.far.example.", f"8 {MX}."]
    at.zone["far.example", "MX"] += ["9 x4.far.example.", "10 b.far.example."]
    for name in ("x1", "x2", "x3", "x4", "b"):
        at.zone[f"{name}.far.example", "A"] = [HOST]
    at.far.tls = trusted.issue("b.far.example").context
    assert await at.send() == (Sent("250 2.0.0", "sts") if mx == "b.far.example" else Deferred("sts 4.4.4"))


@pytest.mark.parametrize("fault", ["STARTTLS is removed", "another certificate", "the server is not named"])
@pytest.mark.parametrize("tls", ["offered", "required"])
async def test_a_policy_in_testing_mode_stops_nothing_and_is_logged(
    tls: str, fault: str, world, trusted: Authority, caplog: pytest.LogCaptureFixture
) -> None:  # type: ignore[no-untyped-def]
    caplog.set_level("INFO")
    names = ("evil.example",) if fault == "another certificate" else (MX,)
    at = await world(None if "STARTTLS" in fault else trusted.issue(*names).context, tls)
    at.announce("1", policy("testing", "b.far.example" if "named" in fault else MX))
    if tls == "required" and "STARTTLS" in fault:
        assert await at.send() == Deferred("tls 4.7.10")
    else:
        assert await at.send() == Sent(
            "250 2.0.0", "" if "STARTTLS" in fault else {"offered": "opportunistic", "required": "encrypted"}[tls]
        )
    assert "testing mode" in caplog.text
    assert "far.example" not in caplog.text and "beatrice" not in caplog.text


async def test_a_policy_in_testing_mode_that_is_met_is_recorded(world, trusted: Authority) -> None:  # type: ignore[no-untyped-def]
    at = await world(good(trusted))
    at.announce("1", policy("testing"))
    assert await at.send() == Sent("250 2.0.0", "sts")


async def test_policies_are_refreshed_before_they_expire(world) -> None:  # type: ignore[no-untyped-def]
    at = await world()
    at.announce("1", policy(max_age=86400))
    assert await at.send() == Deferred("sts 4.7.10")
    for half_days in range(1, 8):
        at.ahead = timedelta(hours=12 * half_days, minutes=5 * half_days)
        await at.sender.renew_policies(datetime.now(UTC) + at.ahead)
    assert len(at.web.asked) == 8
    at.silence()
    assert await at.send() == Deferred("sts 4.7.10"), "three days and a half after the only letter"


async def test_a_failed_refresh_is_logged_and_tried_again(world, caplog) -> None:  # type: ignore[no-untyped-def]
    at = await world()
    at.announce("1", policy(max_age=86400))
    await at.send()
    at.silence()
    for hours in (12.5, 13.0, 13.6, 23.9):
        await at.sender.renew_policies(datetime.now(UTC) + timedelta(hours=hours))
    assert len(at.web.asked) == 4, "once an hour"
    assert caplog.text.count("could not be refreshed; it stays valid until") == 3
    assert "far.example" not in caplog.text
    await at.sender.renew_policies(datetime.now(UTC) + timedelta(hours=25))
    assert len(at.web.asked) == 4, "it has expired"


async def test_an_expired_policy_is_deleted_also_behind_a_smarthost(world) -> None:  # type: ignore[no-untyped-def]
    at = await world()
    at.announce("1", policy(max_age=86400))
    await at.send()
    behind = replace(at.sender._delivery, smarthost=Address(HOST, 25))
    at.sender._delivery = behind
    for hours, kept in ((13, True), (25, False)):
        await at.sender.renew_policies(datetime.now(UTC) + timedelta(hours=hours))
        assert (await at.sender._policies._kept.find("far.example") is not None) is kept
    assert len(at.web.asked) == 1, "nothing is fetched"


async def test_a_policy_of_a_domain_without_letters_is_not_refreshed(world) -> None:  # type: ignore[no-untyped-def]
    at = await world()
    at.announce("1", policy(max_age=31_000_000))
    await at.send()
    await at.sender.renew_policies(datetime.now(UTC) + timedelta(days=89))
    await at.sender.renew_policies(datetime.now(UTC) + timedelta(days=91))
    assert len(at.web.asked) == 2


async def test_dane_takes_precedence_over_the_policy(
    name_server, far_server, kept, trusted: Authority, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    """A server that passes DANE need not meet the policy; one that fails DANE is not used (RFC 8461 2)."""
    from .test_dane import record, text

    issued, other = trusted.issue("names.nobody.example"), trusted.issue(MX)
    site = Web(plain(policy(mx="b.far.example")))
    web = await asyncio.start_server(site.serve, HOST, 0, ssl=trusted.issue("mta-sts.far.example").context)
    far = await far_server(offers=("STARTTLS",), tls=issued.context)
    zone: dict[object, object] = {
        ("far.example", "MX"): [f"10 {MX}."],
        (MX, "A"): [HOST],
        ("mta-sts.far.example", "A"): [HOST],
        ("_mta-sts.far.example", "TXT"): ['"v=STSv1; id=1"'],
        (f"_{far.port}._tcp.{MX}", "TLSA"): text(record(issued.certificate, 3)),
        "secure": ("far.example",),
        "ttl": 0,
    }
    settings = Settings(
        domain="relay.example.org",
        delivery=DeliverySettings(smarthost=None, timeout=5.0),
        dns=DnsSettings(nameservers=(await name_server(zone),), dnssec="validated"),
    )
    ports = {"port": far.port, "https_port": web.sockets[0].getsockname()[1]}
    sender = Sender(settings, kept, now=lambda: datetime.now(UTC), **ports)
    try:
        letter = {"recipient": "beatrice@far.example", "return_path": "", "content": b"x: y\r\n\r\n"}
        assert await sender.send(**letter) == Sent("250 2.0.0", "dane-ee")
        site.answer = plain(policy())
        zone["_mta-sts.far.example", "TXT"] = ['"v=STSv1; id=2"']
        far.tls = other.context  # the policy is met now, and the TLSA records are not
        await sender._pool.close()
        assert await sender.send(**letter) == Deferred("dane 4.7.5")
    finally:
        await sender.close()
        web.close()
