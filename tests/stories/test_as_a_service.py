"""relay runs with what systemd passes to it: a listening socket, and the vault key as a credential."""

from __future__ import annotations

import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import time
from pathlib import Path

from .conftest import HOST, RELAY, House

START = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.argv[2], sys.argv[2:])
"""


def greeted(port: int) -> str:
    with smtplib.SMTP(HOST, port, timeout=30) as client:
        return client.ehlo()[1].decode()


def test_clients_wait_on_the_passed_socket_while_relay_starts_again(house: House, tmp_path: Path) -> None:
    """smtp.listen names a port that relay may not have, so only the socket can be what answers."""
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    shutil.move(house.home / "keys" / "vault.key", credentials / "vault.key")
    env = house.env | {"CREDENTIALS_DIRECTORY": str(credentials), "RELAY_SMTP__LISTEN": '["192.0.2.1:25"]'}
    with socket.create_server((HOST, 0)) as listening:
        port = listening.getsockname()[1]
        command = [sys.executable, "-c", START, str(listening.fileno()), RELAY, "--home", str(house.home), "serve"]
        log = (tmp_path / "log").open("wb")
        process = subprocess.Popen(command, env=env, pass_fds=(listening.fileno(),), stderr=log)
        log.close()
        try:
            assert "SIZE" in greeted(port), (tmp_path / "log").read_text()
            toml = house.home / "relay.toml"
            toml.write_text(toml.read_text().replace("recipients = 10", "recipients = 11"))
            process.send_signal(signal.SIGHUP)
            end = time.monotonic() + 30
            while "stopping: finishing" not in (tmp_path / "log").read_text() and time.monotonic() < end:
                time.sleep(0.02)
            assert "SIZE" in greeted(port), (tmp_path / "log").read_text()
            assert process.poll() is None
        finally:
            process.terminate()
            code = process.wait(60)
        assert code == 0, (tmp_path / "log").read_text()
        # The socket is systemd's: it stays open after relay ended.
        socket.create_connection((HOST, port), 5).close()
        assert f"port {port}" in (tmp_path / "log").read_text()
