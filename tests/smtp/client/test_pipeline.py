"""Replies as they come over a real connection: in pieces, several at once, too long, or no replies at all."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from relay.smtp.client.pipeline import ConnectionLost, Pipeline
from relay.smtp.client.reply_outcome import ServerReply
from relay.smtp.server.tls import client_context

Open = Callable[..., Awaitable[Pipeline]]


@pytest.fixture
async def open_to() -> AsyncIterator[Open]:
    """A pipeline to a server that sends these pieces, one after the other, and then reads on."""
    servers: list[asyncio.Server] = []
    pipelines: list[Pipeline] = []

    async def make(*pieces: bytes) -> Pipeline:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.02)
            await reader.read()
            writer.close()

        servers.append(await asyncio.start_server(serve, "127.0.0.1", 0))
        port = servers[-1].sockets[0].getsockname()[1]
        _, pipeline = await asyncio.get_running_loop().create_connection(Pipeline, "127.0.0.1", port)
        pipelines.append(pipeline)
        return pipeline

    yield make
    for pipeline in pipelines:
        pipeline.abort()
    for server in servers:
        server.close()
    await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("pieces", "reply"),
    [
        ((b"220 far.example ESMTP\r\n",), ServerReply(220, "far.example ESMTP")),
        ((b"220\r\n",), ServerReply(220, "")),
        ((b"220\n",), ServerReply(220, "")),
        ((b"2", b"20", b" far", b".example\r", b"\n"), ServerReply(220, "far.example")),
        ((b"220-one\r\n220-\r\n", b"220 three\r\n"), ServerReply(220, "one\n\nthree")),
        ((b"220 \xff\r\n",), ServerReply(220, "\ufffd")),
        ((b"220 " + b"x" * 2000 + b"\r\n",), ServerReply(220, "x" * 2000)),
        ((b"220-" + b"x" * 1000 + b"\r\n") * 60 + b"220 end\r\n", ServerReply(220, "x" * 1000 + "\n...")),
    ],
)
async def test_a_reply_is_read(pieces: tuple[bytes, ...] | bytes, reply: ServerReply, open_to: Open) -> None:
    pipeline = await open_to(*((pieces,) if isinstance(pieces, bytes) else pieces))
    found = await pipeline.reply(20)
    if reply.text.endswith("..."):
        assert (found.code, found.text.count("\n")) == (220, 60)
    else:
        assert found == reply
    assert pipeline.ready
    assert not pipeline.garbled
    assert not pipeline.encrypted


@pytest.mark.parametrize(
    "pieces",
    [
        (b"far.example\r\n",),
        (b"2200 far.example\r\n",),
        (b"22\r\n",),
        (b"\r\n",),
        (b"22x far\r\n",),
        (b"220_far\r\n",),
        ("２２０ far\r\n".encode(),),
    ],
)
async def test_an_invalid_reply_ends_the_connection(pieces: tuple[bytes, ...], open_to: Open) -> None:
    pipeline = await open_to(*pieces)
    with pytest.raises(ConnectionLost):
        await pipeline.reply(20)
    assert pipeline.garbled
    assert not pipeline.ready


@pytest.mark.parametrize("piece", [b"220 " + b"x" * 2100, (b"220-" + b"x" * 1000 + b"\r\n") * 70])
async def test_an_endless_reply_ends_the_connection(piece: bytes, open_to: Open) -> None:
    pipeline = await open_to(piece)
    with pytest.raises(ConnectionLost):
        await pipeline.reply(20)
    assert not pipeline.ready


@pytest.mark.parametrize("more", [b"2", b"250-", b"250-half\r\n", b"250 whole\r\n", b"250 a\r\n250 b\r\n"])
async def test_nothing_is_sent_after_an_unexpected_reply(more: bytes, open_to: Open) -> None:
    pipeline = await open_to(b"220 far.example\r\n", more)
    assert (await pipeline.reply(20)).code == 220
    async with asyncio.timeout(20):
        while pipeline.ready:
            await asyncio.sleep(0.01)
    with pytest.raises(ConnectionLost):
        await pipeline.encrypt(client_context(), "far.example", 20)


async def test_pipelined_replies_are_matched_to_commands_in_order(open_to: Open) -> None:
    pipeline = await open_to(b"220 far.example\r\n", b"250 one\r\n250-two\r\n250 more\r\n354 three\r\n")
    await pipeline.reply(20)
    pipeline.send(b"A\r\nB\r\nC\r\n", replies=3)
    assert not pipeline.ready
    assert [(await pipeline.reply(20)).text for _ in range(3)] == ["one", "two\nmore", "three"]
    assert pipeline.ready


async def test_a_reply_after_the_timeout_is_discarded(open_to: Open) -> None:
    pipeline = await open_to(b"220 far.example\r\n")
    await pipeline.reply(20)
    pipeline.send(b"NOOP\r\n")
    with pytest.raises(ConnectionLost):
        await pipeline.reply(0.01)
    pipeline.data_received(b"250 late\r\n")
    assert not pipeline.ready
    with pytest.raises(ConnectionLost):
        pipeline.send(b"NOOP\r\n")


async def test_nothing_is_sent_before_a_connection_or_after_its_end(open_to: Open) -> None:
    pipeline = Pipeline()
    assert not (pipeline.ready or pipeline.encrypted)
    with pytest.raises(ConnectionLost):
        pipeline.send(b"NOOP\r\n")
    pipeline = await open_to(b"220 far.example\r\n")
    await pipeline.reply(20)
    pipeline.close()
    assert not pipeline.ready
    with pytest.raises(ConnectionLost):
        pipeline.send(b"NOOP\r\n")


async def test_a_reply_that_came_in_time_is_not_timed_any_more(open_to: Open) -> None:
    pipeline = await open_to(b"220 far.example\r\n")
    await pipeline.reply(0.3)
    await asyncio.sleep(0.4)
    assert pipeline.ready


async def test_a_reset_connection_is_lost_at_once() -> None:
    """asyncio then calls connection_lost without eof_received."""

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    _, pipeline = await asyncio.get_running_loop().create_connection(Pipeline, "127.0.0.1", port)
    async with asyncio.timeout(20):
        with pytest.raises(ConnectionLost):
            await pipeline.reply(3600)
    server.close()
