"""Runs a Postfix instance on loopback that sends everything it accepts to one next server."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from lab.house import HOST, await_greeting

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
myhostname = mx.example.net
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
relay_domains =
relayhost = [{host}]:{next_port}
smtpd_recipient_restrictions = permit_mynetworks, reject
smtp_connection_cache_destinations = {host}
smtp_tls_security_level = none
message_size_limit = 40000000
in_flow_delay = 0
alias_maps =
local_recipient_maps =
"""

_MASTER = """\
{at}:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
showq unix n - n - - showq
"""


def available() -> bool:
    """Whether Postfix is installed and can be started (its master process needs root)."""
    return shutil.which("postfix") is not None and os.geteuid() == 0


class Postfix:
    """One instance in ``folder``, which the user postfix must be able to read. A context manager.

    It listens on ``port`` of the address ``at`` and forwards to ``next_port``. ``settings`` are lines for main.cf, in
    the form of postconf -e.
    """

    def __init__(self, folder: Path, port: int, next_port: int, settings: Sequence[str] = (), at: str = HOST) -> None:
        self.folder, self.port, self.at = folder, port, at
        for name in ("queue", "data"):
            (folder / name).mkdir(parents=True)
        shutil.chown(folder / "data", "postfix")
        values = {"folder": folder, "port": port, "next_port": next_port, "host": HOST, "at": at}
        (folder / "main.cf").write_text(_MAIN.format_map(values))
        (folder / "master.cf").write_text(_MASTER.format_map(values))
        self._set(settings)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of Postfix's master."""
        return self._process.pid if self._process else 0

    def __enter__(self) -> Postfix:
        self._control("check")
        command = ["postfix", "-c", str(self.folder), "start-fg"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        await_greeting(self.port, self._process, host=self.at)
        return self

    def change(self, *settings: str) -> None:
        """Take other settings; connections from now on go by them."""
        self._set(settings)
        self._control("reload")

    def _set(self, settings: Sequence[str]) -> None:
        for line in settings:
            subprocess.run(["postconf", "-c", str(self.folder), "-e", line], check=True)

    def __exit__(self, *_: object) -> None:
        self._control("stop")
        if self._process is not None:
            self._process.wait(30)

    def _control(self, verb: str) -> None:
        subprocess.run(["postfix", "-c", str(self.folder), verb], capture_output=True, check=False)
