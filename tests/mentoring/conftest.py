"""Fixtures: an open store in a new home, a fixed time, and the writer of welcome letters."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from relay.home import Home
from relay.letters.templates import LetterTemplates
from relay.letters.welcome import Welcome
from relay.letters.write import Writer
from relay.message.write.dkim_sign import Signer
from relay.settings_file import load
from relay.store import Store


@pytest_asyncio.fixture
async def store(home: Home) -> AsyncIterator[Store]:
    opened = await Store.open(home.db, home.read_vault())
    yield opened
    await opened.close()


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture
def welcome(home: Home) -> Welcome:
    settings = load(home.toml, {})
    return Welcome(Writer(settings, LetterTemplates(home.templates), Signer(settings.domain, home.dkim_keys(settings))))
