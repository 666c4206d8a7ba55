"""Takes over the listening sockets that systemd passes (sd_listen_fds(3))."""

from __future__ import annotations

import os
import socket
from collections.abc import MutableMapping

from relay.settings import Address

_FIRST = 3  # SD_LISTEN_FDS_START


class PassedSocketError(OSError):
    """What was passed is no listening socket; the text says which, and what to do."""


def passed_sockets(environ: MutableMapping[str, str], pid: int) -> tuple[socket.socket, ...]:
    """The sockets passed to the process ``pid`` by LISTEN_FDS and LISTEN_PID; empty when there are none.

    Removes the variables from ``environ``, and no program that this process starts inherits the sockets. Raises
    PassedSocketError.
    """
    count, named = environ.pop("LISTEN_FDS", ""), environ.pop("LISTEN_PID", "")
    environ.pop("LISTEN_FDNAMES", None)
    if named != str(pid) or not count.isdecimal():
        return ()
    return tuple(_taken(number) for number in range(_FIRST, _FIRST + int(count[:4])))


def listening_on(passed: socket.socket) -> Address:
    """The address of a passed socket."""
    host, port = passed.getsockname()[:2]
    return Address(host, port)


def _taken(number: int) -> socket.socket:
    try:
        os.set_inheritable(number, False)
        passed = socket.socket(fileno=number)
    except OSError as error:
        raise PassedSocketError(_fault(number)) from error
    listens = passed.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    if passed.family not in (socket.AF_INET, socket.AF_INET6) or passed.type != socket.SOCK_STREAM or not listens:
        passed.detach()
        raise PassedSocketError(_fault(number))
    passed.setblocking(False)
    return passed


def _fault(number: int) -> str:
    return f"LISTEN_FDS names {number}, which is no listening TCP socket: see ListenStream in relay.socket"
