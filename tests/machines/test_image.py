"""The image is built on a Debian base by docs/production.md; it runs without root and writes only to its home."""

from __future__ import annotations

import contextlib
import json
import re
import resource
import shutil
import smtplib
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab.network import Network, inside

from .conftest import ROOT, needs_debian

PACKAGING = ROOT / "config" / "packaging"
PAGE = (ROOT / "docs" / "production.md").read_text("utf-8")
pytestmark = [pytest.mark.long, needs_debian, pytest.mark.skipif(not shutil.which("podman"), reason="needs podman")]


class Podman:
    """podman with a storage of its own, in the network namespace ``network``."""

    def __init__(self, folder: Path, runtime: str, network: Path) -> None:
        options = ["--root", str(folder / "storage"), "--runroot", str(folder / "run"), "--runtime", runtime]
        self._command = ["nsenter", f"--net={network}", "podman", *options]
        files, processes = (
            min(resource.getrlimit(one)[1], 4096) for one in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC)
        )
        # Limits that a sandbox lets us set, and no timers of systemd, which may not run here.
        limits = [f"--ulimit=nofile={files}:{files}", f"--ulimit=nproc={processes}:{processes}"]
        self.own = ["--network=host", "--no-healthcheck", *limits]

    def __call__(self, *words: str, stdin: subprocess.Popen[bytes] | None = None) -> str:
        done = subprocess.run(
            [*self._command, *words],
            stdin=stdin.stdout if stdin else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
        )
        assert done.returncode == 0, f"{words}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout


@pytest.fixture
def podman(empty_debian: Path, network: Network) -> Iterator[Podman]:
    """podman with a Debian that has Python as the image "base"; skips where no runtime can start a container."""
    # Not below tmp_path: podman wants a short path, and pytest keeps what it made.
    with tempfile.TemporaryDirectory(prefix="relay-image-", ignore_cleanup_errors=True) as name:
        base = Path(name) / "base"
        subprocess.run(["cp", "-a", "--reflink=auto", str(empty_debian), str(base)], check=True)
        subprocess.run(["chroot", str(base), "apt-get", "install", "python3-venv"], check=True, capture_output=True)
        try:
            yield _working(Path(name), base, network)
        finally:
            _end(name)


def _end(folder: str) -> None:
    """End what a failed test left running, and unmount the storage of podman."""
    for runtime in ("crun", "runc"):
        options = ["--root", f"{folder}/{runtime}/storage", "--runroot", f"{folder}/{runtime}/run"]
        subprocess.run(["podman", *options, "--runtime", runtime, "rm", "-a", "-f"], capture_output=True, check=False)
    mounted = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for one in sorted((one for one in mounted if one.startswith(f"{folder}/")), reverse=True):
        subprocess.run(["umount", "-l", one], check=True)


def _working(folder: Path, base: Path, network: Network) -> Podman:
    for runtime in ("crun", "runc"):
        made = Podman(folder / runtime, runtime, network.machine)
        with subprocess.Popen(["tar", "-C", str(base), "-c", "."], stdout=subprocess.PIPE) as tar:
            made("import", "-q", "-", "base", stdin=tar)
        with contextlib.suppress(AssertionError):
            made("run", *made.own, "--rm", "base", "true")
            return made
    pytest.skip("no container can be started here")


def test_the_image_is_built_and_serves_without_root(podman: Podman, network: Network) -> None:
    build, init, serve, look = re.findall(r"^podman (.*)$", PAGE, re.MULTILINE)
    podman(*build.replace("build ", "build --build-arg BASE=localhost/base ").split())
    podman(*init.replace("run ", f"run {' '.join(podman.own)} ").split())
    compose = (PACKAGING / "compose.yaml").read_text("utf-8")
    assert "read_only: true" in compose and "cap_drop: [ALL]" in compose and "no-new-privileges:true" in compose
    closed = "--read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges"
    podman(*serve.replace("-p 25:8025 ", "").replace("run ", f"run {' '.join(podman.own)} {closed} ").split())
    greeting = inside(network.machine, greeted)
    assert "SIZE" in greeting
    assert podman("image", "inspect", "relay", "--format", "{{.Config.User}}") == "relay\n"
    health = json.loads(podman("image", "inspect", "relay", "--format", "{{json .HealthCheck}}"))["Test"]
    assert health[0] == "CMD"
    podman("exec", "relay", *health[1:])
    assert " IN MX " in podman(*look.split())
    assert podman("exec", "relay", "id", "-u").strip() == "10001"
    begun = time.monotonic()
    podman("stop", "-t", "40", "relay")
    assert time.monotonic() - begun < 30
    assert (
        "stopped" in podman("logs", "relay") or podman("inspect", "relay", "--format", "{{.State.ExitCode}}") == "0\n"
    )


def greeted() -> str:
    """What relay says to EHLO, as soon as it answers."""
    end = time.monotonic() + 60
    while True:
        try:
            with smtplib.SMTP("127.0.0.1", 8025, timeout=10) as client:
                return client.ehlo()[1].decode()
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.2)
