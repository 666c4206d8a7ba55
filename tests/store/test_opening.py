"""The database file: created once; opened only when it is complete, of relay, of a known version and of this key."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from relay.store import Store, StoreDamaged, StoreError, StoreMissing, StoreNewer
from relay.store.engine.sqlite import APPLICATION_ID
from relay.vault import Vault


def change(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(sql)


async def test_a_new_store_opens_and_is_empty(store: Store) -> None:
    assert await store.directory.pairs() == []
    assert await store.journal.list() == []
    assert await store.queue.counts() == {"queued": 0, "sending": 0, "held": 0}
    await store.check()


async def test_only_its_owner_may_read_the_file_and_its_log(store: Store, path: Path, make) -> None:
    await store.directory.add_pairs([make.pair()])
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


async def test_creating_leaves_nothing_beside_the_file(path: Path, vault: Vault) -> None:
    await Store.create(path, vault)
    assert [file.name for file in path.parent.iterdir()] == ["relay.db"]


@pytest.mark.parametrize("content", [b"", b"somebody's file"])
async def test_creating_over_an_existing_file_fails_and_leaves_it_unchanged(
    path: Path, vault: Vault, content: bytes
) -> None:
    path.write_bytes(content)
    with pytest.raises(StoreError, match="exists already"):
        await Store.create(path, vault)
    assert path.read_bytes() == content


async def test_creating_in_a_missing_folder_is_an_error_that_says_so(tmp_path: Path, vault: Vault) -> None:
    with pytest.raises(StoreError, match="check that the folder exists"):
        await Store.create(tmp_path / "nowhere" / "relay.db", vault)


async def test_a_missing_file_is_an_error_and_is_not_created(path: Path, vault: Vault) -> None:
    with pytest.raises(StoreMissing, match="relay restore"):
        await Store.open(path, vault)
    assert not path.exists()


async def test_an_empty_file_counts_as_missing(path: Path, vault: Vault) -> None:
    path.touch()
    with pytest.raises(StoreMissing, match="empty"):
        await Store.open(path, vault)


async def test_a_file_that_is_no_database_is_damaged(path: Path, vault: Vault) -> None:
    path.write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(StoreDamaged, match="relay restore"):
        await Store.open(path, vault)


async def test_the_database_of_another_program_is_refused_and_not_changed(path: Path, vault: Vault) -> None:
    change(path, "CREATE TABLE recipe (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(StoreDamaged, match="no database of relay"):
        await Store.open(path, vault)
    assert path.read_bytes() == before


async def test_a_newer_database_is_refused(path: Path, vault: Vault) -> None:
    await Store.create(path, vault)
    change(path, "PRAGMA user_version = 999")
    with pytest.raises(StoreNewer, match="install that version"):
        await Store.open(path, vault)


async def test_another_vault_key_is_refused(path: Path, vault: Vault) -> None:
    await Store.create(path, vault)
    with pytest.raises(StoreDamaged, match=r"vault\.key"):
        await Store.open(path, Vault(b"another key of thirty-two octets"))


async def test_an_overwritten_page_is_detected(path: Path, vault: Vault, make) -> None:
    await Store.create(path, vault)
    store = await Store.open(path, vault)
    await store.directory.add_pairs(
        [make.pair(f"pair{n}", (f"a{n}@x.example",), (f"b{n}@x.example",)) for n in range(99)]
    )
    await store.close()
    content = bytearray(path.read_bytes())
    root = sqlite3.connect(path)
    page = root.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'alias'").fetchone()[0]
    root.close()
    content[(page - 1) * 4096 : page * 4096] = b"\xa5" * 4096
    path.write_bytes(content)
    with pytest.raises(StoreDamaged, match="relay restore"):
        await Store.open(path, vault)


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_a_page_damaged_while_the_store_is_open_is_found_by_a_check(store: Store, path: Path, make) -> None:
    await store.directory.add_pairs([make.pair()])
    change(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    with closing(sqlite3.connect(path)) as db:
        pages = [page for (page,) in db.execute("SELECT rootpage FROM sqlite_schema WHERE type = 'index'")]
    content = bytearray(path.read_bytes())
    for page in pages:
        content[(page - 1) * 4096 : page * 4096] = b"\xa5" * 4096
    path.write_bytes(content)
    with pytest.raises(StoreDamaged):
        await store.check()


async def test_a_truncated_file_is_detected(path: Path, vault: Vault) -> None:
    await Store.create(path, vault)
    path.write_bytes(path.read_bytes()[:-4096])
    with pytest.raises(StoreDamaged):
        await Store.open(path, vault)


async def test_a_truncated_large_file_is_detected_without_reading_it_all(
    path: Path, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.store.engine.sqlite._FULLY_CHECKED_OCTETS", 0)
    await Store.create(path, vault)
    await (await Store.open(path, vault)).close()
    path.write_bytes(path.read_bytes()[:-4096])
    with pytest.raises(StoreDamaged):
        await Store.open(path, vault)


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_the_writing_connection_has_the_pragmas_for_durability(store: Store) -> None:
    def settings(db: sqlite3.Connection) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "application_id", "busy_timeout")
        return {name: db.execute(f"PRAGMA {name}").fetchone()[0] for name in names}

    assert await store._writer.run(settings) == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "application_id": APPLICATION_ID,
        "busy_timeout": 30_000,
    }


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_the_reading_connection_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError):
        await store._reader.run(lambda db: db.execute("DELETE FROM proof"))


@pytest.mark.parametrize(("checkpoints", "pages"), [(True, 4000), (False, 0)])
async def test_only_a_store_opened_with_checkpoints_moves_the_log_into_the_file(
    path: Path, vault: Vault, checkpoints: bool, pages: int
) -> None:
    await Store.create(path, vault)
    store = await Store.open(path, vault, checkpoints=checkpoints)
    try:
        asked = await store._writer.run(lambda db: db.execute("PRAGMA wal_autocheckpoint").fetchone()[0])
    finally:
        await store.close()
    assert asked == pages


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_every_table_is_strict(store: Store) -> None:
    tables = await store._reader.run(lambda db: db.execute("PRAGMA table_list").fetchall())
    loose = [name for _, name, kind, _, _, strict in tables if kind == "table" and not strict]
    assert [name for name in loose if not name.startswith("sqlite_")] == []


async def test_a_closed_store_raises_an_error_that_says_so(path: Path, vault: Vault, make) -> None:
    await Store.create(path, vault)
    store = await Store.open(path, vault)
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.directory.pairs()
    with pytest.raises(StoreError, match="closed"):
        await store.directory.add_pairs([make.pair()])


async def test_two_processes_can_open_one_database(store: Store, place: Path | str, vault: Vault, make) -> None:
    beside = await Store.open(place, vault, checkpoints=False)
    try:
        await beside.directory.add_pairs([make.pair()])
        assert await store.directory.pair("k7f3q2") is not None
    finally:
        await beside.close()
    assert await store.directory.pair("k7f3q2") is not None


async def test_creating_over_a_postgresql_database_of_relay_fails_and_leaves_it_unchanged(
    empty_postgres: str, vault: Vault, make
) -> None:
    await Store.create(empty_postgres, vault)
    store = await Store.open(empty_postgres, vault)
    try:
        await store.directory.add_pairs([make.pair()])
        with pytest.raises(StoreError, match="holds a relay already"):
            await Store.create(empty_postgres, Vault(bytes(32)))
        assert await store.directory.pair("k7f3q2") is not None
    finally:
        await store.close()


async def test_a_postgresql_database_without_tables_is_missing_and_none_are_created(
    empty_postgres: str, vault: Vault
) -> None:
    for _ in range(2):
        with pytest.raises(StoreMissing, match="relay store copy"):
            await Store.open(empty_postgres, vault)


async def test_an_unreachable_postgresql_server_is_not_reported_as_an_empty_database(
    vault: Vault, unused_tcp_port: int
) -> None:
    with pytest.raises(StoreError) as told:
        await Store.open(f"postgresql://nobody@127.0.0.1:{unused_tcp_port}/none", vault)
    assert not isinstance(told.value, StoreMissing | StoreDamaged)


FAILING = """
from relay.store import Store

async def test_fails(path, vault, open_store):
    await Store.create(path, vault)
    store = await open_store(path)
    assert await store.directory.pairs() == ["no such pair"]
"""


def test_a_failed_test_does_not_keep_pytest_from_ending(tmp_path: Path) -> None:
    """The threads of an open store are not daemons."""
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path)
    (tmp_path / "test_failing.py").write_text(FAILING)
    # A folder of its own: pytest closes the shared one to other users when it begins, and a PostgreSQL server that runs
    # there as another user stops.
    place = f"--basetemp={tmp_path / 'temporary'}"
    run = [sys.executable, "-m", "pytest", "-q", "-o", "asyncio_mode=auto", "-p", "no:cacheprovider", place]
    done = subprocess.run([*run, str(tmp_path)], cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert done.returncode == 1
    assert b"1 failed" in done.stdout
