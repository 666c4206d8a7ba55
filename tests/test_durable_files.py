"""Files that survive a power cut."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from relay import durable_files


def test_a_new_file_is_for_its_owner_only_and_overwrites_nothing(tmp_path: Path) -> None:
    path = tmp_path / "key"
    durable_files.write_new(path, "first\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        durable_files.write_new(path, "second\n")
    assert path.read_text() == "first\n"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    link, elsewhere = tmp_path / "key", tmp_path / "elsewhere"
    link.symlink_to(elsewhere)
    with pytest.raises(OSError, match="exists"):
        durable_files.write_new(link, "secret")
    assert not elsewhere.exists()


def test_a_file_is_replaced_whole_and_what_was_left_of_an_earlier_try_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "settings"
    path.write_text("old")
    (tmp_path / ".settings.draft").write_text("half of a n")
    durable_files.replace(path, "new: ü\n")
    assert path.read_text("utf-8") == "new: ü\n"
    assert [each.name for each in tmp_path.iterdir()] == ["settings"]


def test_the_content_is_flushed_before_it_takes_its_name_and_the_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings"
    path.write_text("old")
    seen: list[tuple[str, str]] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        seen.append((Path(f"/proc/self/fd/{handle}").readlink().name, path.read_text()))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    durable_files.replace(path, "new")
    assert seen == [(".settings.draft", "old"), (tmp_path.name, "new")]
