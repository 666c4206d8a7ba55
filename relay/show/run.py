"""Runs the page until SIGINT or SIGTERM, in a temporary folder that is deleted afterwards."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from relay.show.guard import Guard
from relay.show.handlers import Handlers
from relay.show.http import Request, Response, bind, port_of
from relay.show.stage import Stage
from relay.show.words import words_in


async def show(port: int, language: str, ready: Callable[[str], None]) -> None:
    """Show the page on ``port`` (0: a free one) of loopback; ``ready`` gets its address once it can be opened.

    Raises OSError when the port is in use, HomeError, StoreError.
    """
    stop = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    async with AsyncExitStack() as closing:
        begun: list[Handlers] = []

        async def handle(request: Request) -> Response:
            return await begun[0](request)

        servers = await bind(port, handle)
        for server in servers:
            closing.callback(server.close)
        words = words_in(language)
        folder = closing.enter_context(tempfile.TemporaryDirectory(prefix="relay-show-"))
        stage = await Stage.open(Path(folder) / "home", words.request(), closing)
        guard = Guard(port_of(servers))
        begun.append(Handlers(stage, guard, words.language))
        for server in servers:
            await server.start_serving()
        ready(f"http://{guard.hosts[0]}/?language={words.language}")
        await stop.wait()
