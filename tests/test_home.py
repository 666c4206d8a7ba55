"""The home folder is found, and its keys are read and protected."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from relay.durable_files import write_new
from relay.home import Home, HomeError, working_directory
from relay.settings import DkimSettings, Settings


def test_the_home_is_given_by_option_then_environment_then_working_directory(tmp_path: Path) -> None:
    environ = {"RELAY_HOME": "/from/environment"}
    assert Home.find("here", environ, tmp_path).path == tmp_path / "here"
    assert Home.find(None, environ, tmp_path).path == Path("/from/environment")
    assert Home.find(None, {}, tmp_path).path == Path("/var/lib/relay")
    (tmp_path / "relay.toml").touch()
    assert Home.find(None, {}, tmp_path).path == tmp_path


def test_a_working_directory_that_the_user_may_not_look_into_is_no_home(tmp_path: Path) -> None:
    """As root types in /root: runuser -u relay -- relay check."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        assert Home.find(None, {}, closed).path == Path("/var/lib/relay")
    finally:
        os.seteuid(user)


def test_a_working_directory_that_was_deleted_is_no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert Home.find(None, {}, working_directory()).path == Path("/var/lib/relay")


def test_only_their_owner_can_read_the_keys_and_the_database(home: Home) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [home.keys, home.db, *home.keys.iterdir()]}
    assert modes.pop("keys") == 0o700
    assert set(modes.values()) == {0o600}
    dkim = {"relay-rsa.pem", "relay-ed25519.pem", "programme-rsa.pem", "programme-ed25519.pem"}
    assert set(modes) == {"vault.key", "relay.db", *dkim}


def test_the_vault_and_both_dkim_keys_are_read(home: Home) -> None:
    vault = home.read_vault()
    assert vault.open(vault.seal(b"x", "row"), "row") == b"x"
    keys = dict(home.dkim_keys(Settings("relay.test")))
    assert list(keys) == ["relay-rsa", "relay-ed25519"]
    assert all(pem.startswith("-----BEGIN PRIVATE KEY-----") for pem in keys.values())


def test_a_missing_vault_key_is_an_error_with_a_remedy(home: Home) -> None:
    home.vault_key.unlink()
    with pytest.raises(HomeError, match=r"is missing; bring it back from your backup"):
        home.read_vault()


@pytest.mark.parametrize("line", ["", "short", "no base64 at all!\n", "Ümlaut"])
def test_a_damaged_vault_key_is_an_error_with_a_remedy(home: Home, line: str) -> None:
    home.vault_key.write_text(line, "utf-8")
    with pytest.raises(HomeError, match="backup"):
        home.read_vault()


def test_a_folder_that_is_no_home_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match=r"holds no relay.toml; name the right folder with --home"):
        Home(tmp_path).read_vault()


def test_a_selector_without_a_key_file_is_an_error(home: Home) -> None:
    settings = Settings("relay.test", dkim=DkimSettings(rsa_selector="spring"))
    with pytest.raises(HomeError, match=r"spring\.pem is missing"):
        home.dkim_keys(settings)


def test_the_database_is_where_store_url_says(home: Home) -> None:
    place = home.place
    assert place("sqlite:relay.db") == home.db
    assert place("sqlite:data/other.db") == home.path / "data/other.db"
    assert place("sqlite:/srv/relay.db") == Path("/srv/relay.db")
    assert place("postgresql://db/relay") == "postgresql://db/relay"
    for url in ("", "relay.db", "sqlite:", "mysql:x", "postgresql:relay"):
        with pytest.raises(HomeError, match="names no database"):
            place(url)


def test_a_new_file_never_replaces_another_or_follows_a_link(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("before")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("there", "link"):
        with pytest.raises(FileExistsError):
            write_new(tmp_path / name, "after")
    assert (tmp_path / "there").read_text() == "before"
    assert not (tmp_path / "nowhere").exists()
