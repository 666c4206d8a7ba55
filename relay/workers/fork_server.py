"""The process that workers are forked from (fork(2)): it has loaded everything they need, and nothing else.

So a worker starts in milliseconds, and all of them share the memory of code and word lists. The server itself cannot be
forked: it has threads, sockets and secrets that no worker may have. The fork server exits with the process that
started it (fork_client.py).
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import select
import signal
import socket
import sys
from collections.abc import Callable

from relay.anonymise import words
from relay.workers.settings import WorkerSettings

_MOST = 64 * 1024
"""Octets of a request: a WorkerSettings with its keys."""


class _Children:
    """The running workers, each with the pipe on which its exit is reported."""

    def __init__(self, work: Callable[[socket.socket, WorkerSettings], None]) -> None:
        self._work = work
        self._status: dict[int, int] = {}

    def start(self, control: socket.socket, request: bytes, link: int, status: int) -> bytes:
        """Fork a worker. Returns its pid or an error text. Never returns in the new process."""
        try:
            pid = os.fork()
        except OSError as error:
            os.close(link)
            os.close(status)
            return (error.strerror or "no process could be made").encode()
        if pid:
            os.close(link)
            self._status[pid] = status
            return str(pid).encode()
        code = 1
        try:
            # The pipes that report the other workers' exits must not stay open in this process.
            for descriptor in (control.detach(), status, *self._status.values()):
                os.close(descriptor)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._work(socket.socket(fileno=link), pickle.loads(request))  # noqa: S301 -- from the process that started us
            code = 0
        finally:
            os._exit(code)

    def bury(self) -> None:
        """Report all workers that have exited."""
        while self._status:
            pid, how = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            status = self._status.pop(pid)
            with contextlib.suppress(BrokenPipeError):
                os.write(status, str(os.waitstatus_to_exitcode(how)).encode())
            os.close(status)


def main(descriptor: int) -> None:
    """Run the fork server: answer each request with a new worker, until the socket closes."""
    # Ctrl-C and systemd's SIGTERM reach the whole group; the server decides when its workers end.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    control = socket.socket(fileno=descriptor)
    try:
        words.load()
    except ValueError as error:
        control.send(str(error).encode()[:_MOST])
        return
    # Imported only now, so that code reuses the memory freed by reading the word lists.
    from relay.workers.process import work

    # Objects loaded by now live for ever: excluded from garbage collection, their pages stay shared.
    gc.collect()
    gc.freeze()
    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    children = _Children(work)
    with control:
        control.send(str(os.getpid()).encode())
        while True:
            readable, _, _ = select.select([control.fileno(), woken], [], [])
            if woken in readable:
                os.read(woken, 4096)
                children.bury()
            if control.fileno() in readable:
                request, descriptors, _, _ = socket.recv_fds(control, _MOST, 2)
                if len(descriptors) != 2:
                    return
                control.send(children.start(control, request, *descriptors))


if __name__ == "__main__":
    main(int(sys.argv[1]))
