"""A desk between the server and one worker: a large letter is laid there, and then what became of it.

Through their socket a megabyte goes in pieces, and before each of them the two processes wait for one another
and for all else that the server's loop has to do. On the desk it lies at once. It is memory of the kernel's without a
name (memfd_create(2)), which nobody else can open and which is gone with both.
"""

from __future__ import annotations

import os
import socket
import sys


class Desk:
    """``sheet`` is the descriptor of the memory; None where there is no such memory, or no more of it."""

    def __init__(self, sheet: int | None) -> None:
        self._sheet = sheet

    @classmethod
    def new(cls) -> Desk:
        """An empty one."""
        if sys.platform != "linux":
            return cls(None)
        try:
            return cls(os.memfd_create("letter"))
        except OSError:
            return cls(None)

    def share(self, link: socket.socket) -> None:
        """Let whoever is at the other end of ``link`` ``find`` it."""
        socket.send_fds(link, [b"d"], [] if self._sheet is None else [self._sheet])

    @classmethod
    def find(cls, link: socket.socket) -> Desk:
        """The one that is shared at the other end of ``link``."""
        _, sheets, _, _ = socket.recv_fds(link, 1, 1)
        return cls(sheets[0] if sheets else None)

    def put(self, octets: bytes) -> bool:
        """Lay ``octets`` there in place of what lies there. False when they cannot be, and have to go another way."""
        if self._sheet is None:
            return False
        try:
            os.ftruncate(self._sheet, 0)
            return os.pwrite(self._sheet, octets, 0) == len(octets)
        except OSError:
            return False

    def take(self, length: int) -> bytes:
        """What lies there, which is ``length`` octets; nothing lies there any more. Raises OSError when it is not."""
        if self._sheet is None:
            raise OSError
        if os.fstat(self._sheet).st_size != length:  # asked first: room would be made for whatever length it says
            raise OSError
        octets = os.pread(self._sheet, length, 0)
        os.ftruncate(self._sheet, 0)
        return octets

    def close(self) -> None:
        """Be done with it."""
        if self._sheet is not None:
            os.close(self._sheet)
            self._sheet = None
