"""The SMTP client, through a smarthost: every fault of a server, and the outcome for the letter."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import pytest

from relay.outcomes import Deferred, Failed, Outcome, Sent
from relay.settings import Address, DeliverySettings, Settings, SmtpSettings
from relay.smtp.client.send import Sender, destination
from relay.store.sts_policies import StsPolicies

from ..conftest import until

CONTENT = b"Subject: hello\r\n\r\n.a line that begins with a dot\r\nhello\r\n"
TO = "beatrice@far.example"


@pytest.fixture
async def sender_to(kept: StsPolicies) -> AsyncIterator[Callable[..., Sender]]:
    senders: list[Sender] = []

    def make(port: int, **delivery: object) -> Sender:
        values = {"smarthost": Address("127.0.0.1", port), "timeout": 20.0} | delivery
        settings = Settings(
            domain="relay.example.org",
            smtp=SmtpSettings(hostname="mx.relay.example.org"),
            delivery=DeliverySettings(**values),  # type: ignore[arg-type]
        )
        senders.append(Sender(settings, kept, now=lambda: datetime.now(UTC)))
        return senders[-1]

    yield make
    for sender in senders:
        await sender.close()
    await asyncio.sleep(0.02)


def send(sender: Sender, recipient: str = TO, return_path: str = "b-1@relay.example.org") -> Awaitable[Outcome]:
    return sender.send(recipient=recipient, return_path=return_path, content=CONTENT)


async def test_a_letter_arrives_to_the_octet(far_server, sender_to) -> None:  # type: ignore[no-untyped-def]
    far = await far_server()
    assert await send(sender_to(far.port)) == Sent("250 2.0.0")
    assert far.letters == [CONTENT.replace(b"\r\n.", b"\r\n..") + b".\r\n"]
    assert far.lines == [
        "EHLO mx.relay.example.org",
        f"MAIL FROM:<b-1@relay.example.org> SIZE={len(CONTENT)}",
        "RCPT TO:<beatrice@far.example>",
        "DATA",
    ]


async def test_our_client_sends_to_our_own_server(house, sender_to) -> None:  # type: ignore[no-untyped-def]
    sender = sender_to(house.door.ports[0][1])
    assert await send(sender, "amber@relay.example.org", "") == Sent("250 2.0.0")
    assert await send(sender, "Jürgen@relay.example.org") == Sent("250 2.0.0")
    assert await send(sender) == Failed("550 5.7.1")
    assert [envelope.content for envelope in house.letters] == [CONTENT, CONTENT]
    assert [envelope.return_path for envelope in house.letters] == ["", "b-1@relay.example.org"]
    assert [envelope.smtputf8 for envelope in house.letters] == [False, True]


async def test_the_null_sender_is_sent_as_such(far_server, sender_to) -> None:  # type: ignore[no-untyped-def]
    far = await far_server(offers=())
    assert await send(sender_to(far.port), return_path="") == Sent("250 2.0.0")
    assert "MAIL FROM:<>" in far.lines


FAULTS = [
    ("connect", "421 4.3.2 full", Deferred("421 4.3.2")),
    ("connect", "554 5.7.1 blocked", Deferred("554 5.7.1")),
    ("connect", "close", Deferred("4.4.1")),
    ("connect", "garbage", Deferred("4.5.0")),
    ("connect", "250 2.0.0 what", Deferred("4.5.0")),
    ("connect", "22 far.example", Deferred("4.5.0")),
    ("connect", "220_far.example", Deferred("4.5.0")),
    ("connect", "220-" + "far.example" * 300, Deferred("4.4.1")),
    ("connect", "\r\n".join(["220-far.example" * 10] * 600), Deferred("4.4.1")),
    ("EHLO", "garbage", Deferred("4.5.0")),
    ("EHLO", "354 what", Deferred("4.5.0")),
    ("EHLO", "505 5.5.1 not so", Deferred("505 5.5.1")),
    ("EHLO", "499 4.5.1 not so", Deferred("499 4.5.1")),
    ("EHLO", "421 4.3.2 full", Deferred("421 4.3.2")),
    ("EHLO", "550 5.7.1 go away", Deferred("550 5.7.1")),
    ("EHLO", "close", Deferred("4.4.2")),
    ("MAIL", "451 4.3.0 later", Deferred("451 4.3.0")),
    ("MAIL", "550 5.7.1 not yours", Deferred("550 5.7.1")),
    ("MAIL", "close", Deferred("4.4.2")),
    ("RCPT", "550 5.1.1 beatrice@far.example", Failed("550 5.1.1")),
    ("RCPT", "552 5.2.2 full", Failed("552 5.2.2")),
    ("RCPT", "450 4.2.0 later", Deferred("450 4.2.0")),
    ("RCPT", "421 4.2.0 later", Deferred("421 4.2.0")),
    ("RCPT", "251 will forward", Sent("250 2.0.0")),
    ("RCPT", "close", Deferred("4.4.2")),
    ("RCPT", "reset", Deferred("4.4.2")),
    ("RCPT", "garbage", Deferred("4.4.2")),
    ("DATA", "554 5.5.1 no", Failed("554 5.5.1")),
    ("DATA", "451 4.3.0 no", Deferred("451 4.3.0")),
    ("DATA", "250 2.0.0 what", Deferred("4.5.0")),
    ("DATA", "close", Deferred("4.4.2")),
    ("dot", "554 5.7.1 beatrice@far.example spam", Failed("554 5.7.1")),
    ("dot", "552 5.3.4 large", Failed("552 5.3.4")),
    ("dot", "452 4.3.1 full", Deferred("452 4.3.1")),
    ("dot", "close", Deferred("4.4.2")),
    ("dot", "reset", Deferred("4.4.2")),
    ("dot", "250-2.0.0 two\r\n250 2.0.0 lines", Sent("250 2.0.0")),
    ("QUIT", "stall", Sent("250 2.0.0")),
    ("QUIT", "close", Sent("250 2.0.0")),
]


PLAIN = ("SIZE 1000000", "8BITMIME")
PIPELINED = (*PLAIN, "PIPELINING")


@pytest.mark.parametrize("offers", [PLAIN, PIPELINED], ids=["one-by-one", "pipelined"])
@pytest.mark.parametrize(("moment", "answer", "outcome"), FAULTS)
async def test_a_fault_means(moment, answer, outcome, offers, far_server, sender_to, caplog) -> None:  # type: ignore[no-untyped-def]
    caplog.set_level(logging.DEBUG)
    far = await far_server(offers=offers, **{moment: answer})
    sender = sender_to(far.port)
    assert await send(sender) == outcome
    assert "beatrice" not in caplog.text
    far.script.clear()
    assert await send(sender) == Sent("250 2.0.0"), "the fault left something behind"


async def test_a_pipelined_data_after_a_refusal_gets_an_empty_letter(far_server, sender_to) -> None:  # type: ignore[no-untyped-def]
    far = await far_server(offers=PIPELINED, RCPT="550 5.1.1 no")
    assert await send(sender_to(far.port)) == Failed("550 5.1.1")
    await until(lambda: not far.open_now)
    assert far.letters == [b".\r\n"]
    assert far.lines[-2:] == ["DATA", "QUIT"]


@pytest.mark.parametrize("unasked", ["421 4.4.2 bored", "250 2.0.0 taken once more", "250-2.0.0 taken once"])
async def test_a_server_that_sends_an_unexpected_reply_gets_no_further_letter(unasked, far_server, sender_to) -> None:  # type: ignore[no-untyped-def]
    far = await far_server(offers=PIPELINED, dot=[f"250 2.0.0 taken\r\n{unasked}"])
    sender = sender_to(far.port)
    assert await send(sender) == Sent("250 2.0.0")
    await asyncio.sleep(0.02)
    assert await send(sender) == Sent("250 2.0.0")
    assert far.connections == 2


@pytest.mark.parametrize("content", [b"a: b\r\n\r\nx\n.\nMAIL FROM:<x@y>\n", b"a: b\r\n\r\nx\r.\rMAIL FROM:<x@y>\r"])
async def test_only_crlf_line_ends_are_sent(content, far_server, sender_to) -> None:  # type: ignore[no-untyped-def]
    far = await far_server(offers=PIPELINED)
    assert await sender_to(far.port).send(recipient=TO, return_path="", content=content) == Sent("250 2.0.0")
    assert far.letters == [b"a: b\r\n\r\nx\r\n..\r\nMAIL FROM:<x@y>\r\n.\r\n"]


@pytest.mark.parametrize("offers", [PLAIN, PIPELINED], ids=["one-by-one", "pipelined"])
@pytest.mark.parametrize("moment", ["connect", "EHLO", "MAIL", "RCPT", "DATA", "dot"])
async def test_a_silent_server_times_out(moment, offers, far_server, sender_to) -> None:  # type: ignore[no-untyped-def]
    far = await far_server(offers=offers, **{moment: "stall"})
    outcome = await asyncio.wait_for(send(sender_to(far.port, timeout=0.05)), 20)  # its silence is of 30
    assert outcome in (Deferred("4.4.1"), Deferred("4.4.2"))


@pytest.mark.parametrize(
    ("moment", "answer"), [("connect", "554 5.7.1 no"), ("EHLO", "550 5.7.1 no"), ("EHLO", "what?")]
)
async def test_the_connection_to_a_server_that_refuses_is_closed(moment, answer, far_server, sender_to) -> None:  # type: ignore[no-untyped-def]
    far = await far_server(**{moment: answer})
    assert isinstance(await send(sender_to(far.port)), Deferred)
    await until(lambda: not far.open_now)


async def test_a_refused_connection_is_deferred(sender_to, unused_tcp_port) -> None:  # type: ignore[no-untyped-def]
    assert await send(sender_to(unused_tcp_port)) == Deferred("4.4.1")


async def test_a_server_without_ehlo_is_greeted_with_helo(far_server, sender_to) -> None:  # type: ignore[no-untyped-def]
    far = await far_server(EHLO="500 what?")
    assert await send(sender_to(far.port)) == Sent("250 2.0.0")
    assert far.lines[1:3] == ["HELO mx.relay.example.org", "MAIL FROM:<b-1@relay.example.org>"]


@pytest.mark.parametrize(
    ("recipient", "outcome"),
    [
        ("", Failed("5.1.3")),
        ("beatrice", Failed("5.1.3")),
        ("beatrice@far.example\r\nDATA", Failed("5.1.3")),
        ("beatrice@far.example> SIZE=1", Failed("5.1.3")),
        ("jürgen@far.example", Failed("5.6.7")),
    ],
)
async def test_an_invalid_recipient_fails(recipient, outcome, far_server, sender_to) -> None:  # type: ignore[no-untyped-def]
    far = await far_server()
    assert await send(sender_to(far.port), recipient) == outcome
    assert far.letters == []


async def test_an_invalid_return_path_defers_the_letter(far_server, sender_to) -> None:  # type: ignore[no-untyped-def]
    far = await far_server()
    assert await send(sender_to(far.port), return_path="no address") == Deferred("4.3.5")


async def test_addresses_beyond_ascii_need_smtputf8(far_server, sender_to) -> None:  # type: ignore[no-untyped-def]
    far = await far_server(offers=("SMTPUTF8", "8BITMIME"))
    sender = sender_to(far.port)
    assert await send(sender, "jürgen@bücher.example") == Sent("250 2.0.0")
    assert await send(sender, "beatrice@bücher.example") == Sent("250 2.0.0")
    assert far.lines[1:3] == ["MAIL FROM:<b-1@relay.example.org> SMTPUTF8", "RCPT TO:<jürgen@xn--bcher-kva.example>"]
    assert far.lines[4:6] == ["MAIL FROM:<b-1@relay.example.org>", "RCPT TO:<beatrice@xn--bcher-kva.example>"]


async def test_a_connection_is_kept_for_the_next_letter(far_server, sender_to) -> None:  # type: ignore[no-untyped-def]
    far = await far_server()
    sender = sender_to(far.port)
    for _ in range(5):
        assert await send(sender) == Sent("250 2.0.0")
    assert far.connections == 1
    await sender.close()
    await until(lambda: not far.open_now)
    assert far.lines[-1] == "QUIT"


async def test_a_connection_is_not_kept_after_any_error(far_server, sender_to) -> None:  # type: ignore[no-untyped-def]
    far = await far_server(RCPT=["550 5.1.1 no"])
    sender = sender_to(far.port)
    assert await send(sender) == Failed("550 5.1.1")
    assert await send(sender) == Sent("250 2.0.0")
    await until(lambda: far.open_now == 1)
    assert far.connections == 2 and far.lines.count("QUIT") == 1


async def test_a_connection_carries_at_most_a_hundred_letters(far_server, sender_to) -> None:  # type: ignore[no-untyped-def]
    far = await far_server()
    sender = sender_to(far.port)
    for _ in range(101):
        assert await send(sender) == Sent("250 2.0.0")
    assert far.connections == 2


@pytest.mark.parametrize("way", ["hung up", "hangs up at MAIL", "421 at MAIL", "resets at MAIL"])
async def test_a_letter_on_a_dead_kept_connection_is_sent_on_a_new_one(way, far_server, sender_to) -> None:  # type: ignore[no-untyped-def]
    far = await far_server()
    sender = sender_to(far.port)
    assert await send(sender) == Sent("250 2.0.0")
    if way == "hung up":
        far.hang_up()
        await asyncio.sleep(0.02)
    else:
        far.script["MAIL"] = [{"h": "close", "4": "421 4.4.2 idle", "r": "reset"}[way[0]]]
    assert await send(sender) == Sent("250 2.0.0")
    assert far.connections == 2 and len(far.letters) == 2


async def test_a_letter_on_a_broken_new_connection_is_deferred(far_server, sender_to) -> None:  # type: ignore[no-untyped-def]
    far = await far_server(MAIL="close")
    assert await send(sender_to(far.port)) == Deferred("4.4.2")
    assert far.connections == 1


async def test_a_letter_is_not_sent_again_in_one_try_when_it_may_have_arrived(far_server, sender_to) -> None:  # type: ignore[no-untyped-def]
    far = await far_server(dot=[None, "close"])
    sender = sender_to(far.port)
    assert await send(sender) == Sent("250 2.0.0")
    assert await send(sender) == Deferred("4.4.2")
    assert len(far.letters) == 2


async def test_an_idle_connection_is_closed_with_quit(far_server, sender_to, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("relay.smtp.client.pool._IDLE", 0.5)
    far = await far_server()
    assert await send(sender_to(far.port)) == Sent("250 2.0.0")
    assert far.open_now == 1
    await until(lambda: far.open_now == 0)
    assert far.lines[-1] == "QUIT"


async def test_connections_to_one_server_are_limited(far_server, sender_to) -> None:  # type: ignore[no-untyped-def]
    far = await far_server()
    sender = sender_to(far.port, concurrency=3)
    assert await asyncio.gather(*(send(sender) for _ in range(30))) == [Sent("250 2.0.0")] * 30
    assert far.peak == far.connections == 3


@pytest.mark.parametrize("moment", ["connect", "RCPT", "dot"])
async def test_a_cancelled_try_leaves_nothing_open(moment, far_server, sender_to) -> None:  # type: ignore[no-untyped-def]
    far = await far_server(**{moment: "stall"})
    sender = sender_to(far.port)
    task = asyncio.ensure_future(send(sender))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    far.script.clear()
    assert await send(sender) == Sent("250 2.0.0")


async def test_tls_is_used_when_offered(far_server, sender_to, tls) -> None:  # type: ignore[no-untyped-def]
    far = await far_server(offers=("STARTTLS", "SIZE"), tls=tls)
    assert await send(sender_to(far.port)) == Sent("250 2.0.0", "opportunistic")
    assert far.encrypted == [True]
    assert [line.split()[0] for line in far.lines] == ["EHLO", "STARTTLS", "EHLO", "MAIL", "RCPT", "DATA"]


@pytest.mark.parametrize("answer", ["454 4.7.0 not now", "502 5.5.1 no", "220 2.0.0 but no TLS follows", "close"])
async def test_the_letter_goes_in_the_clear_when_tls_fails(answer, far_server, sender_to, tls) -> None:  # type: ignore[no-untyped-def]
    far = await far_server(offers=("STARTTLS",), tls=tls, STARTTLS=answer)
    assert await send(sender_to(far.port, timeout=1.0)) == Sent("250 2.0.0")
    assert far.encrypted == [False]


async def test_extensions_are_taken_from_the_ehlo_in_tls(far_server, sender_to, tls) -> None:  # type: ignore[no-untyped-def]
    far = await far_server(offers=("STARTTLS", "SMTPUTF8", "PIPELINING"), tls=tls)
    far.script["EHLO"] = [None, "250-far.example\r\n250 8bitmime"]
    sender = sender_to(far.port)
    assert await send(sender, "jürgen@far.example") == Failed("5.6.7")
    assert await send(sender) == Sent("250 2.0.0", "opportunistic")
    assert far.encrypted == [True]


@pytest.mark.parametrize("more", ["250 2.0.0 injected\r\n", "250-2.0.0 inj"])
async def test_replies_injected_before_tls_are_not_read_in_tls(more, far_server, sender_to, tls) -> None:  # type: ignore[no-untyped-def]
    far = await far_server(offers=("STARTTLS",), tls=tls)
    far.GOOD = {**far.GOOD, "STARTTLS": f"220 2.0.0 go\r\n{more}".removesuffix("\r\n")}
    assert await send(sender_to(far.port, timeout=2.0)) == Sent("250 2.0.0")
    assert far.encrypted == [False]
    assert [line.split()[0] for line in far.lines if line.isascii()][:2] == ["EHLO", "STARTTLS"]


async def test_extensions_that_are_not_offered_are_not_used(far_server, sender_to, tls) -> None:  # type: ignore[no-untyped-def]
    far = await far_server(offers=(), tls=tls)
    assert await send(sender_to(far.port)) == Sent("250 2.0.0")
    assert far.encrypted == [False]
    assert far.lines[1:] == ["MAIL FROM:<b-1@relay.example.org>", "RCPT TO:<beatrice@far.example>", "DATA"]


async def test_extensions_are_known_in_any_case(far_server, sender_to) -> None:  # type: ignore[no-untyped-def]
    far = await far_server(offers=("size 1000", "SmtpUtf8"))
    assert await send(sender_to(far.port), "jürgen@far.example") == Sent("250 2.0.0")
    assert far.lines[1] == f"MAIL FROM:<b-1@relay.example.org> SIZE={len(CONTENT)} SMTPUTF8"


async def test_a_reply_never_gets_into_a_status_or_a_log(far_server, sender_to, caplog) -> None:  # type: ignore[no-untyped-def]
    caplog.set_level(logging.DEBUG)
    far = await far_server(RCPT="550-5.1.1 beatrice@far.example\r\n550 5.1.1 unknown")
    outcome = await send(sender_to(far.port))
    assert outcome == Failed("550 5.1.1")
    assert not re.search("beatrice|far.example|unknown", caplog.text)


@pytest.mark.parametrize(
    ("recipient", "domain"),
    [
        ("beatrice@FAR.example", "far.example"),
        ("beatrice@bücher.example", "xn--bcher-kva.example"),
        ("beatrice@[192.0.2.1]", "[192.0.2.1]"),
        ("no address", ""),
    ],
)
def test_letters_are_grouped_by_domain(recipient: str, domain: str) -> None:
    assert destination(recipient) == domain
