"""The HTTP endpoint for monitoring: /metrics, /healthz and /readyz, read only."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from relay.settings import Address

_TIMEOUT = 5.0  # seconds for one request
_TEXT = "text/plain; charset=utf-8"
_METRICS = "text/plain; version=0.0.4; charset=utf-8"
_MAX_REQUEST = 8192  # octets


class HttpEndpoint:
    """A small HTTP/1.1 server (RFC 9112). ``page`` returns the metrics; ``ready`` returns "" when letters can be
    accepted, else the reason, which names no person."""

    def __init__(self, page: Callable[[], Awaitable[bytes]], ready: Callable[[], Awaitable[str]]) -> None:
        self._page = page
        self._ready = ready
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port in use, also when 0 was configured."""
        port: int = self._server.sockets[0].getsockname()[1] if self._server else 0
        return port

    async def open(self, address: Address) -> None:
        """Listen. Raises OSError with a readable message when the address cannot be used."""
        try:
            self._server = await asyncio.start_server(self._serve, address.host, address.port, limit=_MAX_REQUEST)
        except OSError as error:
            raise OSError(
                f"cannot listen on {address} for metrics ({error.strerror}); choose another in metrics.listen"
            ) from error

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(_TIMEOUT):
                request = await reader.readuntil(b"\r\n\r\n")
                writer.write(await self._answer(request))
                await writer.drain()
        writer.close()

    async def _answer(self, request: bytes) -> bytes:
        method, _, rest = request.partition(b"\r\n")[0].partition(b" ")
        if method not in (b"GET", b"HEAD"):
            return _response("405 Method Not Allowed", b"only GET\n", more="Allow: GET, HEAD\r\n")
        path = rest.partition(b" ")[0].partition(b"?")[0]
        if path == b"/metrics":
            answer = _response("200 OK", await self._page(), _METRICS)
        elif path == b"/healthz":
            answer = _response("200 OK", b"alive\n")
        elif path == b"/readyz":
            why = await self._ready()
            answer = _response("503 Service Unavailable" if why else "200 OK", f"{why or 'ready'}\n".encode())
        else:
            answer = _response("404 Not Found", b"/metrics, /healthz, /readyz\n")
        return answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if method == b"HEAD" else answer


def _response(status: str, body: bytes, kind: str = _TEXT, more: str = "") -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{more}\r\n"
    )
    return head.encode() + body
