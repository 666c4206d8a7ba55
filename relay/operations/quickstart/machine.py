"""The machine that relay is set up on: its root folder, its users, its programs, whether systemd runs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class StepError(Exception):
    """A step failed; ``remedy`` says what to do. What was done before stays, and a second run continues there."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}; {remedy}")
        self.what = what
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Machine:
    """``root`` is "/", or a folder that stands for it: then no running service is touched."""

    root: Path

    @property
    def real(self) -> bool:
        """Whether this is the machine itself, not a folder."""
        return self.root == Path("/")

    @property
    def systemd(self) -> bool:
        """Whether systemd runs here (sd_booted(3))."""
        return self.real and Path("/run/systemd/system").is_dir()

    def path(self, absolute: str) -> Path:
        """A path of the machine, below the root."""
        return self.root / absolute.lstrip("/")

    def ids(self, user: str) -> tuple[int, int] | None:
        """The uid and gid of a user in /etc/passwd; None when there is no such user."""
        try:
            lines = self.path("/etc/passwd").read_text("utf-8", "replace").splitlines()
        except FileNotFoundError:
            return None
        for line in lines:
            fields = line.split(":")
            if fields[0] == user and len(fields) > 3:
                return int(fields[2]), int(fields[3])
        return None

    def has(self, program: str) -> bool:
        """Whether a program is installed, also in the folders that only root has on PATH."""
        return self._found(program) is not None

    def run(self, command: Sequence[str], remedy: str) -> str:
        """Run a command and return its output. Raises StepError with the last line that it printed."""
        found = self._found(command[0])
        if found is None:
            raise StepError(f"{command[0]} is not installed", remedy)
        done = subprocess.run(  # noqa: S603 -- no shell, and the commands are those of the steps
            [found, *command[1:]], capture_output=True, text=True, check=False, timeout=120
        )
        if done.returncode != 0:
            said = (done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}").splitlines()[-1]
            raise StepError(f"{command[0]} failed: {said}", remedy)
        return done.stdout

    def give(self, path: Path, user: str) -> None:
        """Make ``user`` the owner of a new folder and of all in it. Does nothing for another user than root."""
        owner = self.ids(user)
        if owner is None or os.geteuid() != 0:
            return
        for folder, _, names in os.walk(path):
            for one in (folder, *(os.path.join(folder, name) for name in names)):  # noqa: PTH118 -- from os.walk
                os.chown(one, *owner, follow_symlinks=False)

    def _found(self, program: str) -> str | None:
        return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin")
