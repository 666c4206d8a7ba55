"""A home in memory or on another machine's disk is told."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from relay.operations.file_systems import check_file_system, file_system
from relay.operations.findings import Level

MOUNTS = """\
21 1 8:1 / / rw - ext4 /dev/sda1 rw
30 21 0:30 / /srv/mail\\040store rw - nfs4 files:/mail rw
31 21 0:31 / /srv rw shared:1 - xfs /dev/sdb1 rw
32 21 0:32 / /run rw - tmpfs tmpfs rw
33 32 8:3 / /run/disk rw - btrfs /dev/sdc rw
34 21 0:34 / /over rw - ext4 /dev/sdd rw
35 21 0:35 / /over rw - cifs //files/over rw
"""


@pytest.mark.parametrize(
    ("folder", "kind", "level"),
    [
        ("/var/lib/relay", "ext4", None),
        ("/srv/relay", "xfs", None),
        ("/srv/mail store/relay", "nfs4", Level.ERROR),
        ("/srv/mail storehouse", "xfs", None),
        ("/run/relay", "tmpfs", Level.WARNING),
        ("/run/disk/relay", "btrfs", None),
        ("/over/relay", "cifs", Level.ERROR),
    ],
)
def test_the_mount_that_counts_is_the_nearest_and_last(
    tmp_path: Path, folder: str, kind: str, level: Level | None
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert file_system(Path(folder), mounts) == kind
    assert [one.level for one in check_file_system(Path(folder), mounts)] == ([level] if level else [])


def test_a_home_in_memory_is_recognised_on_this_machine() -> None:
    if file_system(Path("/dev/shm")) != "tmpfs":
        pytest.skip("needs /dev/shm in memory")
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        (found,) = check_file_system(Path(name))
    assert "is in memory (tmpfs)" in found.what and "to a disk" in found.remedy


def test_nothing_is_said_where_mounts_cannot_be_seen(tmp_path: Path) -> None:
    assert list(check_file_system(tmp_path, tmp_path / "nothing")) == []
