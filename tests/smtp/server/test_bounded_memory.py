"""What clients can make the server hold: letters before their answer, octets sent ahead, connections."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace

import pytest

from relay.model import Envelope
from relay.refusals import Stranger
from relay.settings import AuthenticitySettings, LimitSettings
from relay.smtp.server.smtp_server import SmtpServer
from relay.smtp.server.stream import MOST_AHEAD

from ..conftest import SETTINGS, House, Talk, reset_when_closed, until

MIB = 1 << 20
FULL = "450 4.3.1 "


@pytest.fixture
def traced() -> Iterator[None]:
    gc.collect()
    gc.disable()
    tracemalloc.start()
    yield
    tracemalloc.stop()
    gc.enable()


async def begun(house: House, address: str, octets: int, size: int = 0) -> Talk:
    """A client from ``address`` whose letter stops after ``octets``; back when the server has them."""
    talk = await house.call(address)
    await talk.hear()
    await talk.ask("EHLO client.example")
    await talk.ask("MAIL FROM:<ann@home.example>" + (f" SIZE={size}" if size else ""))
    await talk.ask("RCPT TO:<amber@relay.example.org>")
    assert (await talk.ask("DATA")).startswith("354")
    before = house.door.budget.held
    await talk.say(b"x" * octets)
    # Some octets may be the beginning of the end.
    await until(lambda: house.door.budget.held >= before + octets - 4 or house.door.budget.held < before)
    return talk


async def test_over_the_share_of_its_network_a_letter_is_dropped_at_once_and_hears_so_at_the_dot(
    open_house, traced
) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(
        limits={"unproven_octets_per_network": 8 * MIB, "unproven_octets": 0}, max_message_size=6 * MIB
    )
    first = await begun(house, "127.0.5.1", 5 * MIB)
    second = await begun(house, "127.0.5.1", 1 * MIB)
    before = tracemalloc.get_traced_memory()[0]
    await second.say(b"x" * 3 * MIB)
    await until(lambda: house.door.budget.held <= 5 * MIB)
    assert tracemalloc.get_traced_memory()[0] < before - MIB // 2
    assert (await second.ask(b"\r\n.\r\n")).startswith(FULL)
    assert (await second.ask("NOOP")).startswith("250")
    assert (await first.ask(b"\r\n.\r\n")).startswith("250 ")
    assert [len(envelope.content) for envelope in house.letters] == [5 * MIB + 2]
    assert house.door.budget.held == 0


async def test_a_size_that_has_no_room_hears_so_at_data_and_a_small_one_passes(open_house) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(
        limits={"unproven_octets_per_network": 8 * MIB, "unproven_octets": 0}, max_message_size=6 * MIB
    )
    await begun(house, "127.0.5.1", 5 * MIB)
    talk = await house.call("127.0.5.1")
    await talk.hear()
    for words, reply in (
        ("EHLO client.example", "250"),
        (f"MAIL FROM:<ann@home.example> SIZE={4 * MIB}", "250 "),
        ("RCPT TO:<amber@relay.example.org>", "250 "),
        ("DATA", FULL),
        ("RSET", "250 "),
        ("MAIL FROM:<ann@home.example> SIZE=4000", "250 "),
        ("RCPT TO:<amber@relay.example.org>", "250 "),
        ("DATA", "354 "),
        ("a letter\r\n.", "250 "),
    ):
        assert (await talk.ask(words)).startswith(reply), words


async def test_when_the_whole_is_full_the_silent_letter_of_who_holds_most_is_freed_for_a_newcomer(
    open_house, traced
) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(limits={"unproven_octets": 8 * MIB}, max_message_size=6 * MIB)
    large = [await begun(house, "127.0.5.1", 2 * MIB) for _ in range(2)]
    other = await begun(house, "127.0.5.2", 2 * MIB + MIB // 2)
    before = tracemalloc.get_traced_memory()[0]
    newcomer = await begun(house, "127.0.5.3", 1 * MIB)
    # Nobody but the newcomer said anything meanwhile.
    await until(lambda: house.door.budget.held < 7 * MIB)
    assert tracemalloc.get_traced_memory()[0] < before
    for talk, reply in ((newcomer, "250 "), (other, "250 "), (large[0], "250 "), (large[1], FULL)):
        assert (await talk.ask(b"\r\n.\r\n")).startswith(reply)


async def test_a_letter_counts_until_it_is_answered_even_if_its_client_is_gone(open_house) -> None:  # type: ignore[no-untyped-def]
    house = await open_house()
    go_on = asyncio.Event()

    async def slowly(_: Envelope) -> str:
        await go_on.wait()
        return "accepted as k7f3q2"

    house.answer = slowly
    talk = await begun(house, "127.0.5.1", 100_000)
    await talk.say(b"\r\n.\r\n")
    await until(lambda: house.door._answering)
    reset_when_closed(talk)
    talk.close()
    await until(lambda: not house.door._connections)
    assert house.door.budget.held == 100_002
    gone = await begun(house, "127.0.5.2", 100_000)
    gone.close()
    await until(lambda: house.door.budget.held == 100_002)
    go_on.set()
    await until(lambda: not house.door.budget.held)
    assert len(house.letters) == 1


async def test_no_more_than_half_is_being_answered_and_the_next_waits_its_turn(open_house) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(limits={"unproven_octets": 8 * MIB}, max_message_size=3 * MIB)
    running, go_on = [], asyncio.Event()

    async def slowly(envelope: Envelope) -> str:
        running.append(envelope.peer)
        await go_on.wait()
        return "accepted as k7f3q2"

    house.answer = slowly
    talks = [await begun(house, f"127.0.5.{n}", 3 * MIB - 10) for n in range(1, 3)]
    for talk in talks:
        await talk.say(b"\r\n.\r\n")
    small = await begun(house, "127.0.5.9", 1000)
    await small.say(b"\r\n.\r\n")
    await until(lambda: len(running) == 2)
    assert running == ["127.0.5.1", "127.0.5.9"]
    go_on.set()
    for talk in (*talks, small):
        assert (await talk.hear()).startswith("250 ")


async def test_who_waits_for_its_turn_too_long_hears_so(open_house) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(limits={"unproven_octets": 6 * MIB}, max_message_size=3 * MIB, idle_timeout=1.0)
    go_on = asyncio.Event()

    async def slowly(_: Envelope) -> str:
        await go_on.wait()
        return "accepted as k7f3q2"

    house.answer = slowly
    first, second = [await begun(house, f"127.0.5.{n}", 2 * MIB) for n in range(1, 3)]
    await first.say(b"\r\n.\r\n")
    assert (await second.ask(b"\r\n.\r\n")).startswith(FULL)
    go_on.set()
    assert (await first.hear()).startswith("250 ")
    assert house.door.budget.held == 0


@pytest.mark.parametrize("flaw", [b"\0", b"\n", b"x" * 70_000])
async def test_a_letter_refused_for_its_form_holds_nothing_afterwards(flaw: bytes, open_house) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(limits={"unproven_octets": 400_000}, max_message_size=70_000)
    for _ in range(3):
        assert (await house.deliver(b"x" * 60_000 + flaw + b"\r\n"))[:3] in ("552", "554")
        assert house.door.budget.held == house.door.budget._answering == 0
        assert house.door.budget._letters == {}


async def test_a_refused_letter_is_out_of_memory_without_the_garbage_collector(open_house, traced) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(max_message_size=8 * MIB)

    async def deeper(envelope: Envelope) -> str:
        """As exceptions travel in real life: through futures, and one raised from another."""
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        future.set_exception(KeyError(len(envelope.content)))
        try:
            return await future
        except KeyError as error:
            raise Stranger from error

    house.answer = deeper
    talk = await begun(house, "127.0.5.1", 7 * MIB)
    assert (await talk.ask(b"\r\n.\r\n")).startswith("550 ")
    await asyncio.sleep(0.05)
    assert tracemalloc.get_traced_memory()[0] < 2 * MIB


@pytest.mark.parametrize(("verify", "taken"), [("self", False), ("upstream", True), ("none", True)])
async def test_behind_another_mail_server_only_the_whole_counts(verify: str, taken: bool) -> None:
    async def accept(_: Envelope) -> str:
        return "ok"

    limits = LimitSettings(unproven_octets_per_network=MIB, unproven_octets=100 * MIB)
    settings = replace(SETTINGS, limits=limits, authenticity=AuthenticitySettings(verify=verify))
    budget = SmtpServer(settings, accept, None).budget
    dropped: list[int] = []
    for number in range(10):
        budget.hold(budget.open("192.0.2.1", 0, lambda number=number: dropped.append(number)), 900_000)  # type: ignore[misc]
    assert (dropped == []) is taken


async def test_what_is_sent_ahead_of_an_answer_is_limited_and_the_letter_still_taken(open_house, traced) -> None:  # type: ignore[no-untyped-def]
    house = await open_house()
    go_on = asyncio.Event()

    async def slowly(_: Envelope) -> str:
        await go_on.wait()
        return "accepted as k7f3q2"

    house.answer = slowly
    talks = [await begun(house, "127.0.5.1", 10) for _ in range(20)]
    for talk in talks:
        await talk.say(b"\r\n.\r\n")
    await until(lambda: len(house.door._answering) == len(talks))
    before = tracemalloc.get_traced_memory()[0]
    for talk in talks:
        talk.writer.write(b"NOOP\r\n" * 50_000)  # 300 kB each; what is not read stays with us, the client
    await asyncio.sleep(0.3)
    held = sum(len(connection._reader._buffer) for connection in house.door._connections)
    assert held <= len(talks) * MOST_AHEAD
    assert tracemalloc.get_traced_memory()[0] - before < len(talks) * (300_000 + MOST_AHEAD + 50_000)
    go_on.set()
    await until(lambda: not house.door._connections)
    assert len(house.letters) == len(talks)
    for talk in talks:
        # A reset, for what nobody has read, may overtake what was said.
        heard = [await talk.hear() for _ in range(3)]
        assert heard[0].startswith("250 2.0.0 accepted") or not heard[0]
        assert heard[1].startswith("421 4.7.0 too many commands at once") or not heard[1]
        assert not heard[2]


async def test_nothing_is_missing_from_a_letter_whose_client_did_not_wait(open_house) -> None:  # type: ignore[no-untyped-def]
    """Octets that were dropped end the connection; they never leave a gap."""
    house = await open_house()
    talk = await house.call()
    await talk.hear()
    body = b"".join(b"line %d\r\n" % n for n in range(40_000))
    letter = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<x@relay.example.org>\r\nDATA\r\n" + body + b".\r\n"
    talk.writer.write(b"EHLO client.example\r\n" + letter * 3 + b"QUIT\r\n")
    while await talk.hear():
        pass
    assert {envelope.content for envelope in house.letters} <= {body}
    assert house.letters


async def test_a_letter_of_which_octets_were_dropped_is_not_taken(open_house) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(limits={"recipients": 0})
    talk = await house.call()
    await talk.hear()
    await talk.ask("EHLO client.example")
    await talk.ask("MAIL FROM:<a@b.example>")
    (connection,) = house.door._connections
    connection.data_received(b"RCPT TO:<x@relay.example.org>\r\n" * 50 + b"DATA\r\nhalf a let")
    while connection._stream._waiting:
        await asyncio.sleep(0)
    # Fifty commands are obeyed, and before DATA the others have their turn: more comes than may be kept.
    connection.data_received(b"x" * MOST_AHEAD + b"x")
    connection.data_received(b"ter\r\n.\r\n")
    heard = [(await talk.hear())[:9] for _ in range(53)]
    assert heard == ["250 2.1.5"] * 50 + ["354 send ", "421 4.7.0", ""]
    assert house.letters == []


async def test_when_all_connections_are_taken_a_newcomer_gets_one_of_who_has_most(open_house) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(limits={"connections": 6, "connections_per_peer": 4})
    many = [await begun(house, "127.0.5.1", 1000) for _ in range(4)]
    two = [await begun(house, "127.0.5.2", 1000) for _ in range(2)]
    newcomer = await begun(house, "127.0.5.3", 10)
    assert (await many[3].hear()).startswith("421 4.7.0 too many connections")
    assert house.door.budget.held < 5 * 1000 + 100
    refused = await house.call("127.0.5.1")
    assert (await refused.hear()).startswith("421 4.7.0 too many connections")
    for talk in (newcomer, *two, *many[:3]):
        assert (await talk.ask(b"\r\n.\r\n")).startswith("250 ")


async def test_a_connection_whose_letter_is_being_answered_does_not_give_way(open_house) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(limits={"connections": 3})
    go_on = asyncio.Event()

    async def slowly(_: Envelope) -> str:
        await go_on.wait()
        return "accepted as k7f3q2"

    house.answer = slowly
    talks = [await begun(house, "127.0.5.1", 10) for _ in range(3)]
    await talks[2].say(b"\r\n.\r\n")
    await until(lambda: house.door._answering)
    newcomer = await house.call("127.0.5.2")
    assert (await newcomer.hear()).startswith("220 ")
    assert (await talks[1].hear()).startswith("421 ")
    go_on.set()
    assert (await talks[2].hear()).startswith("250 ")
