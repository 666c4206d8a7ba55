"""podman with a storage of its own, as root or as an ordinary user."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

RUNTIMES = ("crun", "runc")


class Podman:
    """``begin`` begins each command line, such as one of nsenter. ``own`` are options of "run" that a sandbox needs."""

    def __init__(self, begin: Sequence[str], folder: Path, runtime: str) -> None:
        self._folder, self._begin, self._runtime = folder, list(begin), runtime
        storage = ["--root", f"{folder}/{runtime}/storage", "--runroot", f"{folder}/{runtime}/run"]
        self._options = [*storage, "--storage-driver", "overlay", "--runtime", runtime]
        files, processes = (
            min(resource.getrlimit(one)[1], 4096) for one in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC)
        )
        # Limits that a sandbox lets us set, and no timers of systemd, which may not run here.
        limits = [f"--ulimit=nofile={files}:{files}", f"--ulimit=nproc={processes}:{processes}"]
        self.own = ["--no-healthcheck", *limits]

    def __call__(self, *words: str, stdin: Path | None = None) -> str:
        command = [*self._begin, "podman", *self._options, *words]
        with (stdin or Path(os.devnull)).open("rb") as given:
            done = subprocess.run(command, stdin=given, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout

    def run(self, line: str, *options: str) -> str:
        """A line of a page, "run …", with the options of a sandbox and these."""
        return self(*line.replace("run ", f"run {' '.join((*self.own, *options))} ", 1).split())

    def program(self) -> Path:
        """A program that stands for podman with these options, for podman-compose."""
        path = self._folder / "podman"
        own, options = " ".join(self.own), " ".join(self._options)
        path.write_text(
            f'#!/bin/sh\n[ "$1" != run ] || {{ shift; set -- run {own} "$@"; }}\nexec podman {options} "$@"\n'
        )
        path.chmod(0o755)
        return path

    def end(self) -> None:
        """End what a failed test left running."""
        with contextlib.suppress(AssertionError):
            self("rm", "-a", "-f", "-t", "0")


def working(begin: Sequence[str], folder: Path, base: Path) -> Podman:
    """podman with the runtime that can start a container here, and the archive ``base`` as the image "base". Skips
    where none can."""
    for runtime in RUNTIMES:
        made = Podman(begin, folder, runtime)
        made("import", "-q", "-", "base", stdin=base)
        with contextlib.suppress(AssertionError):
            made("run", *made.own, "--network=host", "--rm", "base", "true")
            return made
    pytest.skip("no container can be started here")


def unmounted(folder: Path) -> None:
    """Unmount what podman left mounted below ``folder``."""
    mounted = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for one in sorted((one for one in mounted if one.startswith(f"{folder}/")), reverse=True):
        subprocess.run(["umount", "-l", one], check=True)
