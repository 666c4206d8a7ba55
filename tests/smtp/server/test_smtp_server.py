"""The door in: hostile lines, limits, clients that vanish, faults of ours, closing."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import socket
import time
import tracemalloc

import pytest

from relay.model import Envelope
from relay.refusals import Refusal, StoreFull, Stranger
from relay.settings import Address
from relay.smtp.server.smtp_server import PortTaken, SmtpServer

from ..conftest import reset_when_closed, until

TELLTALE = re.compile(r"Traceback|Exception|Error|sqlite|aiosmtpd|Python|None|\.py", re.ASCII)
RECIPIENT = "amber@relay.example.org"
HOSTILE = [
    b"XYZZY secret-echo\r\n",
    b"\x00NOOP\r\n",
    b"NOOP\x1b[31m\r\n",
    b"MAIL FROM:<a\0@secret-echo.example>\r\n",
    b"MAIL FROM:<a\r@secret-echo.example>\r\n",
    b"MAIL FROM:<\xff@secret-echo.example>\r\n",
    b"MAIL FROM:<\xc0\xaf@secret-echo.example>\r\n",
    b"MAIL FROM:<secret-echo\r\n",
    b"MAIL FROM:<secret-echo@[\r\n",
    b'MAIL FROM:<"secret-echo\\\r\n',
    b"RCPT TO:<<secret-echo>>\r\n",
    b"NOOP\n",
    b"\r\n",
    b"     \r\n",
    b"HELP " + b"secret-echo" * 100 + b"\r\n",
    b"VRFY \xc0\xaf\xff\r\n",
    b"X" * 3000 + b"\r\n",
    b"X" * 300_000 + b"\r\n",
    b"EHLO caf\xe9.example\r\n",
    b"EHLO " + "café.example".encode() + b"\r\n",
]


@pytest.mark.parametrize("line", HOSTILE, ids=lambda line: repr(line[:30]))
async def test_a_hostile_line_gets_one_plain_answer_and_no_echo(line: bytes, house) -> None:  # type: ignore[no-untyped-def]
    talk = await house.call()
    await talk.hear()
    await talk.ask("EHLO client.example")
    answer = await talk.ask(line)
    assert re.match(r"(214|250|252|5\d\d) [25]\.\d+\.\d+ ", answer)
    assert "secret" not in answer and not TELLTALE.search(answer)
    assert await talk.ask("NOOP") == "250 2.0.0 fine"


@pytest.mark.parametrize("line", ["XYZZY", "DATA", "EXPN list", "AUTH PLAIN AGE="])
async def test_five_commands_that_make_no_sense_are_enough(line: str, house) -> None:  # type: ignore[no-untyped-def]
    talk = await house.call()
    await talk.hear()
    answers = [await talk.ask(line) for _ in range(5)]
    assert {answer[:3] for answer in answers} <= {"500", "502", "503"}
    assert (await talk.hear()).startswith("421 4.7.0 ")
    assert await talk.hear() == ""


async def test_twenty_mistakes_of_any_kind_are_enough(house) -> None:  # type: ignore[no-untyped-def]
    talk = await house.call()
    await talk.hear()
    await talk.ask("EHLO client.example")
    await talk.ask("MAIL FROM:<ann@home.example>")
    answers = [await talk.ask(f"RCPT TO:<r{n}@elsewhere.example>") for n in range(20)]
    assert {answer[:9] for answer in answers} == {"550 5.7.1"}
    assert (await talk.hear()).startswith("421 4.7.0 ")


async def test_a_letter_taken_makes_up_for_the_mistakes_before_it(house) -> None:  # type: ignore[no-untyped-def]
    talk = await house.call()
    await talk.begin()
    assert (await talk.ask("a\r\n.")).startswith("250")
    for _ in range(3):
        for _ in range(4):
            assert (await talk.ask("XYZZY")).startswith("500")
        for words in ("MAIL FROM:<ann@home.example>", f"RCPT TO:<{RECIPIENT}>", "DATA", "a\r\n."):
            answer = await talk.ask(words)
        assert answer.startswith("250 2.0.0")


async def test_a_hundred_commands_without_a_letter_are_enough(house) -> None:  # type: ignore[no-untyped-def]
    talk = await house.call()
    await talk.hear()
    answers = [await talk.ask("NOOP") for _ in range(101)]
    assert answers[99].startswith("250 ") and answers[100].startswith("421 4.7.0 ")


@pytest.mark.parametrize(
    "line",
    [
        b"GET / HTTP/1.1\r\n",
        b"POST /x HTTP/1.0\r\n",
        b"CONNECT relay.example:25 HTTP/1.1\r\n",
        b"Host: relay.example\r\n",
        b"options * HTTP/1.1\r\n",
        b"\x16\x03\x01\x02\x00\x01",
    ],
)
async def test_who_speaks_something_else_is_sent_away_at_once(line: bytes, house) -> None:  # type: ignore[no-untyped-def]
    talk = await house.call()
    await talk.hear()
    assert (await talk.ask(line)).startswith("421 4.7.0 ")
    assert await talk.hear() == ""


async def test_smtp_hidden_in_a_web_request_sends_nothing(house) -> None:  # type: ignore[no-untyped-def]
    talk = await house.call()
    await talk.say(
        b"POST / HTTP/1.1\r\nHost: x\r\n\r\nEHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<%s>\r\nDATA\r\n.\r\n"
        % RECIPIENT.encode()
    )
    while await talk.hear():
        pass
    assert house.letters == []


async def test_who_speaks_before_the_greeting_is_sent_away(house) -> None:  # type: ignore[no-untyped-def]
    # Accepting a connection is a task of the loop: what a client sends in the same breath is there first.
    with socket.create_connection(house.door.ports[0]) as client:
        client.sendall(b"EHLO early.example\r\n")
        client.setblocking(False)
        heard = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(client, 1000), 30)
    assert heard.startswith(b"421 4.7.0 ")


async def test_silence_ends_with_a_word(open_house) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(idle_timeout=1.0)
    silent, halfway = await house.call(), await house.call()
    await silent.hear()
    await halfway.begin()
    await halfway.say(b"half a letter")
    for talk in (silent, halfway):
        assert (await talk.hear()).startswith("421 4.4.2 ")
        assert await talk.hear() == ""
    assert house.letters == []


async def test_a_slow_letter_is_taken_as_long_as_it_goes_on(open_house) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(idle_timeout=1.0)
    talk = await house.call()
    await talk.begin()
    for _ in range(15):
        await talk.say(b"a line\r\n")
        await asyncio.sleep(0.1)
    assert (await talk.ask(".")).startswith("250 2.0.0")


async def test_recipients_over_the_limit_are_put_off_and_the_rest_served(open_house) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(limits={"recipients": 3})
    talk = await house.call()
    await talk.hear()
    await talk.ask("EHLO client.example")
    await talk.ask("MAIL FROM:<ann@home.example>")
    answers = [await talk.ask(f"RCPT TO:<r{n}@relay.example.org>") for n in range(40)]
    assert [answer[:9] for answer in answers] == ["250 2.1.5"] * 3 + ["452 4.5.3"] * 37
    assert (await talk.ask("DATA")).startswith("354")
    assert (await talk.ask(".")).startswith("250")
    assert len(house.letters[0].recipients) == 3


async def test_guessing_recipients_without_end_is_cut_off(house) -> None:  # type: ignore[no-untyped-def]
    talk = await house.call()
    await talk.hear()
    await talk.ask("EHLO client.example")
    await talk.ask("MAIL FROM:<ann@home.example>")
    answers = [await talk.ask("RCPT TO:<guess@relay.example.org>") for _ in range(111)]
    assert answers[109].startswith("452 4.5.3 ") and answers[110].startswith("421 4.7.0 ")
    assert await talk.hear() == ""


async def test_too_many_connections_hear_so_and_those_inside_go_on(open_house) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(limits={"connections": 3, "connections_per_peer": 2})
    first, second, third = [await house.call() for _ in range(3)]
    assert (await first.hear()).startswith("220")
    assert (await second.hear()).startswith("220")
    assert (await third.hear()).startswith("421 4.7.0")
    assert await third.hear() == ""
    first.close()
    assert await house.has_room()
    assert (await second.ask("NOOP")).startswith("250")


async def test_commands_may_come_all_at_once(house) -> None:  # type: ignore[no-untyped-def]
    talk = await house.call()
    await talk.hear()
    await talk.ask("EHLO client.example")
    letter = b"MAIL FROM:<a@b>\r\nRCPT TO:<x@elsewhere.example>\r\nRCPT TO:<%s>\r\nDATA\r\n" % RECIPIENT.encode()
    await talk.say(letter)
    assert [(await talk.hear())[:3] for _ in range(4)] == ["250", "550", "250", "354"]
    await talk.say(b"one\r\n.\r\n" + letter)
    assert [(await talk.hear())[:3] for _ in range(5)] == ["250", "250", "550", "250", "354"]
    await talk.say(b"two\r\n.\r\nQUIT\r\n")
    assert [(await talk.hear())[:3] for _ in range(3)] == ["250", "221", ""]
    assert [envelope.content for envelope in house.letters] == [b"one\r\n", b"two\r\n"]


async def test_replies_to_commands_that_came_together_leave_together(house) -> None:  # type: ignore[no-untyped-def]
    talk = await house.call()
    await talk.hear()
    await talk.say(b"NOOP\r\n" * 50)
    await asyncio.sleep(0.1)
    assert (await talk.reader.read(1 << 16)).count(b"250 2.0.0 fine\r\n") == 50


@pytest.mark.parametrize("cut", ["close", "reset", "half"])
async def test_half_a_letter_is_no_letter(cut: str, house) -> None:  # type: ignore[no-untyped-def]
    talk = await house.call()
    await talk.begin()
    await talk.say(b"half a letter\r\n.")
    if cut == "reset":
        reset_when_closed(talk)
    if cut == "half":
        talk.writer.write_eof()
        assert await talk.hear() == ""
    talk.close()
    await asyncio.sleep(0.05)
    assert house.letters == []
    assert await house.deliver(b"whole\r\n") == "250 2.0.0 accepted as k7f3q2"


@pytest.mark.parametrize("said", [b"", b"EHLO client.example\r\n"])
async def test_of_a_client_that_is_gone_nothing_goes_on(said: bytes, house) -> None:  # type: ignore[no-untyped-def]
    before = asyncio.all_tasks()
    talks = [await house.call() for _ in range(3)]
    for talk in talks:
        assert (await talk.hear()).startswith("220 ")
        await talk.say(said)
        reset_when_closed(talk)
        talk.close()
    await until(lambda: asyncio.all_tasks() == before)


@pytest.mark.parametrize("cut", ["close", "half", "reset"])
async def test_a_letter_in_hand_is_finished_even_if_the_client_is_gone(cut: str, house) -> None:  # type: ignore[no-untyped-def]
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(_: Envelope) -> str:
        begun.set()
        await go_on.wait()
        return "accepted as k7f3q2"

    house.answer = slowly
    talk = await house.call()
    await talk.begin()
    await talk.say(b"a letter\r\n.\r\n")
    await begun.wait()
    if cut == "half":
        talk.writer.write_eof()
    else:
        if cut == "reset":
            reset_when_closed(talk)
        talk.close()
    if cut == "reset":
        await until(lambda: not house.door._connections)
    else:
        await asyncio.sleep(0.05)
    go_on.set()
    if cut == "half":
        assert await talk.hear() == "250 2.0.0 accepted as k7f3q2"
    await until(lambda: house.letters)
    assert [envelope.content for envelope in house.letters] == [b"a letter\r\n"]


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (Stranger("who"), "550 5.7.1 this address takes letters only from"),
        (StoreFull(), "452 4.3.1 no room"),
        (ValueError("secret-echo /x.py sqlite3"), "451 4.3.0 something is wrong on our side; please try again later"),
        (asyncio.CancelledError(), "451 4.3.0 something is wrong on our side"),
        (Refusal("two\r\n250 lines ü"), "554 5.0.0 two??250 lines ?"),
    ],
)
async def test_what_the_house_says_no_with_is_what_the_client_hears(
    fault: BaseException, answer: str, house, caplog
) -> None:  # type: ignore[no-untyped-def]
    async def refuse(_: Envelope) -> str:
        raise fault

    house.answer = refuse
    assert (await house.deliver(b"a letter\r\n")).startswith(answer)
    assert "secret" not in caplog.text
    house.answer = None
    assert (await house.deliver(b"a letter\r\n")).startswith("250")


async def test_too_large_is_said_after_the_dot_and_the_conversation_goes_on(open_house) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(max_message_size=1000)
    talk = await house.call()
    await talk.begin()
    await talk.say(b"x" * 100_000)
    assert (await talk.ask(b"\r\n.\r\n")).startswith("552 5.3.4 ")
    assert (await talk.ask("MAIL FROM:<>")).startswith("250")
    assert house.letters == []


async def test_nothing_that_was_said_is_ever_logged(open_house, caplog) -> None:  # type: ignore[no-untyped-def]
    caplog.set_level(logging.DEBUG)
    for name in ("", "mail.log", "asyncio"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    house = await open_house()

    async def fail(_: Envelope) -> str:
        raise ValueError("ann@home.example")

    assert (await house.deliver(b"Subject: secret-echo\r\n\r\nsecret-echo\r\n")).startswith("250")
    house.answer = fail
    assert (await house.deliver(b"Subject: secret-echo\r\n\r\nsecret-echo\r\n")).startswith("451")
    talk = await house.call()
    await talk.hear()
    await talk.ask("XYZZY secret-echo")
    talk.close()
    await asyncio.sleep(0.02)
    logging.getLogger("asyncio").setLevel(logging.NOTSET)
    assert "ValueError" in caplog.text
    assert "mail.log" not in {record.name for record in caplog.records}
    assert not re.search("secret|home.example|amber|XYZZY", caplog.text)


async def test_a_port_that_is_taken_is_named(house) -> None:  # type: ignore[no-untyped-def]
    host, port = house.door.ports[0]
    settings = house.door.settings
    listen = (Address("127.0.0.1", 0), Address(host, port))
    other = SmtpServer(type(settings)(domain="x.example", smtp=type(settings.smtp)(listen=listen)), house.accept, None)
    with pytest.raises(PortTaken, match=rf"127\.0\.0\.1:{port} .*smtp\.listen"):
        await other.open()
    assert other.ports == []


async def test_closing_lets_letters_finish_and_sends_the_others_away(house) -> None:  # type: ignore[no-untyped-def]
    begun = asyncio.Event()

    async def slowly(_: Envelope) -> str:
        begun.set()
        await asyncio.sleep(0.1)
        return "accepted as k7f3q2"

    house.answer = slowly
    idle, sending, waiting = [await house.call() for _ in range(3)]
    await idle.hear()
    await sending.begin()
    await waiting.begin()
    await waiting.say(b"in hand\r\n.\r\n")
    await begun.wait()
    draining = asyncio.create_task(house.door.drain(30))
    assert (await idle.hear()).startswith("421 4.3.2 ")
    assert (await waiting.hear()).startswith("250 2.0.0 ")
    assert (await waiting.hear()).startswith("421 4.3.2 ")
    assert (await sending.ask(b"late\r\n.\r\n")).startswith("250 2.0.0 ")
    assert (await sending.hear()).startswith("421 4.3.2 ")
    assert await draining == 0
    assert sorted(envelope.content for envelope in house.letters) == [b"in hand\r\n", b"late\r\n"]


async def test_closing_waits_for_a_letter_whose_client_is_gone(house) -> None:  # type: ignore[no-untyped-def]
    begun = asyncio.Event()

    async def slowly(_: Envelope) -> str:
        begun.set()
        await asyncio.sleep(0.1)
        return "accepted as k7f3q2"

    house.answer = slowly
    talk = await house.call()
    await talk.begin()
    await talk.say(b"in hand\r\n.\r\n")
    await begun.wait()
    talk.close()
    assert await house.door.drain(30) == 0
    assert len(house.letters) == 1


async def test_closing_does_not_wait_for_ever(house) -> None:  # type: ignore[no-untyped-def]
    talk = await house.call()
    await talk.begin()
    assert await house.door.drain(0.05) == 0
    assert (await talk.hear()).startswith("421 4.3.2 ")
    assert await talk.hear() == ""


async def test_who_may_not_begin_hears_so_at_mail_and_may_try_again(open_house) -> None:  # type: ignore[no-untyped-def]
    house = await open_house()
    asked: list[tuple[str, int]] = []

    def beginning(peer: str, size: int) -> None:
        asked.append((peer, size))
        if size > 1000:
            raise StoreFull

    house.door.mail_from_checks = beginning
    talk = await house.call()
    await talk.hear()
    await talk.ask("EHLO client.example")
    assert (await talk.ask("MAIL FROM:<ann@home.example> SIZE=2000")).startswith("452 4.3.1 ")
    assert (await talk.ask(f"RCPT TO:<{RECIPIENT}>")).startswith("503 ")
    assert (await talk.ask("MAIL FROM:<ann@home.example> SIZE=1000")).startswith("250 ")
    assert asked == [("127.0.0.1", 2000), ("127.0.0.1", 1000)]


async def test_who_drips_a_letter_for_ever_is_sent_away_in_the_end(open_house, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("relay.smtp.server.connection._LONGEST_CONNECTION", 2.0)
    house = await open_house(idle_timeout=1.0)
    began = time.monotonic()
    talk = await house.call()
    await talk.begin()
    dripping = asyncio.create_task(talk.hear())
    while not dripping.done() and time.monotonic() - began < 20:
        with contextlib.suppress(ConnectionError):
            await talk.say(b"a line\r\n")
        await asyncio.sleep(0.02)
    heard = await dripping
    assert heard.startswith("421 4.4.2 ")
    assert time.monotonic() - began > 1.9
    assert house.letters == []


async def test_a_client_that_reads_nothing_is_cut_off(open_house, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("relay.smtp.server.connection._LINGER", 0.2)
    house = await open_house(idle_timeout=3, limits={"connections": 1})
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        client.connect(house.door.ports[0])
        await until(lambda: house.door._connections)
        (session,) = house.door._connections
        transport = session.transport
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1024)
        assert (await asyncio.to_thread(client.recv, 512)).startswith(b"220")  # who speaks earlier is not heard
        client.sendall(b"EHLO c.example\r\n" * 90)
        await until(transport.get_write_buffer_size)
        assert await house.has_room(), "the place was not given back"


async def test_a_line_without_end_takes_no_memory_and_ends(house) -> None:  # type: ignore[no-untyped-def]
    talk = await house.call()
    await talk.hear()
    tracemalloc.start()
    for _ in range(300):
        await talk.say(b"x" * 65536)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (await talk.ask(b"\r\n")).startswith("500 5.5.2 ")
    assert peak < 8 << 20
    assert (await talk.ask("NOOP")).startswith("250")
