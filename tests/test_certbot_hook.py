"""The hook for certbot copies the renewed certificate into the home, for its owner only, and reloads relay."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

HOOK = Path(__file__).parents[1] / "config" / "packaging" / "certbot-deploy-hook"


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """An environment with a renewed certificate (behind a link, as certbot keeps it), a home, and a systemctl that
    writes down what it is told."""
    (tmp_path / "archive").mkdir()
    (tmp_path / "live").mkdir()
    for name in ("privkey.pem", "fullchain.pem"):
        (tmp_path / "archive" / name).write_text(f"new {name}")
        (tmp_path / "live" / name).symlink_to(tmp_path / "archive" / name)
    (tmp_path / "home").mkdir(mode=0o700)
    (tmp_path / "bin").mkdir()
    systemctl = tmp_path / "bin" / "systemctl"
    systemctl.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/told\n')
    systemctl.chmod(0o755)
    if os.getuid() == 0:
        os.chown(tmp_path / "home", 12345, 12345)
    path = f"{tmp_path}/bin:{os.environ['PATH']}"
    return {"PATH": path, "RENEWED_LINEAGE": f"{tmp_path}/live", "RELAY_HOME": f"{tmp_path}/home"}


def test_certificate_and_key_are_copied_for_the_owner_of_the_home(machine: dict[str, str], tmp_path: Path) -> None:
    for _ in range(2):  # a second time, over the first
        subprocess.run([HOOK], env=machine, check=True)
    owner = (tmp_path / "home").stat().st_uid
    for name in ("privkey.pem", "fullchain.pem"):
        file = tmp_path / "home" / "tls" / name
        assert file.read_text() == f"new {name}"
        assert not file.is_symlink()
        assert (file.stat().st_mode & 0o777, file.stat().st_uid) == (0o600, owner)
    assert sorted(path.name for path in (tmp_path / "home" / "tls").iterdir()) == ["fullchain.pem", "privkey.pem"]
    assert (tmp_path / "told").read_text() == "reload relay\n"


def test_without_a_key_nothing_is_reloaded(machine: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "live" / "privkey.pem").unlink()
    assert subprocess.run([HOOK], env=machine, check=False, capture_output=True).returncode != 0
    assert not (tmp_path / "told").exists()
