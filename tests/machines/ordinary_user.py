"""An ordinary user of this machine, for as long as a test takes: with subordinate ids, and no right of root's."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

_NAME, _ID = "relay-tester", 60123
_FIRST, _COUNT = 0x70000000, 65536  # its subordinate ids, which no other user has
_SUBORDINATE = f"{_NAME}:{_FIRST}:{_COUNT}\n"
# Debian opens the device of tunnels to everybody; a sandbox may not.
_BEGIN = """
mount --make-rprivate /
for file in passwd group subuid subgid; do mount --bind "$0/etc/$file" "/etc/$file"; done
mount --bind "$0/tun" /dev/net/tun
echo "$1" >/proc/sys/net/ipv4/ip_unprivileged_port_start
echo ready
exec sleep infinity
"""


class OrdinaryUser:
    """A context manager. ``command`` is what begins a command line of this user's, in the network namespace
    ``network``, where ports from ``port`` on are everybody's. ``folder`` is its home; its parent gets files, too.

    The user is in a mount namespace only, so that the machine's own files stay as they are.
    """

    def __init__(self, folder: Path, network: Path, port: int) -> None:
        self.folder, self._network, self._port = folder, network, port
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        beside = self.folder.parent
        (beside / "etc").mkdir(parents=True)
        lines = {"passwd": f"{_NAME}:x:{_ID}:{_ID}::{self.folder}:/bin/sh\n", "group": f"{_NAME}:x:{_ID}:\n"}
        for name in ("passwd", "group", "subuid", "subgid"):
            path = Path("/etc") / name
            path.touch()
            (beside / "etc" / name).write_text(path.read_text() + lines.get(name, _SUBORDINATE))
        os.mknod(beside / "tun", 0o666 | 0o020000, os.makedev(10, 200))
        (beside / "tun").chmod(0o666)
        for path in (self.folder, self.folder / "run"):
            path.mkdir(mode=0o700)
            os.chown(path, _ID, _ID)
        command = ["nsenter", f"--net={self._network}", "unshare", "--mount", "sh", "-euc", _BEGIN]
        self._process = subprocess.Popen([*command, str(beside), str(self._port)], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n", "no mount namespace, or no tunnels, here"
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        assert self._process is not None
        for pid in self._running():
            os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + 10
        while self._running() and time.monotonic() < end:
            time.sleep(0.05)
        self._process.kill()
        self._process.communicate()  # closes the pipe

    @property
    def command(self) -> list[str]:
        assert self._process is not None
        enter = ["nsenter", f"--target={self._process.pid}", "--mount", "--net"]
        become = ["setpriv", f"--reuid={_ID}", f"--regid={_ID}", "--clear-groups"]
        env = [f"HOME={self.folder}", f"XDG_RUNTIME_DIR={self.folder}/run", f"PATH={os.environ['PATH']}"]
        return [*enter, *become, "env", "-C", str(self.folder), "-i", *env]

    def _running(self) -> list[int]:
        """The processes of this user and of its subordinate ids, which nobody else has."""
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            try:
                user = path.stat().st_uid
            except OSError:
                continue
            if user == _ID or _FIRST <= user < _FIRST + _COUNT:
                found.append(int(path.name))
        return found
