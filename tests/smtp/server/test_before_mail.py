"""What a client can make the server do before a letter of its own is begun: each flood ends soon, and nobody waits."""

from __future__ import annotations

import asyncio
import contextlib
import tracemalloc

import pytest

from relay.refusals import TooMuchMail

RECIPIENT = "amber@relay.example.org"
FLOODS = [
    b"NOOP\r\n",
    b"EHLO client.example\r\n",
    b"HELO client.example\r\n",
    b"RSET\r\n",
    b"VRFY amber\r\n",
    b"HELP\r\n",
    b"HELP " + b"x" * 2000 + b"\r\n",
    b"MAIL FROM:<ann@home.example>\r\nRSET\r\n",
    b"MAIL FROM:<>\r\n",
    b"RCPT TO:<amber@relay.example.org>\r\n",
    b"DATA\r\n",
    b"AUTH PLAIN AGE=\r\n",
    b"STARTTLS\r\n",
    b"\r\n",
    b"x" * 2040 + b"\r\n",
    b"x" * 4000 + b"\r\n",
    b"RCPT TO:<" + b"a" * 2000 + b"@relay.example.org>\r\n",
    b"MAIL FROM:<a@" + b"a." * 120 + b"!>\r\n",
    "MAIL FROM:<a@é.é> SMTPUTF8\r\n".encode(),
    b"\xff\xfe\r\n",
    b"\0\r\n",
]


async def flooded(talk, line: bytes, octets: int) -> list[str]:  # type: ignore[no-untyped-def]
    """The replies to ``octets`` of ``line``, all sent at once, to the end of the connection."""

    async def say() -> None:
        with contextlib.suppress(ConnectionError):
            await talk.say(line * (octets // len(line)))

    saying = asyncio.create_task(say())
    replies = []
    while reply := await talk.hear():
        replies.append(reply)
    await saying
    return replies


@pytest.mark.parametrize("line", FLOODS, ids=lambda line: repr(line[:24]))
async def test_a_flood_of_commands_is_ended_after_a_few(line: bytes, house) -> None:  # type: ignore[no-untyped-def]
    talk = await house.call()
    await talk.hear()
    await talk.ask("EHLO client.example")
    obeyed = []
    connection = next(iter(house.door._connections))
    obey = connection._commands.obey

    async def counted(line: bytes):  # type: ignore[no-untyped-def]
        obeyed.append(line)
        return await obey(line)

    connection._commands.obey = counted
    await flooded(talk, line, 2_000_000)
    await asyncio.wait_for(connection._handler_coroutine, 30)
    assert len(obeyed) <= 210
    assert house.letters == []


async def test_who_is_put_off_at_mail_again_and_again_is_sent_away(house) -> None:  # type: ignore[no-untyped-def]
    asked = 0

    def full(peer: str, size: int) -> None:
        nonlocal asked
        asked += 1
        raise TooMuchMail

    house.door.mail_from_checks = full
    talk = await house.call()
    await talk.hear()
    await talk.ask("EHLO client.example")
    answers = [await talk.ask("MAIL FROM:<ann@home.example>") for _ in range(101)]
    assert {answer[:9] for answer in answers[:100]} == {"450 4.7.1"}
    assert answers[100].startswith("421 4.7.0 many commands and no letter")
    assert asked == 100


async def test_ten_thousand_recipients_at_once_let_others_speak(open_house) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(limits={"recipients": 0})
    first, other = await house.call(), await house.call()
    for talk in (first, other):
        await talk.hear()
        await talk.ask("EHLO client.example")
    await first.ask("MAIL FROM:<ann@home.example>")
    (of_first, of_other) = sorted(house.door._connections, key=lambda c: not c._commands.letter_begun)
    obeyed: list[str] = []
    for connection, name in ((of_first, "first"), (of_other, "other")):
        obey = connection._commands.obey

        async def noted(line: bytes, obey=obey, name=name):  # type: ignore[no-untyped-def]
            obeyed.append(name)
            return await obey(line)

        connection._commands.obey = noted
    # What the loop reads in one go is one step for it: the other's command must come in between all the same.
    of_first.data_received(b"RCPT TO:<amber@relay.example.org>\r\n" * 5000)
    of_other.data_received(b"NOOP\r\n")
    assert (await other.hear()).startswith("250 ")
    assert obeyed.index("other") <= 100
    assert obeyed.count("first") < 1000


async def test_a_thousand_greeted_clients_hold_little(open_house) -> None:  # type: ignore[no-untyped-def]
    house = await open_house(limits={"connections": 0, "connections_per_peer": 0})
    tracemalloc.start()
    talks = [await house.call() for _ in range(100)]
    for talk in talks:
        await talk.hear()
        await talk.ask("EHLO client.example")
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held < 100 * 60_000  # both ends of each
