"""relay vault rotate: --dry-run, --yes, --save-old-key, and earlier backups."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from relay.home import Home

from .conftest import Done

Relay = Callable[..., Done]


def pair(relay: Relay) -> None:
    made = relay("pair", "create", "--mentor", "jane@real.example", "--mentee", "omar@home.example", "--silent")
    assert made.code == 0, made.err


def test_dry_run_changes_nothing_and_counts_the_rows(home: Home, relay: Relay) -> None:
    pair(relay)
    before = {path: path.read_bytes() for path in home.keys.iterdir()}
    done = relay("vault", "rotate", "--dry-run", "--json")
    assert (done.code, done.objects) == (0, [{"rotated": False, "rows": 4, "resumed": False}])
    assert {path: path.read_bytes() for path in home.keys.iterdir()} == before


def test_without_a_terminal_and_yes_it_is_a_usage_error(home: Home, relay: Relay) -> None:
    done = relay("vault", "rotate")
    assert done.code == 2
    assert "--yes" in done.err


def test_the_old_key_is_saved_and_overwrites_no_file(home: Home, relay: Relay, tmp_path: Path) -> None:
    old, saved = home.vault_key.read_text(), tmp_path / "old.key"
    saved.write_text("something else")
    refused = relay("vault", "rotate", "--yes", "--save-old-key", str(saved))
    assert refused.code == 1
    assert "nothing was changed" in refused.err
    assert home.vault_key.read_text() == old
    saved.unlink()
    assert relay("vault", "rotate", "--yes", "--save-old-key", str(saved)).code == 0
    assert saved.read_text() == old
    assert saved.stat().st_mode & 0o777 == 0o600
    assert home.vault_key.read_text() != old


def test_an_earlier_backup_is_restored_without_the_member_forgotten_since(
    home: Home, relay: Relay, tmp_path: Path
) -> None:
    pair(relay)
    assert relay("backup", str(tmp_path / "b")).code == 0
    assert relay("member", "forget", "jane@real.example", "--yes").code == 0
    assert relay("vault", "rotate", "--yes", "--save-old-key", str(tmp_path / "old.key")).code == 0
    home.keys.rename(tmp_path / "keys")
    home.path.rename(tmp_path / "lost")
    home.path.mkdir()
    (tmp_path / "keys").rename(home.keys)
    assert relay("restore", str(tmp_path / "b")).code == 1
    done = relay("restore", str(tmp_path / "b"), "--old-key", str(tmp_path / "old.key"))
    assert done.code == 0, done.err
    assert "1 people were forgotten after the backup was made" in done.err
    assert "no member has that address" in relay("member", "show", "jane@real.example").err
    assert relay("member", "show", "omar@home.example").code == 0
