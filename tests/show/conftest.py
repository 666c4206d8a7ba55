"""A stage for all tests of a module, because a home and two worker pools take a second to start."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from relay.show.guard import Guard
from relay.show.handlers import Handlers
from relay.show.http import Request, Response
from relay.show.stage import Stage
from relay.show.words import words_in

PORT = 8026
HOST = {"host": f"127.0.0.1:{PORT}"}
BOUNDARY = "----boundary"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder: Path = tmp_path_factory.mktemp("show")
    async with AsyncExitStack() as closing:
        yield await Stage.open(folder / "home", words_in("en").request(), closing)


@pytest.fixture
def handlers(stage: Stage) -> Handlers:
    return Handlers(stage, Guard(PORT), "en")


@pytest.fixture
def form() -> Callable[..., Request]:
    """A form as a browser submits it. ``files``: (name, media type, octets)."""

    def form(
        fields: dict[str, str], files: tuple[tuple[str, str, bytes], ...] = (), headers: dict[str, str] | None = None
    ) -> Request:
        parts = [
            f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()
        ]
        for name, kind, content in files:
            head = f'Content-Disposition: form-data; name="files"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
            parts.append(head.encode() + content)
        body = (
            b"".join(f"--{BOUNDARY}\r\n".encode() + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()
        )
        kind = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
        return Request("POST", "/write", {}, HOST | kind | (headers or {}), body)

    return form


@pytest.fixture
def look(handlers: Handlers) -> Callable[..., object]:
    """Gets a path of the page."""

    async def look(path: str, **query: str) -> Response:
        return await handlers(Request("GET", path, query, HOST))

    return look
