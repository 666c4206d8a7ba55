"""Whether the PostgreSQL server of store.url takes a connection: opening the database waits longer for one."""

from __future__ import annotations

import asyncio
import contextlib
from urllib.parse import urlsplit

from relay.operations.findings import Finding, wrong
from relay.operations.name_lookup import addresses_of

_SECONDS = 3.0
_PORT = 5432


async def unreachable(url: str) -> Finding | None:
    """A finding when the one server that ``url`` names cannot be connected to; None also for other forms of URL."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORT
    except ValueError:  # several servers, or a socket's folder
        return None
    if host is None or "," in parts.netloc:
        return None
    remedy = "see whether it runs and this machine reaches it, and check its name and port in store.url"
    if not await addresses_of(host, _SECONDS):
        return wrong(f"the name of the PostgreSQL server {host} cannot be looked up", remedy)
    try:
        async with asyncio.timeout(_SECONDS):
            _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return wrong(f"the PostgreSQL server {host}:{port} cannot be reached", remedy)
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return None
