"""What a user does who may not read or write one of relay's files: run relay as its owner."""

from __future__ import annotations

import os
import pwd
from pathlib import Path


def as_owner(path: Path) -> str:
    """The remedy for a missing permission: as whom to run relay. Names the owner of ``path``, or of the nearest folder
    above it that this user can see."""
    owner = _owner(path)
    if owner is None or owner == os.geteuid():
        return f"see who may read and write {path} (ls -l), and run relay as that user"
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        return f"run relay as the user with the id {owner}, who owns the home folder"
    return f"run relay as {name}, who owns the home folder: runuser -u {name} -- relay …"


def _owner(path: Path) -> int | None:
    for one in (path, *path.parents):
        try:
            return one.stat().st_uid
        except OSError:
            continue
    return None
