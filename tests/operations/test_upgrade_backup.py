"""Before a database of an earlier version is upgraded, a backup of it is made; without one nothing is upgraded."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections import namedtuple
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from relay.home import Home
from relay.operations.backup import back_up
from relay.operations.backup_file import unpack
from relay.operations.restore import restore
from relay.operations.upgrade_backup import KEPT, KEPT_FOR, backing_up, check_upgrades, remove_old
from relay.store import Store, StoreDamaged, StoreError
from relay.vault import Vault

from ..store.test_old_homes import VERSIONS, make_home

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PREVIOUS, LATEST = VERSIONS[-2:]
Usage = namedtuple("Usage", "total used free")


def old(home: Home, version: int) -> Home:
    """``home`` with a database of ``version`` in place of its own."""
    home.db.unlink()
    make_home(home.db, home.read_vault(), version)
    return home


async def upgrade(home: Home, now: datetime = NOW) -> Store:
    return await Store.open(home.db, home.read_vault(), before=backing_up(home, lambda: now))


def backups(home: Home) -> list[Path]:
    return sorted(home.upgrades.iterdir()) if home.upgrades.exists() else []


def version(file: Path) -> int:
    with closing(sqlite3.connect(file)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


@pytest.mark.parametrize("form", [one for one in VERSIONS if one < LATEST])
async def test_the_backup_holds_the_database_as_it_was(home: Home, tmp_path: Path, form: int) -> None:
    await (await upgrade(old(home, form))).close()
    assert version(home.db) == LATEST
    (file,) = backups(home)
    assert file.name == f"version-{form:03d}-20260301T120000Z.backup"
    assert file.stat().st_mode & 0o777 == 0o600
    (tmp_path / "out").mkdir()
    unpack(file, tmp_path / "out")
    assert version(tmp_path / "out" / "relay.db") == form
    assert not (tmp_path / "out" / "keys").exists()


async def test_the_backup_is_restored_by_relay_restore(home: Home, tmp_path: Path) -> None:
    await (await upgrade(old(home, PREVIOUS))).close()
    new = Home(tmp_path / "new")
    new.path.mkdir()
    shutil.copytree(home.keys, new.keys)
    assert (await restore(new, backups(home)[0], NOW, hold=True)).due == 3
    store = await Store.open(new.db, new.read_vault())
    assert {pair.id for pair in await store.directory.pairs()} == {"p1", "p2", "p3"}
    await store.close()


async def test_a_database_of_this_version_needs_no_backup(home: Home) -> None:
    await (await upgrade(home)).close()
    assert backups(home) == []
    assert list(check_upgrades(home)) == []


async def test_without_room_for_the_backup_nothing_is_upgraded(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    old(home, PREVIOUS)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9 - 10**6, 10**6))
    with pytest.raises(StoreError, match=r"needs \d+ MiB, and 0 MiB are free"):
        await upgrade(home)
    assert version(home.db) == PREVIOUS
    assert backups(home) == []


async def test_a_folder_that_cannot_be_written_stops_the_upgrade(home: Home) -> None:
    old(home, PREVIOUS)
    home.upgrades.write_text("no folder")
    with pytest.raises(StoreError, match="not upgraded"):
        await upgrade(home)
    assert version(home.db) == PREVIOUS


@pytest.mark.parametrize("form", [1, PREVIOUS])
async def test_with_a_wrong_key_neither_backup_nor_upgrade_is_made(home: Home, form: int) -> None:
    old(home, form)
    with pytest.raises(StoreDamaged):
        await Store.open(home.db, Vault(bytes(32)), before=backing_up(home, lambda: NOW))
    assert version(home.db) == form
    assert backups(home) == []


def put(home: Home, at: datetime) -> None:
    home.upgrades.mkdir(exist_ok=True)
    (home.upgrades / f"version-003-{at:%Y%m%dT%H%M%SZ}.backup").touch()


def test_the_newest_are_kept_and_none_for_longer_than_a_month(home: Home) -> None:
    for days in (1, 2, 3):
        put(home, NOW - timedelta(days=days))
    (home.upgrades / "note.txt").touch()
    remove_old(home, NOW)
    assert len(list(check_upgrades(home))) == KEPT
    remove_old(home, NOW + KEPT_FOR - timedelta(days=1, hours=1))
    (finding,) = check_upgrades(home)
    assert "deleted on 2026-03-30" in finding.what
    remove_old(home, NOW + KEPT_FOR)
    assert [file.name for file in backups(home)] == ["note.txt"]


async def test_a_backup_by_hand_leaves_these_out(home: Home, tmp_path: Path) -> None:
    put(home, NOW)
    store = await upgrade(home)
    await back_up(home, store, tmp_path / "b", NOW, keys=True)
    await store.close()
    (tmp_path / "out").mkdir()
    unpack(tmp_path / "b", tmp_path / "out")
    assert not (tmp_path / "out" / "upgrades").exists()


def test_whoever_opens_a_home_makes_the_backup() -> None:
    """restore opens the copy that it has just unpacked: the backup itself is the way back."""
    root = Path(__file__).parents[2] / "relay"
    calls = {
        str(file.relative_to(root)): call
        for file in root.rglob("*.py")
        for call in re.findall(r"Store\.open\((?:[^()]|\([^()]*(?:\([^()]*\))?[^()]*\))*\)", file.read_text("utf-8"))
        if "before=" not in call
    }
    assert list(calls) == ["operations/restore.py"]
