"""Runs a relay in its own home: makes it, adds pairs, starts and stops it, all through the relay command."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

DOMAIN = "relay.example.org"
HOST = "127.0.0.1"
START_SECONDS = 30.0
STOP_SECONDS = 30.0


class HouseError(Exception):
    """A relay command failed, or a server does not answer. The text says which and why."""


def relay_command() -> str:
    """The path of the relay command in this Python environment."""
    return str(Path(sys.executable).with_name("relay"))


def free_port() -> int:
    """A loopback port that nobody listens on.

    For a minute the system gives it to nobody who asks for any free port, because a connection to it is in TIME-WAIT
    (RFC 9293 3.6.1).
    """
    with socket.create_server((HOST, 0)) as server:
        port: int = server.getsockname()[1]
        with socket.create_connection((HOST, port)):
            server.accept()[0].close()
        return port


def port_from(first: int) -> int:
    """``first``, or the next loopback port after it that nobody listens on. Raises HouseError after a hundred."""
    for port in range(first, first + 100):
        with contextlib.suppress(OSError), socket.create_server((HOST, port)):
            return port
    raise HouseError(f"no port from {first} to {first + 99} is free")


class House:
    """One relay on loopback. ``home`` is its folder, ``next_port`` the port of its smarthost, ``port`` its own (0: any
    free one).

    As a context manager it starts ``relay serve`` and stops it with SIGTERM.
    """

    def __init__(self, home: Path, next_port: int, port: int = 0, **settings: str) -> None:
        self.home = home
        self.port = port or free_port()
        self._env = {**os.environ, "RELAY_AUTHENTICITY__VERIFY": "none", **settings}
        self._next = f"{HOST}:{next_port}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of ``relay serve``."""
        if self._process is None:
            raise HouseError("relay is not running")
        return self._process.pid

    @property
    def log(self) -> Path:
        """The file with the log of ``relay serve``."""
        return self.home.parent / "relay.log"

    def run(self, *arguments: str) -> str:
        """Run one relay command on this home and return its standard output. Raises HouseError when it fails."""
        command = [relay_command(), "--home", str(self.home), *arguments]
        done = subprocess.run(command, env=self._env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise HouseError(f"relay {' '.join(arguments[:2])} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def copy(self, home: Path, **settings: str) -> House:
        """Another relay in a copy of this home, with further ``settings`` and its own port."""
        shutil.copytree(self.home, home)
        other = House(home, 0, **settings)
        other._env = {**self._env, **settings, "RELAY_SMTP__LISTEN": json.dumps([f"{HOST}:{other.port}"])}
        return other

    def init(self) -> None:
        """Make the home."""
        listen = f"{HOST}:{self.port}"
        self.run("init", "--domain", DOMAIN, "--listen", listen, "--smarthost", self._next)

    def pair(self, mentor: dict[str, Any], mentee: dict[str, Any]) -> dict[str, Any]:
        """Make one active pair without letters. Both members are tables of scripts/letters/people.toml."""
        words = [option for name in mentor["known_as"] for option in ("--mentor-known-as", name)]
        words += [option for name in mentee["known_as"] for option in ("--mentee-known-as", name)]
        people = ["--mentor", mentor["address"], "--mentee", mentee["address"]]
        made: dict[str, Any] = json.loads(self.run("pair", "create", *people, *words, "--silent", "--json"))
        return made

    def __enter__(self) -> Self:
        command = [relay_command(), "--home", str(self.home), "serve"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, env=self._env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        try:
            await_greeting(self.port, self._process)
        except HouseError:
            self.stop()
            raise HouseError(f"relay did not start; the end of {self.log}:\n{tail(self.log)}") from None
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop ``relay serve`` as systemd does: SIGTERM, then SIGKILL if it does not end."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def await_greeting(
    port: int, process: subprocess.Popen[bytes], seconds: float = START_SECONDS, *, host: str = HOST
) -> None:
    """Wait until an SMTP server greets on ``port`` of ``host``. Raises HouseError when ``process`` ends or the time is
    up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise HouseError(f"the server ended with {process.returncode}")
        try:
            with socket.create_connection((host, port), 1) as link:
                if link.recv(3) == b"220":
                    link.sendall(b"QUIT\r\n")
                    return
        except OSError:
            time.sleep(0.05)
    raise HouseError(f"nothing answers on port {port}")


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a text file."""
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
