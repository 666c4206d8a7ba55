"""Starts workers through the fork server (fork_server.py), one for each process that uses workers."""

from __future__ import annotations

import contextlib
import errno
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import threading
from functools import lru_cache
from pathlib import Path

from relay.workers.settings import WorkerSettings

_PROGRAM = "relay.workers.fork_server"
_MOST = 4096
_PATIENCE = 60.0
"""Seconds to wait for a reply, on a very busy machine."""


class WorkerProcess:
    """One worker process, ``pid``, and the pipe on which the fork server reports its exit."""

    def __init__(self, pid: int, status: int) -> None:
        self.pid = pid
        self._status = status
        self._exit_code: int | None = None
        self._pidfd = _pidfd(pid)
        self._exits = select.poll()
        self._exits.register(self._pidfd if self._pidfd >= 0 else self._status, select.POLLIN)

    @property
    def alive(self) -> bool:
        """Whether it runs. May be True for a process whose exit is not reported yet, never False for a running one."""
        return self._exit_code is None and not self._exits.poll(0)

    def kill(self) -> None:
        """Kill it."""
        if not self.alive:
            return
        with contextlib.suppress(ProcessLookupError):
            if sys.platform == "linux" and self._pidfd >= 0:
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            else:
                os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Wait for its exit. Returns its exit code, or minus the signal that ended it; minus SIGKILL when the fork
        server ended before it could report."""
        if self._exit_code is None:
            told = os.read(self._status, 16)
            self._exit_code = int(told) if told else -signal.SIGKILL
        return self._exit_code

    def close(self) -> None:
        """Close its descriptors, after it has exited."""
        for descriptor in (self._status, self._pidfd):
            if descriptor >= 0:
                os.close(descriptor)
        self._status = self._pidfd = -1


def _pidfd(pid: int) -> int:
    """A descriptor of exactly this process, not of a later one with the same pid (pidfd_open(2)); -1 where
    unsupported."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            return os.pidfd_open(pid)
    return -1


class ForkServer:
    """The fork server of this process. Started with the first worker, and again if it has ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def start_worker(self, link: socket.socket, settings: WorkerSettings) -> WorkerProcess:
        """Start a worker at the other end of ``link``. Takes some milliseconds, and about a second when the fork server
        is not running yet. Raises OSError when memory, processes or descriptors run out."""
        with self._lock:
            control = self._running()
            status, theirs = os.pipe()
            try:
                socket.send_fds(control, [pickle.dumps(settings)], [link.fileno(), theirs])
                return WorkerProcess(_number(control.recv(_MOST)), status)
            except OSError:
                os.close(status)
                raise
            finally:
                os.close(theirs)

    def close(self) -> None:
        """Stop it; its workers go on. The next ``start_worker`` starts it again."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.wait()
            self._process = None

    def _running(self) -> socket.socket:
        if self._control is not None and self._process is not None and self._process.poll() is None:
            return self._control
        self.close()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(_PATIENCE)
        with theirs:
            command = [sys.executable, "-P", "-m", _PROGRAM, str(theirs.fileno())]
            self._process = subprocess.Popen(  # noqa: S603 -- our own program
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=_environment()
            )
        try:
            _number(ours.recv(_MOST))
        except OSError:
            ours.close()
            self._process.kill()
            self.close()
            raise
        self._control = ours
        return ours


def _number(answer: bytes) -> int:
    """The pid in the fork server's reply. Raises OSError with its text when it reports an error."""
    if answer.isdigit():
        return int(answer)
    raise OSError(errno.ECHILD, answer.decode("utf-8", "replace") or "the process that starts workers ended")


def _environment() -> dict[str, str]:
    """An environment in which the new process imports this package from here, not from its working directory."""
    root = Path(__file__).parents[2]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH"))))}


@lru_cache(maxsize=1)
def fork_server() -> ForkServer:
    """The fork server of this process."""
    return ForkServer()
