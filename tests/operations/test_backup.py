"""A backup is made while the home is in use and restored to a new one. No file or home is overwritten."""

from __future__ import annotations

import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from relay.home import Home, HomeError
from relay.model import Identity, JournalEntry, NewDelivery, NewPair, Persona
from relay.operations.backup import back_up
from relay.operations.restore import restore
from relay.store import Acceptance, Store, StoreError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def opened(home: Home) -> Store:
    return await Store.open(home.db, home.read_vault())


async def write(store: Store) -> None:
    """One pair, and one letter still to be delivered."""
    mentor, mentee = Persona("Amber Heron", "a@relay.test"), Persona("Quiet River", "q@relay.test")
    people = Identity(("jane@real.example",)), Identity(("omar@home.example",))
    await store.directory.add_pairs([NewPair("p1", mentor, mentee, *people, "", "en", NOW)])
    entry = JournalEntry("j1", "p1", None, "letter", NOW, 3, 3)
    delivery = NewDelivery("d1", "j1", "omar@home.example", "b-1@relay.test", b"abc", NOW)
    await store.accept([Acceptance(entry, None, (delivery,), keep=True)])


@pytest.mark.parametrize("keys", [True, False])
async def test_deliveries_pairs_settings_and_templates_are_restored(home: Home, tmp_path: Path, keys: bool) -> None:
    store = await opened(home)
    (home.path / "templates").mkdir()
    (home.path / "templates" / "own.txt").write_text("own words")
    await write(store)
    await back_up(home, store, tmp_path / "b", NOW, keys=keys)
    await store.close()
    with tarfile.open(tmp_path / "b") as tar:
        assert any("vault" in name for name in tar.getnames()) == keys
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o600

    new = Home(tmp_path / "new")
    if not keys:
        new.path.mkdir()
        home.keys.rename(new.keys)
    assert (await restore(new, tmp_path / "b", NOW, hold=False)).due == 1
    again = await opened(new)
    claimed = (await again.queue.claim(NOW, 5)).deliveries
    assert [(d.recipient, d.content) for d in claimed] == [("omar@home.example", b"abc")]
    assert await again.directory.pair("p1") is not None
    await again.close()
    assert new.toml.read_text() == home.toml.read_text()
    assert (new.templates / "own.txt").read_text() == "own words"
    assert new.keys.stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in new.path.iterdir()) == ["keys", "relay.db", "relay.toml", "templates"]


async def test_restoring_with_hold_holds_all_deliveries(home: Home, tmp_path: Path) -> None:
    store = await opened(home)
    await write(store)
    await back_up(home, store, tmp_path / "b", NOW, keys=True)
    await store.close()
    new = Home(tmp_path / "new")
    await restore(new, tmp_path / "b", NOW, hold=True)
    again = await opened(new)
    assert await again.queue.counts() == {"queued": 0, "sending": 0, "held": 1}
    await again.close()


async def test_no_file_and_no_home_is_overwritten(home: Home, tmp_path: Path) -> None:
    store = await opened(home)
    await back_up(home, store, tmp_path / "b", NOW, keys=True)
    before = (tmp_path / "b").read_bytes()
    with pytest.raises(HomeError, match="exists already"):
        await back_up(home, store, tmp_path / "b", NOW, keys=True)
    await store.close()
    assert (tmp_path / "b").read_bytes() == before
    with pytest.raises(HomeError, match="home already"):
        await restore(home, tmp_path / "b", NOW, hold=False)


async def test_a_file_that_a_backup_cannot_hold_stops_the_backup(home: Home, tmp_path: Path) -> None:
    store = await opened(home)
    (home.path / "templates").mkdir()
    large = home.path / "templates" / "film.mp4"
    with large.open("wb") as film:
        film.truncate(5 * 1024 * 1024)
    with pytest.raises(HomeError, match=r"templates/film\.mp4 has more than 4 MiB"):
        await back_up(home, store, tmp_path / "b", NOW, keys=True)
    large.rename(large.with_name("two\nlines"))
    with pytest.raises(HomeError, match="is not a file name"):
        await back_up(home, store, tmp_path / "b", NOW, keys=True)
    await store.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home"]


@pytest.mark.parametrize("damage", ["cut", "rubbish", "other tar", "other key", "page"])
async def test_a_damaged_backup_leaves_the_folder_as_it_was(home: Home, tmp_path: Path, damage: str) -> None:
    store = await opened(home)
    await write(store)
    file = tmp_path / "b"
    await back_up(home, store, file, NOW, keys=damage != "other key")
    await store.close()
    new = Home(tmp_path / "new")
    content = file.read_bytes()
    if damage == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif damage == "rubbish":
        file.write_bytes(b"rubbish" * 1000)
    elif damage == "other tar":
        with tarfile.open(file, "w") as tar:
            tar.add(home.toml, "relay.toml")
    elif damage == "page":
        at = content.index(b"SQLite format 3")
        file.write_bytes(content[: at + 4096] + b"\xff" * 8192 + content[at + 12288 :])
    else:
        new.keys.mkdir(parents=True)
        new.vault_key.write_text("A" * 43 + "=\n")
    before = sorted(new.path.rglob("*")) if new.path.exists() else []
    with pytest.raises((HomeError, StoreError)):
        await restore(new, file, NOW, hold=False)
    assert sorted(new.path.rglob("*")) == before
