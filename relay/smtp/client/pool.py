"""Keeps connections open between letters: a bounded number per server, each for 20 s idle and 100 letters."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from relay.smtp.client.smtp_client import Client, Server

_IDLE = 20.0  # seconds; RFC 5321 asks servers to wait 300, some wait 30 or less
_LETTERS = 100  # per connection

_Place = tuple[str, int]


class Pool:
    """At most ``most`` connections to one server at a time. A connection is reused only for letters with the same
    ``Server.protection``: one opened without verifying the certificate must not carry a letter that requires it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: defaultdict[Server, list[tuple[Client, asyncio.TimerHandle]]] = defaultdict(list)
        self._slots: dict[_Place, asyncio.Semaphore] = {}
        self._users: defaultdict[_Place, int] = defaultdict(int)
        self._closed = False

    @asynccontextmanager
    async def slot(self, server: Server) -> AsyncIterator[None]:
        """Wait until one more connection to ``server`` is allowed."""
        place = server.address, server.port
        slots = self._slots.get(place)
        if slots is None:
            slots = self._slots[place] = asyncio.Semaphore(self._most)
        self._users[place] += 1
        try:
            async with slots:
                yield
        finally:
            self._users[place] -= 1
            if not self._users[place]:
                del self._users[place], self._slots[place]

    def take(self, server: Server) -> Client | None:
        """A kept connection, the most recently used first, or None. The caller owns it."""
        kept = self._kept.get(server, [])
        while kept:
            client, timer = kept.pop()
            timer.cancel()
            if client.usable:
                return client
            client.drop()
        self._kept.pop(server, None)
        return None

    def give_back(self, server: Server, client: Client) -> None:
        """Keep ``client`` if it can send another letter; otherwise close it."""
        if self._closed or not client.usable or client.letters >= _LETTERS:
            client.drop()
            return
        timer = asyncio.get_running_loop().call_later(_IDLE, self._expire, server, client)
        self._kept[server].append((client, timer))

    async def close(self) -> None:
        """Send QUIT on every kept connection and close it; keep none from now on."""
        self._closed = True
        clients = []
        for kept in self._kept.values():
            for client, timer in kept:
                timer.cancel()
                clients.append(client)
        self._kept.clear()
        await asyncio.gather(*(client.leave() for client in clients))

    def _expire(self, server: Server, client: Client) -> None:
        left = [pair for pair in self._kept[server] if pair[0] is not client]
        if left:
            self._kept[server] = left
        else:
            del self._kept[server]
        client.drop()
