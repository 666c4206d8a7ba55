"""Two network namespaces joined by a cable, one for a machine and one for the rest of the world."""

from __future__ import annotations

import ctypes
import os
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

_CLONE_NEWNET = 0x40000000
T = TypeVar("T")


class Network:
    """A context manager. ``machine`` and ``world`` are the files of the namespaces, for nspawn and for ``inside``.

    The addresses are those of RFC 6598, which nobody on the Internet has, and which no program takes for local ones.
    """

    def __init__(self, machine: str, world: Sequence[str]) -> None:
        name = f"relay-{os.getpid()}"
        self._names = f"{name}-m", f"{name}-w"
        self._addresses = [[machine], list(world)]
        self.machine, self.world = (Path("/run/netns") / one for one in self._names)

    def __enter__(self) -> Self:
        for name in self._names:
            _ip("netns", "add", name)
            _ip("-n", name, "link", "set", "lo", "up")
        _ip("-n", self._names[0], "link", "add", "cable", "type", "veth", "peer", "cable", "netns", self._names[1])
        for name, addresses in zip(self._names, self._addresses, strict=True):
            for address in addresses:
                _ip("-n", name, "addr", "add", f"{address}/10", "dev", "cable")
            _ip("-n", name, "link", "set", "cable", "up")
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        for name in self._names:
            _ip("netns", "del", name)


def inside(namespace: Path, work: Callable[[], T]) -> T:
    """What ``work`` returns in a thread of its own whose network is ``namespace``. Raises what it raises."""
    found: list[T] = []
    faults: list[BaseException] = []

    def run() -> None:
        try:
            enter(namespace)
            found.append(work())
        except BaseException as fault:
            faults.append(fault)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if faults:
        raise faults[0]
    return found[0]


def enter(namespace: Path) -> None:
    """Give this thread the network ``namespace`` (setns(2)); other threads keep theirs."""
    with namespace.open("rb") as file:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(file.fileno(), _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {namespace}")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
