"""Limits the CPU time of a process and its children with a control group of Linux, version 1 or 2. Needs root."""

from __future__ import annotations

import contextlib
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from lab.house import HouseError

_PERIOD = 100_000  # microseconds
_FIRST, _SECOND = Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")
_PATIENCE = 5.0  # seconds until processes that were killed are gone


class Quota:
    """A control group whose processes together may use ``cores`` (such as 0.5) of CPU time. A context manager; the
    processes must have ended before it is left. Raises HouseError where there are no control groups for CPU time."""

    def __init__(self, cores: float) -> None:
        self._cores = cores

    def __enter__(self) -> Self:
        quota = int(self._cores * _PERIOD)
        first = (_FIRST / "cgroup.procs").exists()
        try:
            if not first:
                (_SECOND / "cgroup.subtree_control").write_text("+cpu")
            self._group = Path(tempfile.mkdtemp(prefix="relay-bench-", dir=_FIRST if first else _SECOND))
            if first:
                (self._group / "cpu.cfs_period_us").write_text(str(_PERIOD))
                (self._group / "cpu.cfs_quota_us").write_text(str(quota))
            else:
                (self._group / "cpu.max").write_text(f"{quota} {_PERIOD}")
        except OSError as error:
            raise HouseError(f"CPU time cannot be limited here: {error.strerror}; this needs root") from error
        return self

    def hold(self, pid: int) -> None:
        """Put a process and its children into the group; children that are started later are in it, too."""
        for each in (pid, *_children(pid)):
            with contextlib.suppress(ProcessLookupError):  # it has ended
                (self._group / "cgroup.procs").write_text(str(each))

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                self._group.rmdir()
                return
            time.sleep(0.05)


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        direct = [int(word) for task in tasks for word in (task / "children").read_text().split()]
    except OSError:
        return []
    return [each for child in direct for each in (child, *_children(child))]
