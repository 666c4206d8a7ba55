"""A small HTTP/1.1 server (RFC 9112) on loopback: h11 reads and writes, one request a connection."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import h11

log = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "::1")
MOST_OCTETS = 40 * 1024 * 1024  # of a request's body
_READ = 64 * 1024
_SECONDS = 60.0  # for reading one request


@dataclass(frozen=True, slots=True)
class Request:
    """A request. ``headers``: names in lower case; ``query``: the last value of each parameter."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """A response. ``headers`` are added to Content-Length and Connection."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Handle = Callable[[Request], Awaitable[Response]]


class BadRequest(Exception):  # noqa: N818 -- the name of the status
    """A request cannot be read. ``status`` is 400 or 413."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


async def bind(port: int, handle: Handle) -> list[asyncio.Server]:
    """Bind ``port`` (0: a free one) of both loopback addresses, of which only the first must be available. The servers
    answer once they are started. Raises OSError, with a message for the operator.
    """

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _converse(reader, writer, handle)

    try:
        servers = [await asyncio.start_server(serve, LOOPBACK[0], port, start_serving=False)]
    except OSError as error:
        raise OSError(f"cannot listen on {LOOPBACK[0]}:{port} ({error.strerror}); choose another with --port") from None
    with contextlib.suppress(OSError):  # a machine without IPv6
        servers.append(await asyncio.start_server(serve, LOOPBACK[1], port_of(servers), start_serving=False))
    return servers


def port_of(servers: list[asyncio.Server]) -> int:
    """The port in use."""
    port: int = servers[0].sockets[0].getsockname()[1]
    return port


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handle: Handle) -> None:
    connection = h11.Connection(h11.SERVER)
    request: Request | None = None
    with contextlib.suppress(OSError, TimeoutError, h11.ProtocolError):
        try:
            async with asyncio.timeout(_SECONDS):
                request = await read_request(connection, reader)
            response = await _answer(request, handle) if request is not None else None
        except BadRequest as bad:
            response = Response(bad.status, f"{bad}\n".encode(), {"Content-Type": "text/plain"})
        if response is not None:
            writer.write(_written(connection, response, alone=request is not None and request.method == "HEAD"))
            await writer.drain()
    writer.close()


async def _answer(request: Request, handle: Handle) -> Response:
    try:
        return await handle(request)
    except Exception as error:  # a page shows what happened, never a traceback
        log.error("%s failed: %s", request.method, type(error).__name__)
        return Response(500, b"Something went wrong. Go back and try again.\n", {"Content-Type": "text/plain"})


async def read_request(connection: h11.Connection, reader: asyncio.StreamReader) -> Request | None:
    """The request that arrives; None when the client closes instead. Raises BadRequest."""
    head: h11.Request | None = None
    body: list[bytes] = []
    while True:
        try:
            event = connection.next_event()
        except h11.RemoteProtocolError:
            raise BadRequest(400, "This is not HTTP.") from None
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(_READ))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body.append(bytes(event.data))
            if sum(map(len, body)) > MOST_OCTETS:
                raise BadRequest(413, "The letter is too large: go back and choose smaller files.")
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            return _request(head, b"".join(body))
        else:
            return None


def _request(head: h11.Request, body: bytes) -> Request:
    target = urlsplit(head.target.decode("ascii", "replace"))
    query = {name: values[-1] for name, values in parse_qs(target.query, max_num_fields=20).items()}
    headers = {name.decode("ascii"): value.decode("latin-1") for name, value in head.headers}
    return Request(head.method.decode("ascii"), target.path, query, headers, body)


def _written(connection: h11.Connection, response: Response, *, alone: bool) -> bytes:
    """The octets of a response; ``alone``: without its body, as HEAD asks (RFC 9110 9.3.2)."""
    headers = {**response.headers, "Content-Length": str(len(response.body)), "Connection": "close"}
    if connection.our_state is h11.ERROR or connection.their_state is h11.ERROR:
        connection = h11.Connection(h11.SERVER)
    parts = (
        connection.send(h11.Response(status_code=response.status, headers=list(headers.items()))),
        connection.send(h11.Data(data=b"" if alone else response.body)),
        connection.send(h11.EndOfMessage()),
    )
    return b"".join(part for part in parts if part)
