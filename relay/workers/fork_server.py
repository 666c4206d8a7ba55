"""The program of which workers are copies (fork(2)): it has loaded everything they need, and nothing else.

So a worker is there in milliseconds, and all of them share the memory of code and word lists. The server itself cannot
be copied: it has threads, sockets and secrets that no worker may have. The fork server ends when the process that
started it does (fork_client.py).
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
    """The workers that run, and the pipe for each by which its end is told."""

    def __init__(self, work: Callable[[socket.socket, WorkerSettings], None]) -> None:
        self._work = work
        self._status: dict[int, int] = {}

    def start(self, control: socket.socket, request: bytes, link: int, status: int) -> bytes:
        """The answer: the number of the new process, or what went wrong. In the new process it never returns."""
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
            # What tells of the others' ends must not stay open here.
            for descriptor in (control.detach(), status, *self._status.values()):
                os.close(descriptor)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._work(socket.socket(fileno=link), pickle.loads(request))  # noqa: S301 -- from the process that started us
            code = 0
        finally:
            os._exit(code)

    def bury(self) -> None:
        """Tell of all that have ended."""
        while self._status:
            pid, how = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            status = self._status.pop(pid)
            with contextlib.suppress(BrokenPipeError):
                os.write(status, str(os.waitstatus_to_exitcode(how)).encode())
            os.close(status)


def main(descriptor: int) -> None:
    """The life of the fork server: it answers each request with a new worker, until its socket closes."""
    # The terminal's Ctrl-C and systemd's TERM go to the group; the server decides when its workers end.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    control = socket.socket(fileno=descriptor)
    try:
        words.load()
    except ValueError as error:
        control.send(str(error).encode()[:_MOST])
        return
    # Only now: code takes the room that reading the words has left behind.
    from relay.workers.process import work

    # What is loaded is kept for good: the garbage collector need not look at it, and so does not copy its pages.
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
