"""scripts/setup leaves no work for a user who cannot write into the folder of the program."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_after_an_update_the_changed_modules_are_compiled(tmp_path: Path) -> None:
    """Only root can write into /opt/relay: what is not compiled there is compiled anew at each start."""
    root = (tmp_path / "opt").resolve()
    (root / "scripts").mkdir(parents=True)
    (root / "relay").mkdir()
    (root / "relay/__init__.py").touch()
    (root / "relay/changed.py").write_text("NEW = True\n")
    shutil.copy(ROOT / "scripts/setup", root / "scripts")
    shutil.copy(ROOT / "pyproject.toml", root)
    python = root / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec env -u PYTHONDONTWRITEBYTECODE PYTHONPATH={root} {sys.executable} "$@"\n')
    python.chmod(0o755)
    wanted = hashlib.sha256((root / "pyproject.toml").read_bytes() + f"{root}\n".encode()).hexdigest()
    (root / ".venv/.stamp").write_text(f"{wanted} plain\n")
    environ = {name: value for name, value in os.environ.items() if name != "RELAY_VENV"}
    subprocess.run([root / "scripts/setup", "--plain", "--python", sys.executable], env=environ, check=True, timeout=60)
    assert list((root / "relay/__pycache__").glob("changed.*.pyc"))
