"""scripts/fill fills a home with pairs and delivered letters, and queues nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from relay.store import Store
from relay.vault import Vault, new_key, read_key

FILL = Path(__file__).parents[2] / "scripts" / "fill"


def fill(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"RELAY_VENV": str(Path(sys.executable).parents[1])}
    return subprocess.run(
        [FILL, home, *words], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
async def home(tmp_path: Path) -> Path:
    key = new_key()
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "vault.key").write_text(key)
    (tmp_path / "relay.toml").write_text('domain = "relay.example"\n')
    await Store.create(tmp_path / "relay.db", Vault(read_key(key)))
    return tmp_path


async def test_a_home_can_be_filled_twice_with_delivered_letters(home: Path) -> None:
    for _ in range(2):
        done = fill(home, "--letters", "30", "--pairs", "3")
        assert (done.returncode, done.stdout[:22]) == (0, "3 pairs and 30 letters"), done.stderr
    store = await Store.open(home / "relay.db", Vault(read_key((home / "keys" / "vault.key").read_text())))
    try:
        entries = [shown async for shown in store.journal.all()]
        assert len(await store.directory.pairs()) == 6
        assert await store.queue.rows() == []
    finally:
        await store.close()
    assert [(entry.outcome, len(content or b"")) for entry, content in entries] == [("delivered", 2048)] * 60


def test_a_folder_that_is_no_home_is_an_error_that_says_so(tmp_path: Path) -> None:
    done = fill(tmp_path, "--letters", "1")
    assert done.returncode == 1
    assert "relay init" in done.stderr
