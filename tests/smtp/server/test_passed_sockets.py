"""The sockets that systemd passes are taken once, by the process they are meant for."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

from relay.settings import Address
from relay.smtp.server.passed_sockets import listening_on, passed_sockets

_TAKE = """
import os
from relay.smtp.server.passed_sockets import listening_on, passed_sockets
one, = passed_sockets(os.environ, os.getpid())
print(listening_on(one).port, one.get_inheritable(), [name for name in os.environ if name.startswith("LISTEN_")])
"""


_START = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_FDNAMES": "smtp", "LISTEN_PID": str(os.getpid())}
"""


def with_third(passed: int) -> subprocess.CompletedProcess[str]:
    """Take over ``passed``, a file descriptor, in a process that got it as number 3, named by LISTEN_FDS."""
    command = [sys.executable, "-c", _START + _TAKE, str(passed)]
    return subprocess.run(command, pass_fds=(passed,), capture_output=True, text=True, check=False)


def test_a_listening_socket_is_taken_and_no_child_inherits_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        done = with_third(listening.fileno())
        assert done.stdout == f"{listening_on(listening).port} False []\n", done.stderr


def test_what_is_no_listening_socket_is_refused() -> None:
    with socket.socket() as unready, Path("/dev/null").open("rb") as file:
        for one in (unready, file):
            done = with_third(one.fileno())
            assert "LISTEN_FDS names 3, which is no listening TCP socket" in done.stderr


def test_sockets_for_another_process_are_left_alone() -> None:
    environ = {"LISTEN_FDS": "1", "LISTEN_PID": "1"}
    assert passed_sockets(environ, 2) == ()
    assert environ == {}
    assert passed_sockets({}, 2) == ()


def test_the_address_of_a_socket_is_read() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listening:
        assert listening_on(listening) == Address("::1", listening.getsockname()[1])
