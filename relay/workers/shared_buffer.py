"""Shared memory between the server and one worker, for letters and answers too large for the socket.

Through the socket a megabyte goes in pieces, and at each of them the two processes wait for one another and for all
else that the event loop has to do. Here it is written once and read once. The memory has no name (memfd_create(2)):
nobody else can open it, and it is gone when both processes have closed it.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence


class SharedBuffer:
    """``descriptor`` refers to the memory; None where the system has none, and then everything takes the socket."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    @classmethod
    def new(cls) -> SharedBuffer:
        """An empty buffer."""
        if sys.platform != "linux":
            return cls(None)
        try:
            return cls(os.memfd_create("letter"))
        except OSError:
            return cls(None)

    def send_to(self, link: socket.socket) -> None:
        """Send the descriptor to the process at the other end of ``link``, which calls ``receive_from``."""
        socket.send_fds(link, [b"d"], [] if self._descriptor is None else [self._descriptor])

    @classmethod
    def receive_from(cls, link: socket.socket) -> SharedBuffer:
        """The buffer that the process at the other end of ``link`` has sent."""
        _, descriptors, _, _ = socket.recv_fds(link, 1, 1)
        return cls(descriptors[0] if descriptors else None)

    def put(self, *parts: bytes) -> bool:
        """Write ``parts`` one behind the other, in place of what is there. False when there is no room for them."""
        if self._descriptor is None:
            return False
        try:
            os.ftruncate(self._descriptor, 0)
            return os.pwritev(self._descriptor, parts, 0) == sum(map(len, parts))
        except OSError:
            return False

    def take(self, *lengths: int) -> Sequence[bytes]:
        """Read the parts, which have these lengths in octets, and empty the buffer. Raises OSError when it does not
        hold exactly so much."""
        if self._descriptor is None:
            raise OSError
        # Checked first: reading makes room for as much as it is told, and a worker may tell anything.
        if os.fstat(self._descriptor).st_size != sum(lengths):
            raise OSError
        offset, parts = 0, []
        for length in lengths:
            parts.append(os.pread(self._descriptor, length, offset))
            offset += length
        os.ftruncate(self._descriptor, 0)
        return parts

    def close(self) -> None:
        """Give the memory back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
