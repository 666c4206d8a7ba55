"""A home for every test that needs one: made once, copied for each."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

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
