"""A sandbox for one run of a converter: no network, no files but the programs', memory instead of a disk (bubblewrap).

The file goes in through anonymous memory (memfd_create(2)) and lives in a tmpfs that only this sandbox sees; the new
file comes out through a pipe. When the sandbox ends, the kernel frees both. Neither relay nor the program writes
anything to a disk; a machine with unencrypted swap may still write any memory there.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sys
from dataclasses import dataclass
from enum import Enum, auto

BWRAP = "/usr/bin/bwrap"
SETPRIV = "/usr/bin/setpriv"
_READY = b"ready\n"
_DIED = 128
"""Exit statuses of a shell above this say that a signal ended the program."""
_ROOM = 512 * 1024 * 1024
"""Octets of the tmpfs: the file, the program's own files, and the new file."""
_PIECE = 1 << 18

_NAMESPACES = ("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL")
_ENVIRONMENT = (
    "--clearenv",
    "--setenv",
    "PATH",
    "/usr/bin",
    "--setenv",
    "HOME",
    "/job",
    "--setenv",
    "LC_ALL",
    "C.UTF-8",
)
_FILES = (
    *("--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"),
    *("--symlink", "usr/bin", "/bin", "--ro-bind-try", "/etc/libreoffice", "/etc/libreoffice"),
    *("--ro-bind-try", "/etc/fonts", "/etc/fonts", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"),
    *("--ro-bind-try", "/etc/alternatives", "/etc/alternatives", "--dev", "/dev"),
    *("--size", str(_ROOM), "--tmpfs", "/job", "--chdir", "/job"),
)


class Ending(Enum):
    """How a run ended."""

    MADE = auto()
    """There is a new file."""
    REFUSED = auto()
    """The program ended without one: it cannot read the file."""
    LATE = auto()
    """It missed its deadline and was killed."""
    TOO_LARGE = auto()
    """The new file is larger than it may be."""
    DIED = auto()
    """A signal ended it: a fault of the program, or of the machine."""
    NEVER_BEGAN = auto()
    """The sandbox could not be made."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``seconds`` of time, of the clock and of the processor; ``memory``: octets of address space of each process;
    ``result``: octets of the new file."""

    seconds: float
    memory: int
    result: int


def available() -> bool:
    """Whether this system has what a sandbox is made of; ``works`` tells whether one can be made."""
    return sys.platform == "linux" and shutil.which(BWRAP) is not None


async def works() -> bool:
    """Whether a sandbox can be made here: the system, a container or a systemd unit may forbid namespaces."""
    if not available():
        return False
    ending, made = await run("echo yes >/job/result", b"", Limits(10.0, 1 << 30, 64))
    return ending is Ending.MADE and made == b"yes\n"


async def run(script: str, content: bytes, limits: Limits) -> tuple[Ending, bytes]:
    """Run a shell script in a sandbox with ``content`` as /job/input. Returns how it ended, and its /job/result.

    Raises OSError when no process can be started.
    """
    assert sys.platform == "linux"
    memory = os.memfd_create("input")
    try:
        left = memoryview(content)
        while left:
            left = left[os.write(memory, left) :]
        os.lseek(memory, 0, os.SEEK_SET)
        process = await asyncio.create_subprocess_exec(
            *command(script, memory, limits),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            pass_fds=(memory,),
            cwd="/",
            env={},
        )
    finally:
        os.close(memory)
    return await _outcome(process, limits)


def command(script: str, memory: int, limits: Limits) -> list[str]:
    """The command that runs ``script`` in a sandbox; ``memory`` is the descriptor of its input. Rights that relay has
    under systemd, such as for ports below 1024, are given up first: bubblewrap refuses to start with them."""
    without_rights = [SETPRIV, "--inh-caps=-all", "--ambient-caps=-all"] if shutil.which(SETPRIV) else []
    sandbox = [BWRAP, *_NAMESPACES, *_ENVIRONMENT, *_FILES, "--file", str(memory), "/job/input"]
    return [*without_rights, *sandbox, "/bin/sh", "-c", _limited(script, limits)]


def _limited(script: str, limits: Limits) -> str:
    """``script`` with limits on its processes, between a sign that the sandbox stands and the new file."""
    return (
        f"echo ready\nulimit -v {limits.memory // 1024} && ulimit -t {int(limits.seconds) + 1} && ulimit -c 0"
        " || exit 1\nstatus=0\n"
        f"{{ {script}\n}} >/dev/null 2>&1\n"
        f"[ $status -le {_DIED} ] || exit $status\n[ -s /job/result ] || exit 1\nexec cat /job/result\n"
    )


async def _outcome(process: asyncio.subprocess.Process, limits: Limits) -> tuple[Ending, bytes]:
    assert process.stdout is not None
    out = bytearray()
    try:
        async with asyncio.timeout(limits.seconds):
            while piece := await process.stdout.read(_PIECE):
                out += piece
                if len(out) > limits.result + len(_READY):
                    return Ending.TOO_LARGE, b""
            status = await process.wait()
    except TimeoutError:
        return Ending.LATE, b""
    finally:
        # Killing bwrap ends everything in its process namespace.
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        while await process.stdout.read(_PIECE):
            pass  # what the pipe still held
        await process.wait()
    if not out.startswith(_READY):
        return Ending.NEVER_BEGAN, b""
    if status < 0 or status > _DIED:
        return Ending.DIED, b""
    made = bytes(out[len(_READY) :])
    return (Ending.MADE, made) if status == 0 and made else (Ending.REFUSED, b"")
