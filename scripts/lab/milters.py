"""Runs OpenDKIM and OpenDMARC on loopback, with a name server of the test, as many installations have before relay."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from lab.house import HOST, HouseError

_PROGRAMS = ("opendkim", "opendmarc", "unshare")
# Both use the name servers of /etc/resolv.conf; in their own mount namespace they get another file.
_WITH_RESOLVER = 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"'
_START_SECONDS = 15.0


def available() -> bool:
    """Whether both are installed and can be started with another resolv.conf, which needs root and mount rights."""
    if os.geteuid() != 0 or not all(map(shutil.which, _PROGRAMS)):
        return False
    mount = ["unshare", "-m", "mount", "--bind", "/etc/hosts", "/etc/resolv.conf"]
    return subprocess.run(mount, capture_output=True, check=False).returncode == 0


class Milter:
    """Runs ``program`` ("opendkim" or "opendmarc") as a context manager.

    ``conf`` are lines for its configuration file. It listens on ``port``, and uses the name server at the address
    ``resolver``, port 53.
    """

    def __init__(self, program: str, conf: str, folder: Path, port: int, resolver: str) -> None:
        self._program, self._port = program, port
        more = "Background no\nSyslog no\n" + (f"Nameservers {resolver}\n" if program == "opendkim" else "")
        self._conf = folder / f"{program}.conf"
        self._conf.write_text(f"{conf}\n{more}UserID {program}\n")
        self._resolv = folder / "resolv.conf"
        self._resolv.write_text(f"nameserver {resolver}\n")
        self._log = folder / f"{program}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Milter:
        options = ["-x", str(self._conf)] if self._program == "opendkim" else ["-c", str(self._conf)]
        command = [self._program, "-f", *options]
        inside = ["unshare", "-m", "sh", "-c", _WITH_RESOLVER, "sh", str(self._resolv), *command]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(inside, stdout=log, stderr=log)
        self._await()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Kill the program."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _await(self) -> None:
        end = time.monotonic() + _START_SECONDS
        while self._process is not None and self._process.poll() is None and time.monotonic() < end:
            try:
                with socket.create_connection((HOST, self._port), 1):
                    return
            except OSError:
                time.sleep(0.05)
        raise HouseError(f"{self._program} did not start: {self._log.read_text(errors='replace')}")
