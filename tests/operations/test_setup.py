"""relay init makes a whole home or nothing, and changes no folder that holds files."""

from __future__ import annotations

import fcntl
import stat
from pathlib import Path

import pytest

from relay.home import Home, HomeError
from relay.operations.setup import rendered, set_up
from relay.settings import Address
from relay.settings_file import load
from relay.store import Store


async def made(path: Path) -> Home:
    home = Home(path)
    await set_up(home, "relay.test", Address("::1", 2500), Address("mail.test", 25))
    return home


async def test_a_new_home_has_the_given_settings_and_an_empty_database(home: Home) -> None:
    settings = load(home.toml, {})
    assert settings.domain == "relay.test"
    assert settings.smtp.listen == (Address("127.0.0.1", 8025),)
    assert settings.delivery.smarthost == Address("127.0.0.1", 2525)
    assert settings.authenticity.verify == "self"
    store = await Store.open(home.db, home.read_vault())
    assert await store.directory.pairs() == []
    await store.close()
    assert {path.name for path in home.path.iterdir()} >= {"relay.toml", "relay.db", "keys"}
    assert not list(home.path.glob(".*"))


async def test_an_empty_folder_becomes_a_home_and_stays_the_same_folder(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.mkdir(mode=0o750)
    number = path.stat().st_ino
    home = await made(path)
    assert home.path.stat().st_ino == number
    assert load(home.toml, {}).smtp.listen == (Address("::1", 2500),)


async def test_parent_folders_are_made(tmp_path: Path) -> None:
    home = await made(tmp_path / "a/b/c")
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700


async def test_a_home_is_never_made_over_another(home: Home) -> None:
    before = home.vault_key.read_bytes()
    with pytest.raises(HomeError, match="is a home already"):
        await set_up(home, "other.test", None, None)
    assert home.vault_key.read_bytes() == before


async def test_a_folder_with_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(HomeError, match="is not empty"):
        await made(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


async def test_a_path_where_no_folder_can_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HomeError, match="cannot be made"):
        await made(tmp_path / "file")


async def test_an_error_half_way_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(text: str, mode: int = 0) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Home, "make_toml", lambda home, text: broken(text))
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "new", tmp_path / "empty"):
        with pytest.raises(OSError, match="No space"):
            await made(path)
    assert not (tmp_path / "new").exists()
    assert not list((tmp_path / "empty").iterdir())


async def test_leftovers_of_a_killed_init_are_replaced(tmp_path: Path) -> None:
    path = tmp_path / "home"
    (path / "keys").mkdir(parents=True)
    (path / "keys/vault.key").write_text("half")
    (path / ".relay-init").touch()
    home = await made(path)
    assert home.read_vault()
    assert not (path / ".relay-init").exists()


async def test_a_second_init_at_the_same_time_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "home"
    path.mkdir()
    with (path / ".relay-init").open("w") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        with pytest.raises(HomeError, match="another relay init is running"):
            await made(path)
    assert (path / ".relay-init").exists()


def test_only_given_values_differ_from_the_shipped_settings() -> None:
    shipped = 'domain = "{}"\n\n[smtp]\n# listen = no\nlisten = ["{}"]\n\n[authenticity]\nverify = "{}"\n'
    shipped += '\n[metrics]\nlisten = ""\n'
    made = rendered(shipped.format("x", "a", "self"), "d.test", Address("::1", 1), None)
    assert made == shipped.format("d.test", "[::1]:1", "self")
    with pytest.raises(HomeError, match=r"0 lines for smtp\.listen"):
        rendered('domain = "x"\n', "d.test", Address("::1", 1), None)
