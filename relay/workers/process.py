"""What a worker process does: one job after the other through the pure middle, until its socket closes."""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import socket
import struct
import sys
from dataclasses import dataclass, replace

from relay.anonymise.names.lexicon import lexicon
from relay.message.sign import Signer
from relay.workers.answers import written
from relay.workers.jobs import done
from relay.workers.shared_buffer import SharedBuffer

FRAME = struct.Struct("!?QQ")
"""Stands before each order and each answer: whether it is in the shared buffer, and the octets of its two parts (an
order has one: its pickle; an answer is JSON and a letter). The first frame of a worker is empty: it is ready."""


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """``count`` processes with ``memory`` octets of address space each.

    A job may take ``deadline`` seconds by the clock and ``cpu_deadline`` seconds of processor time (0: no such bound).
    ``niceness`` (nice(2)): when there are not cores enough, the server goes first. After ``idle`` seconds without a job
    the processes end, and are started again for the next one; with 0 they are started at once and stay. Letters are
    signed for ``domain`` with the (selector, PEM) ``keys``.
    """

    count: int
    deadline: float
    memory: int
    domain: str
    keys: tuple[tuple[str, str], ...]
    niceness: int = 3
    cpu_deadline: float = 0.0
    idle: float = 0.0

    def for_strangers(self) -> WorkerSettings:
        """For what is opened behind a refusal: one process that gives way to all others, works 2 s on a letter, and
        costs nothing while nobody needs it.

        The two seconds are processor time, because on a busy machine so low a priority waits long for its turn.
        """
        return replace(self, count=1, niceness=10, cpu_deadline=2.0, idle=300.0)


def work(link: socket.socket, settings: WorkerSettings) -> None:
    """The life of one worker process."""
    be_silent()
    with contextlib.suppress(OSError):
        os.nice(settings.niceness)
    # The terminal's Ctrl-C and systemd's TERM go to the group; the server decides when its workers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (settings.memory, settings.memory))
    sys.setrecursionlimit(2000)
    signer = Signer(settings.domain, settings.keys)
    lexicon()  # what is loaded once and kept is no business of the garbage collector
    gc.freeze()
    buffer = SharedBuffer.receive_from(link)
    with link.makefile("rwb") as stream:
        stream.write(FRAME.pack(False, 0, 0))
        stream.flush()
        while len(frame := stream.read(FRAME.size)) == FRAME.size:
            in_buffer, length, _ = FRAME.unpack(frame)
            order = buffer.take(length)[0] if in_buffer else stream.read(length)
            # When it is over, the kernel ends the process (SIGPROF), whatever code it is in.
            signal.setitimer(signal.ITIMER_PROF, settings.cpu_deadline)
            parts = written(done(order, signer))
            # Only when the order came through the buffer the server has nothing else in it.
            in_buffer = in_buffer and buffer.put(*parts)
            stream.write(FRAME.pack(in_buffer, *map(len, parts)) + (b"" if in_buffer else b"".join(parts)))
            stream.flush()


def be_silent() -> None:
    """Discard what libraries, written in Python or not, print about a letter: it may quote the letter. The parent logs
    when a worker is lost. RELAY_TRACEBACK=1 lets everything through, to search for a fault."""
    if not os.environ.get("RELAY_TRACEBACK"):
        null = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(null, stream)
