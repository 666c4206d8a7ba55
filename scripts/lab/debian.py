"""Makes an empty Debian 12 in a folder, with the packages for a later installation beside it, and boots it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

SUITE, MIRROR = "bookworm", "http://deb.debian.org/debian"
_PROGRAMS = ("debootstrap", "systemd-nspawn", "ip", "nsenter")
# What Debian's installer leaves on a server, of what matters here: systemd, and the time and name services of libc.
_SYSTEM = ("systemd", "systemd-sysv", "dbus", "iproute2", "ca-certificates", "procps")
_PIP = "[global]\nno-index = true\nfind-links = /srv/wheels\n"
_APT = 'APT::Get::Assume-Yes "true";\nAcquire::Retries "0";\n'
_START_SECONDS = 60.0
_ENV = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "TERM": "dumb",
    "DEBIAN_FRONTEND": "noninteractive",
}


class MachineError(Exception):
    """A machine could not be made, or a command in it failed. The text says which and why."""


def available() -> bool:
    """Whether a Debian can be made and booted here: the programs, and root."""
    return os.geteuid() == 0 and all(map(shutil.which, _PROGRAMS))


def make(folder: Path, project: Path, packages: Sequence[str]) -> None:
    """Make an empty Debian in ``folder``. In it, but not installed: the Debian packages ``packages`` with what they
    need, the files of ``project``'s requirements in /srv/wheels, and the project as a repository in /srv/relay.

    Needs Debian's mirror and the Python package index. Raises MachineError.
    """
    _run(["debootstrap", "--variant=minbase", f"--include={','.join(_SYSTEM)}", SUITE, str(folder), MIRROR])
    (folder / "etc/apt/apt.conf.d/90lab").write_text(_APT)
    (folder / "etc/pip.conf").write_text(_PIP)
    _run(["chroot", str(folder), "apt-get", "install", "-d", "-q", *packages])
    wheels = folder / "srv" / "wheels"
    pip = [sys.executable, "-m", "pip", "download", "-q", "-d", str(wheels)]
    _run([*pip, "-r", str(project / "config" / "packaging" / "requirements.lock")])
    _run([*pip, "pip>=25.1", "hatchling", "editables", "setuptools", "wheel"])
    _repository(project, folder / "srv" / "relay")


def _repository(project: Path, into: Path) -> None:
    """A repository with one commit: the files of ``project`` as they are, without those that git ignores."""
    listed = _run(["git", "-C", str(project), "ls-files", "-z", "-co", "--exclude-standard"])
    for name in (one for one in listed.split("\0") if one and (project / one).is_file()):
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(project / name, into / name)
    git = ["git", "-C", str(into), "-c", "user.name=lab", "-c", "user.email=lab@example.org"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "the project as it is"]):
        _run([*git, *words])


class Machine:
    """The Debian in ``folder``, booted with systemd as process 1, in the network namespace ``network``. A context
    manager. ``name`` is its host name, ``resolver`` its name server."""

    def __init__(self, folder: Path, network: Path, name: str, address: str, resolver: str) -> None:
        self.folder, self._network = folder, network
        self._process: subprocess.Popen[bytes] | None = None
        self._leader = ""
        (folder / "etc/resolv.conf").unlink(missing_ok=True)
        (folder / "etc/resolv.conf").write_text(f"nameserver {resolver}\n")
        (folder / "etc/hostname").write_text(f"{name.partition('.')[0]}\n")
        (folder / "etc/hosts").write_text(f"127.0.0.1 localhost\n{address} {name} {name.partition('.')[0]}\n")

    def __enter__(self) -> Self:
        options = ["--quiet", "--register=no", "--keep-unit", "--resolv-conf=off", "--timezone=off"]
        where = ["-D", str(self.folder), f"--network-namespace-path={self._network}", "--console=pipe"]
        with Path(f"{self.folder}.log").open("wb") as log:
            command = ["systemd-nspawn", *options, *where, "--boot"]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            self._await()
        except MachineError:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """Shut it down."""
        if self._process is None:
            return
        self._process.terminate()  # nspawn passes it on as an orderly shutdown
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def run(self, command: str, codes: tuple[int, ...] = (0,)) -> str:
        """Run a line of shell as root. Returns what it printed on standard output. Raises MachineError when its exit
        code is not one of ``codes``."""
        enter = ["nsenter", "--target", self._leader, "--all", "--root", "--wd"]
        done = subprocess.run(
            [*enter, "/bin/sh", "-euc", command],
            env=_ENV,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in codes:
            raise MachineError(f"{command}\nended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def _await(self) -> None:
        """Wait until systemd has started everything."""
        assert self._process is not None
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
            if children:
                self._leader = children[0]
                try:
                    if self.run("systemctl is-system-running || true").strip() in ("running", "degraded"):
                        return
                except MachineError:
                    pass
            time.sleep(0.2)
        raise MachineError(f"the machine did not start: see {self.folder}.log")


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MachineError(f"{' '.join(command)}\nended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr}")
    return done.stdout
