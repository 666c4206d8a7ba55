"""What a user does who may not read or write one of relay's files: run relay as its owner, or give it to its owner."""

from __future__ import annotations

import os
import pwd
from pathlib import Path


def as_owner(path: Path) -> str:
    """The remedy for a missing permission: as whom to run relay. Names the owner of ``path``, or of the nearest folder
    above it that this user can see. When somebody else owns a file in this user's folder, such as root after a command
    of root's: whom to give it to."""
    seen = _seen(path)
    owner, user = _owner(seen), os.geteuid()
    if owner is None or owner == user:
        return f"see who may read and write {path} (ls -ld), and run relay as that user"
    if _owner(seen.parent) == user:
        return f"give it to {_name(user)}, who owns the folder around it; as root: chown -R {_name(user)} {seen}"
    name = _name(owner)
    if name.isdecimal():
        return f"run relay as the user with the id {name}, who owns the home folder"
    return f"run relay as {name}, who owns the home folder: runuser -u {name} -- relay …"


def _seen(path: Path) -> Path:
    """``path``, or the nearest folder above it that this user can see."""
    return next((one for one in (path, *path.parents) if _owner(one) is not None), path)


def _owner(path: Path) -> int | None:
    try:
        return path.stat().st_uid
    except OSError:
        return None


def _name(user: int) -> str:
    """The name of a user; the number, when it has none."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)
