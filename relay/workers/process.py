"""A worker process: runs one job after another until its socket closes."""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import socket
import sys
from pathlib import Path

from relay.freed_memory import LARGE, SOON, give_back, keep_freed_memory
from relay.message.languages import understand
from relay.message.write.dkim_sign import Signer, Signers
from relay.workers.answers import FRAME, written
from relay.workers.jobs import done
from relay.workers.settings import WorkerSettings
from relay.workers.shared_buffer import SharedBuffer


def work(link: socket.socket, settings: WorkerSettings) -> None:
    """Run one worker process."""
    be_silent()
    with contextlib.suppress(OSError):
        os.nice(settings.niceness)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (settings.memory, settings.memory))
    sys.setrecursionlimit(2000)
    if settings.templates:
        with contextlib.suppress(ValueError, OSError):  # the server has read the same files, and said what is wrong
            understand(Path(settings.templates))
    relayed = Signer(settings.domain, settings.keys)
    programme = Signer(settings.domain, settings.programme_keys) if settings.programme_keys else relayed
    signers = Signers(relayed, programme)
    buffer = SharedBuffer.receive_from(link)
    keep_freed_memory()
    large = False  # whether the last order was
    with link:
        link.sendall(FRAME.pack(False, 0, 0))
        while len(frame := _next_frame(link, soon=large)) == FRAME.size:
            in_buffer, *lengths = FRAME.unpack(frame)
            large = sum(lengths) > LARGE
            order, letter = buffer.take(*lengths) if in_buffer else [_received(link, length) for length in lengths]
            # When this time is used up, the kernel ends the process (SIGPROF), whatever code it runs.
            signal.setitimer(signal.ITIMER_PROF, settings.cpu_deadline)
            parts = written(done(order, letter, signers))
            # Use the buffer only when the order came through it: otherwise the server may be writing the next order to
            # it.
            in_buffer = in_buffer and buffer.put(*parts)
            link.sendall(FRAME.pack(in_buffer, *map(len, parts)) + (b"" if in_buffer else b"".join(parts)))
            del order, letter, parts


def _next_frame(link: socket.socket, *, soon: bool) -> bytes:
    """The next frame; b"" when there is none any more. When it is expected ``soon`` and does not come, the memory of
    the last letter is given back while waiting."""
    if soon and not select.select([link], [], [], SOON)[0]:
        give_back()
    return _received(link, FRAME.size)


def _received(link: socket.socket, length: int) -> bytes:
    """Exactly ``length`` octets; fewer when the other end has closed."""
    pieces = []
    while length > 0 and (piece := link.recv(length, socket.MSG_WAITALL)):
        pieces.append(piece)
        length -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def be_silent() -> None:
    """Discard what libraries, including native ones, print about a letter, because it may quote the letter. The parent
    logs when a worker is lost. RELAY_TRACEBACK=1 keeps the output, for debugging."""
    if not os.environ.get("RELAY_TRACEBACK"):
        null = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(null, stream)
