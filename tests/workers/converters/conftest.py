"""What tests of converters share: small old documents and films, and whether a sandbox can be made here."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from relay.workers.converters.sandbox import BWRAP, works

FILES = Path(__file__).parent / "files"


@pytest.fixture(scope="session")
def sandboxes() -> None:
    """Skips the test where no sandbox can be made."""
    if shutil.which(BWRAP) is None:
        pytest.skip("bubblewrap is not installed")
    if not asyncio.run(works()):
        pytest.skip("no sandbox can be made here")
