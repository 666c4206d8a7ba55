"""Harnesses of the two doors: the grammar of addresses, the letter after DATA, a dialogue, another server's answers."""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from relay.model import Envelope
from relay.outcomes import Deferred, Failed, Sent
from relay.refusals import Malformed, Refusal, TooLarge
from relay.settings import Address, LimitSettings, Settings, SmtpSettings
from relay.smtp.client.client_tls import ClientTls
from relay.smtp.client.connect import Unreachable, connect
from relay.smtp.client.reply_outcome import ServerReply, Stage, outcome_of
from relay.smtp.client.smtp_client import BrokenOff, Letter, Server
from relay.smtp.server import grammar, replies
from relay.smtp.server.data import Body
from relay.smtp.server.smtp_server import SmtpServer
from relay.smtp.server.transaction import Transaction

from .harness import Harness, text_of

DOMAIN = "relay.example.org"
LIMIT = 4096
REPLY = re.compile(rb"(\d\d\d)( |-)[\x20-\x7e]*\r\n")
ACCEPTED = b"250 2.0.0 accepted as "


def _grammar(octets: bytes) -> None:
    text = text_of(octets)
    try:
        found = grammar.mailbox(text)
        assert "\r" not in str(found) and "\n" not in str(found) and " " not in found.domain
        assert grammar.mailbox(str(found)) == found
    except grammar.NotAnAddress:
        pass
    transaction = Transaction(DOMAIN, LIMIT, 3)
    for line in text.split("\n")[:20]:
        try:
            transaction.mail(line, extended=True)
            transaction.rcpt(line)
        except (Refusal, replies.Declined, replies.Goodbye):
            pass


def meant(octets: bytes) -> tuple[str, bytes, bytes] | None:
    """What RFC 5321 says that ``octets`` after DATA are: how the letter is taken, the letter, and what follows it; None
    while it goes on. Written the slow and plain way."""
    end = (b"\r\n" + octets).find(b"\r\n.\r\n")
    if end < 0:
        return None
    body, rest = octets[:end], octets[end + 3 :]
    lines = [line[1:] if line[:1] == b"." else line for line in body.split(b"\r\n")]
    if b"\0" in body or re.search(rb"(?<!\r)\n|\r(?!\n)", body):
        return "malformed", b"", rest
    content = b"\r\n".join(lines)
    return ("too large" if len(content) > LIMIT else "taken"), content, rest


def _data(octets: bytes) -> None:
    step, octets = (octets[0] % 40 + 1, octets[1:]) if octets else (1, b"")
    body, rest = Body(LIMIT), None
    for begin in range(0, len(octets), step):
        rest = body.feed(octets[begin : begin + step])
        if rest is not None:
            rest += octets[begin + step :]
            break
        assert body.held <= LIMIT
    expected = meant(octets)
    assert (rest is None) == (expected is None)
    if expected is None:
        return
    try:
        content = body.content()
        how = "taken"
        assert content == expected[1]
    except TooLarge:
        how = "too large"
    except Malformed:
        how = "malformed"
    # A letter both too large and malformed may be either.
    assert how == expected[0] or (how == "too large" and expected[0] == "malformed")
    assert rest == expected[2]


@dataclass
class Conversation:
    """What came out of a door: its letters, and all that it said."""

    letters: list[Envelope] = field(default_factory=list)
    said: bytes = b""


async def conversation(octets: bytes) -> Conversation:
    """Say ``octets`` to a door of our own, all at once, and then no more; hear until it hangs up."""
    heard = Conversation()

    async def accept(envelope: Envelope) -> str:
        heard.letters.append(envelope)
        return f"accepted as {len(heard.letters)}"

    smtp = SmtpSettings(listen=(Address("127.0.0.1", 0),), hostname="mx.example", max_message_size=LIMIT)
    door = SmtpServer(Settings(domain=DOMAIN, smtp=smtp, limits=LimitSettings()), accept, None)
    await door.open()
    try:
        reader, writer = await asyncio.open_connection(*door.ports[0])
        heard.said = await reader.readline()
        writer.write(octets)
        writer.write_eof()
        async with asyncio.timeout(30):
            heard.said += await reader.read()
        writer.close()
    except ConnectionError:
        pass
    finally:
        await door.drain(1)
    return heard


def check_said(said: bytes, letters: int, spoken: bytes) -> None:
    """What must hold of all that a door said: whole lines of known form, as many promises as letters, no echo."""
    at = 0
    while at < len(said):
        line = REPLY.match(said, at)
        assert line is not None and len(line[0]) <= 512, said[at : at + 80]
        at = line.end()
    assert said.count(ACCEPTED) == letters
    for piece in re.findall(rb"[A-Za-z0-9_-]{12,}", spoken):
        assert piece not in said or piece.lower() in _OURS, piece


_OURS = b" ".join(
    replies.octets(one).lower() for one in vars(replies).values() if isinstance(one, replies.Reply)
) + b" enhancedstatuscodes mx.example this address takes letters only"  # fmt: skip


def _dialogue(octets: bytes) -> None:
    heard = asyncio.run(conversation(octets))
    check_said(heard.said, len(heard.letters), octets)
    for letter in heard.letters:
        assert all(recipient.endswith("@" + DOMAIN) for recipient in letter.recipients)
        assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\0", letter.content)


def _answers(octets: bytes) -> None:
    """The far server says ``octets``, whatever it hears, and hangs up."""

    async def talk() -> None:
        ended: list[asyncio.Task[None] | None] = []

        async def far(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            ended.append(asyncio.current_task())
            with contextlib.suppress(TimeoutError, ConnectionError):
                writer.write(octets)
                writer.write_eof()
                await asyncio.wait_for(reader.read(), 0.3)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

        server = await asyncio.start_server(far, "127.0.0.1", 0)
        try:
            await _hand_over(server.sockets[0].getsockname()[1])
        finally:
            server.close()
            # A connection that outlives its loop is found by the garbage collector, in the middle of another test.
            await asyncio.gather(*(task for task in ended if task is not None))

    asyncio.run(talk())


async def _hand_over(port: int) -> None:
    """One letter to the far server; whatever it says must come to one of the outcomes we know."""
    place = Server("127.0.0.1", port, "far.example", smarthost=False)
    try:
        client = await connect(place, "mx.example", 0.5, ClientTls(lambda: datetime.now(UTC)))
    except Unreachable as unreachable:
        assert re.fullmatch(r"[2-5]\d\d( [245]\.\d+\.\d+)?|[45]\.\d+\.\d+", unreachable.status)
        return
    try:
        outcome = await client.deliver(Letter("b@relay.example", "a@far.example", b"a\r\n", utf8=False))
        assert isinstance(outcome, Sent | Deferred | Failed)
        assert re.fullmatch(r"[2-5]\d\d( [245]\.\d+\.\d+)?|[45]\.\d+\.\d+", outcome.status), outcome.status
    finally:
        client.drop()


def _verdict(octets: bytes) -> None:
    code = int.from_bytes(octets[:2], "big") % 1000
    for stage in Stage:
        for smarthost in (True, False):
            outcome = outcome_of(stage, ServerReply(code, text_of(octets[2:])), smarthost=smarthost)
            assert len(outcome.status) < 20


_LETTER = b"EHLO x.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@relay.example.org>\r\nDATA\r\na\r\n.\r\nQUIT\r\n"
_MIXED = b"HELO x\r\nNOOP\r\nRSET\r\nVRFY a\r\nMAIL FROM:<>\r\nRCPT TO:<postmaster>\r\nDATA\r\n..\r\n"
_FAR = b"220 far\r\n250-far\r\n250 SIZE 9\r\n250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go\r\n250 2.0.0 ok\r\n"
_NO = _FAR[:40] + b"550 5.1.1 <a@far.example> no\r\n"
_PATHS = (b"FROM:<a@b.example> SIZE=1 BODY=8BITMIME", b'TO:<"a b"@relay.example.org>', b"a@[::1]")

HARNESSES = (
    Harness("smtp-grammar", _grammar, _PATHS, may=()),
    Harness("smtp-data", _data, (b"\x07a\r\n..\r\n.\r\nQUIT\r\n", b"\x01.\r\n"), may=(), seconds=1.0),
    Harness("smtp-dialogue", _dialogue, (_LETTER, _MIXED + b".\r\nQUIT\r\n" + _LETTER), may=(), longest=8192),
    Harness("smtp-answers", _answers, (_FAR, _NO), may=(BrokenOff,), longest=2048),
    Harness("smtp-verdict", _verdict, (b"\x02\x26 5.1.1 no",), may=()),
)
