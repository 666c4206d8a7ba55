"""Whether the home is on a file system that keeps what is written: not in memory, and not on another machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from relay.operations.findings import Finding, warn, wrong

_IN_MEMORY = frozenset({"ramfs", "tmpfs"})
_REMOTE = frozenset(
    {"9p", "afs", "ceph", "cifs", "fuse.glusterfs", "fuse.sshfs", "lustre", "nfs", "nfs4", "smb3", "smbfs", "virtiofs"}
)
_MOUNTS = Path("/proc/self/mountinfo")


def check_file_system(folder: Path, mounts: Path = _MOUNTS) -> Iterator[Finding]:
    """Look at the file system of ``folder``, where the database is. ``mounts``: proc_pid_mountinfo(5)."""
    kind = file_system(folder, mounts)
    if kind in _IN_MEMORY:
        yield warn(
            f"{folder} is in memory ({kind}): keys, pairs and letters are gone when this machine restarts",
            "stop relay, and move the home to a disk",
        )
    elif kind in _REMOTE:
        yield wrong(
            f"{folder} is on another machine's disk ({kind}), where SQLite can lose what it has written",
            "move the home to a disk of this machine; for several machines use PostgreSQL (docs/scaling.md)",
        )


def file_system(folder: Path, mounts: Path = _MOUNTS) -> str:
    """The kind of the file system that ``folder`` is on, "" when it is not known."""
    try:
        lines, place = mounts.read_text("utf-8", "replace").splitlines(), folder.resolve()
    except (OSError, RuntimeError):
        return ""
    found = ("", "")
    for line in lines:
        before, _, after = line.partition(" - ")
        point = re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), before.split(" ")[4])
        if place.is_relative_to(point) and len(point) >= len(found[0]):  # a later mount covers one before it
            found = (point, after.partition(" ")[0])
    return found[1]
