"""The image is built on a Debian base by docs/production.md, and runs read-only without any capability: as root, with
compose, and as an ordinary user. Always relay sees its clients' own addresses."""

from __future__ import annotations

import json
import re
import shutil
import smtplib
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab.network import Network, inside

from .conftest import ROOT, needs_debian
from .ordinary_user import OrdinaryUser
from .podman import Podman, unmounted, working
from .world import MACHINE, SERVER

COMPOSE = ROOT / "config" / "packaging" / "compose.yaml"
PAGE = (ROOT / "docs" / "production.md").read_text("utf-8")
CLOSED = ("--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--security-opt=no-new-privileges")  # as in compose.yaml
pytestmark = [pytest.mark.long, needs_debian, pytest.mark.skipif(not shutil.which("podman"), reason="needs podman")]


def needs(*programs: str) -> pytest.MarkDecorator:
    missing = [one for one in programs if not shutil.which(one)]
    return pytest.mark.skipif(bool(missing), reason=f"needs {', '.join(missing)}")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not below tmp_path: pytest keeps what it made, and the path of a socket of slirp4netns has at most 107 octets."""
    with tempfile.TemporaryDirectory(prefix="ri-", dir="/tmp", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)
        unmounted(Path(name))


@pytest.fixture(scope="session")
def base(empty_debian: Path) -> Iterator[Path]:
    """An archive of a Debian that has Python, with the wheels of the requirements."""
    with tempfile.TemporaryDirectory(prefix="relay-base-", ignore_cleanup_errors=True) as name:
        root, archive = Path(name) / "root", Path(name) / "base.tar"
        subprocess.run(["cp", "-a", "--reflink=auto", str(empty_debian), str(root)], check=True)
        subprocess.run(["chroot", str(root), "apt-get", "install", "python3-venv"], check=True, capture_output=True)
        subprocess.run(["tar", "-C", str(root), "-cf", str(archive), "."], check=True)
        shutil.rmtree(root)
        yield archive


@pytest.fixture
def project(folder: Path, empty_debian: Path) -> Path:
    """The project in a folder that every user can read."""
    shutil.copytree(empty_debian / "srv" / "relay", folder / "relay")
    subprocess.run(["chmod", "-R", "a+rX", str(folder / "relay")], check=True)
    return folder / "relay"


@pytest.fixture
def podman(base: Path, folder: Path, project: Path, network: Network) -> Iterator[Podman]:
    """podman as root, in the machine's network."""
    enter = ["nsenter", f"--net={network.machine}", "env", "-C", str(project)]
    made = working(enter, folder, base)
    yield made
    made.end()


@pytest.fixture
def ordinary(folder: Path, network: Network) -> Iterator[OrdinaryUser]:
    with OrdinaryUser(folder / "u" / "h", network.machine, 25) as made:
        yield made


def commands() -> tuple[str, str, str, str]:
    """How the page builds the image, makes a home, runs relay, and looks at it."""
    build, init, serve, look = re.findall(r"^podman (.*)$", PAGE, re.MULTILINE)
    return build.replace("build ", "build --build-arg BASE=localhost/base "), init, serve, look


def test_the_image_is_built_and_serves_without_root(podman: Podman, network: Network) -> None:
    build, init, serve, look = commands()
    podman(*build.split())
    podman.run(init, "--network=host")
    podman.run(serve.replace("-p 25:8025 ", ""), "--network=host", *CLOSED)
    assert_greets(network, "127.0.0.1", 8025, network.machine)
    assert_closed(podman, "relay")
    assert " IN MX " in podman(*look.split())
    begun = time.monotonic()
    podman("stop", "-t", "40", "relay")
    assert time.monotonic() - begun < 30
    assert (
        "stopped" in podman("logs", "relay") or podman("inspect", "relay", "--format", "{{.State.ExitCode}}") == "0\n"
    )


@needs("podman-compose")
def test_compose_runs_it_closed_as_well(podman: Podman, network: Network, project: Path) -> None:
    podman(*commands()[0].split())
    compose = ["podman-compose", "--podman-path", str(podman.program())]
    for line in re.findall(r"^podman-compose (.*)$", PAGE, re.MULTILINE):
        enter = ["nsenter", f"--net={network.machine}", "env", "-C", str(project)]
        subprocess.run([*enter, *compose, *line.split()], check=True, capture_output=True)
    (name,) = podman("ps", "--format", "{{.Names}}").split()
    assert_greets(network, MACHINE, 25)
    assert_closed(podman, name)
    assert_sees_clients(podman, name, network)
    memory = podman("inspect", name, "--format", "{{.HostConfig.Memory}} {{.HostConfig.Init}}").split()
    assert memory == [str(2 * 1024**3), "true"]


@needs("newuidmap", "slirp4netns")
def test_an_ordinary_user_builds_and_runs_it(
    base: Path, folder: Path, project: Path, network: Network, ordinary: OrdinaryUser
) -> None:
    (option,) = re.findall(r"`(--network slirp4netns:\S+)`", PAGE)
    build, init, serve, look = commands()
    enter = [*ordinary.command, "env", "-C", str(project)]
    podman = working(enter, ordinary.folder, base)
    assert podman("info", "--format", "{{.Host.Security.Rootless}}") == "true\n"
    podman(*build.split())
    podman.run(init)
    podman.run(serve, *option.split(), *CLOSED)
    assert_greets(network, MACHINE, 25)
    assert_closed(podman, "relay")
    assert_sees_clients(podman, "relay", network)
    assert " IN MX " in podman(*look.split())
    podman("stop", "-t", "40", "relay")


def assert_greets(network: Network, host: str, port: int, where: Path | None = None) -> None:
    """relay answers, as soon as it has started."""
    greeting = inside(where or network.world, lambda: greeted(host, port))
    assert "SIZE" in greeting


def greeted(host: str, port: int) -> str:
    """What relay says to EHLO, as soon as it answers."""
    end = time.monotonic() + 60
    while True:
        try:
            with smtplib.SMTP(host, port, timeout=10) as client:
                return client.ehlo()[1].decode()
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.2)


def assert_closed(podman: Podman, name: str) -> None:
    """relay is healthy, an ordinary user without capabilities, and can write only to its home and to /tmp."""
    assert podman("image", "inspect", "relay", "--format", "{{.Config.User}}") == "relay\n"
    health = json.loads(podman("image", "inspect", "relay", "--format", "{{json .HealthCheck}}"))["Test"]
    assert health[0] == "CMD"
    podman("exec", name, *health[1:])
    assert podman("exec", name, "id", "-u").strip() == "10001"
    status = podman("exec", name, "cat", "/proc/self/status")
    assert re.search(r"^CapBnd:\s+0+$", status, re.MULTILINE) and re.search(r"^NoNewPrivs:\s+1$", status, re.MULTILINE)
    assert podman("exec", name, "sh", "-c", "touch /opt/x 2>/dev/null || echo closed") == "closed\n"


def assert_sees_clients(podman: Podman, name: str, network: Network) -> None:
    """SPF needs the address that a client has in the world: the kernel shows relay that of an open connection."""

    def peers() -> set[str]:
        with smtplib.SMTP(MACHINE, 25, timeout=10, source_address=(SERVER, 0)) as client:
            client.ehlo()
            lines = podman("exec", name, "cat", "/proc/net/tcp").splitlines()[1:]
        fields = [line.split() for line in lines]
        return {address(remote) for _, _, remote, state, *_ in fields if state == "01"}

    assert inside(network.world, peers) == {SERVER}


def address(shown: str) -> str:
    """The IPv4 address in a line of /proc/net/tcp (proc(5))."""
    return socket.inet_ntoa(struct.pack("<I", int(shown.partition(":")[0], 16)))
