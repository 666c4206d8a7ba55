"""Fixtures of the tests on whole machines: an empty Debian 12, a network, and the rest of the world."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from lab import debian
from lab.debian import Machine
from lab.network import Network

from .world import MACHINE, RESOLVER, SERVER, World

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = "relay.example.org"
MX = f"mx.{DOMAIN}"
# Everything that a page asks for with apt install.
PACKAGES = ("git", "python3-venv", "postfix", "opendkim", "opendmarc", "pipx")
needs_debian = pytest.mark.skipif(
    not debian.available(), reason="needs debootstrap, systemd-nspawn, ip, nsenter, and root"
)
Boot = Callable[[str], Machine]


@pytest.fixture(scope="session")
def empty_debian() -> Iterator[Path]:
    """An empty Debian 12 that no test changes."""
    with tempfile.TemporaryDirectory(prefix="relay-debian-", ignore_cleanup_errors=True) as name:
        folder = Path(name) / "debian"
        debian.make(folder, ROOT, PACKAGES)
        yield folder


@pytest.fixture
def network() -> Iterator[Network]:
    with Network(MACHINE, (RESOLVER, SERVER)) as made:
        yield made


@pytest.fixture
def world(network: Network) -> Iterator[World]:
    with World(network.world) as made:
        made.host(DOMAIN)
        yield made


@pytest.fixture
def boot(empty_debian: Path, network: Network, world: World) -> Iterator[Boot]:
    """Boots a copy of the empty Debian under a host name, after shutting down the one before."""
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="relay-machine-", ignore_cleanup_errors=True) as name:

        def boot(host: str) -> Machine:
            stack.close()
            folder = Path(tempfile.mkdtemp(dir=name)) / "root"
            subprocess.run(["cp", "-a", "--reflink=auto", str(empty_debian), str(folder)], check=True)
            return stack.enter_context(Machine(folder, network.machine, host, MACHINE, RESOLVER))

        yield boot
        stack.close()
        shutil.rmtree(name, ignore_errors=True)
