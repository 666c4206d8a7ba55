"""Memory, file descriptors and CPU time of a process tree, from /proc (proc(5), Linux only)."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def tree(root: int) -> list[int]:
    """The process ids of ``root`` and its descendants, ``root`` first."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:  # the process has ended
            continue
        children.setdefault(parent, []).append(int(stat.parent.name))
    found = [root]
    for number in found:
        found += children.get(number, [])
    return found


def workers(server: int) -> list[int]:
    """The worker processes of a relay: the children of its fork servers."""
    found = tree(server)[1:]
    return [number for number in found if _is_fork_server(number) and _is_fork_server(_parent(number))]


def _is_fork_server(number: int) -> bool:
    """Whether a process is a fork server, or was forked from one."""
    with contextlib.suppress(OSError):  # the process has ended
        return b"relay.workers.fork_server" in Path(f"/proc/{number}/cmdline").read_bytes()
    return False


def _parent(number: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def cpu_seconds(root: int) -> float:
    """User and system time of a process tree in seconds, including children that have ended."""
    ticks = 0
    for number in tree(root):
        try:
            fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks / _TICKS


def memory(number: int) -> int:
    """Memory of one process in octets, with shared pages counted in proportion (Pss); 0 when it has ended."""
    try:
        lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def descriptors(number: int) -> int:
    """The number of open file descriptors of one process; 0 when it has ended."""
    try:
        return sum(1 for _ in Path(f"/proc/{number}/fd").iterdir())
    except OSError:
        return 0
