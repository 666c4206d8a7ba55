"""Fetches one small text file over HTTPS: a verified certificate, no redirects, bounded in size and time."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence

import h11

_LARGEST = 64 * 1024  # octets (RFC 8461 3.3)
_TIMEOUT = 60.0  # seconds for the whole fetch (RFC 8461 3.3)
_ADDRESSES = 3  # at most this many addresses of a host are tried
_PIECE = 16 * 1024  # octets


class NotFetched(Exception):  # noqa: N818
    """The file does not exist, cannot be reached, or breaks a rule of https_get."""


async def https_get(host: str, path: str, addresses: Sequence[str], port: int, tls: ssl.SSLContext) -> str:
    """The text at https://HOST/PATH. ``addresses`` are those of ``host``; ``tls`` must verify its certificate.

    Only status 200 with text/plain is accepted; redirects are not followed (RFC 8461 3.3). Raises NotFetched.
    """
    try:
        async with asyncio.timeout(_TIMEOUT):
            for address in addresses[:_ADDRESSES]:
                try:
                    reader, writer = await asyncio.open_connection(address, port, ssl=tls, server_hostname=host)
                except (OSError, ValueError):  # ssl.SSLError is an OSError; an invalid name raises ValueError
                    continue
                try:
                    return await _exchange(reader, writer, host, path)
                finally:
                    writer.transport.abort()
    except (OSError, h11.ProtocolError, UnicodeDecodeError) as error:  # TimeoutError is an OSError
        raise NotFetched from error
    raise NotFetched


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, path: str) -> str:
    http = h11.Connection(h11.CLIENT)
    headers = [("Host", host), ("Accept", "text/plain"), ("Accept-Encoding", "identity"), ("Connection", "close")]
    request = http.send(h11.Request(method="GET", target=path, headers=headers))
    end = http.send(h11.EndOfMessage())
    writer.write((request or b"") + (end or b""))
    body = bytearray()
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(await reader.read(_PIECE))
        elif isinstance(event, h11.Response):
            _check(event)
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > _LARGEST:
                raise NotFetched
        elif isinstance(event, h11.EndOfMessage):
            return body.decode("utf-8")
        elif not isinstance(event, h11.InformationalResponse):
            raise NotFetched


def _check(response: h11.Response) -> None:
    """Raises NotFetched unless the response is 200 with an uncompressed text/plain."""
    headers = {bytes(name): bytes(value).strip().lower() for name, value in response.headers}
    content_type = headers.get(b"content-type", b"").partition(b";")[0].strip()
    encoding = headers.get(b"content-encoding", b"identity")
    if response.status_code != 200 or content_type != b"text/plain" or encoding != b"identity":
        raise NotFetched
