"""The server on loopback: requests whole or cut off, too large or no HTTP, and errors without a traceback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from relay.show import http
from relay.show.http import Request, Response, bind, port_of


async def handle(request: Request) -> Response:
    if request.path == "/fail":
        raise RuntimeError("secret")
    return Response(200, f"{request.method} {request.query} {request.body.decode()}".encode())


@pytest.fixture
async def port() -> AsyncIterator[int]:
    servers = await bind(0, handle)
    for server in servers:
        await server.start_serving()
    yield port_of(servers)
    for server in servers:
        server.close()


async def exchange(port: int, octets: bytes, host: str = "127.0.0.1") -> bytes:
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(octets)
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize(
    ("octets", "status", "within"),
    [
        (b"GET /?a=1&a=2 HTTP/1.1\r\nHost: x\r\n\r\n", b"200", b"GET {'a': '2'}"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi", b"200", b"POST {} hi"),
        (b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", b"200", b"Content-Length: 8\r\nConnection: close\r\n\r\n"),
        (b"GET /fail HTTP/1.1\r\nHost: x\r\n\r\n", b"500", b"Go back"),
        (b"\x16\x03\x01\x02\x00 TLS\r\n\r\n", b"400", b"not HTTP"),
        (b"GET / HTTP/1.1\r\n\r\n", b"400", b"not HTTP"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 40_000, b"400", b"not HTTP"),
    ],
)
async def test_a_request_is_answered(port: int, octets: bytes, status: bytes, within: bytes) -> None:
    answer = await exchange(port, octets)
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert within in answer
    assert b"secret" not in answer


async def test_a_client_that_leaves_gets_nothing(port: int) -> None:
    assert await exchange(port, b"") == b""


async def test_a_body_over_the_limit_is_refused(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MOST_OCTETS", 10)
    answer = await exchange(port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n" + b"x" * 20)
    assert answer.startswith(b"HTTP/1.1 413")


async def test_a_port_in_use_is_explained(port: int) -> None:
    with pytest.raises(OSError, match="choose another with --port"):
        await bind(port, handle)
