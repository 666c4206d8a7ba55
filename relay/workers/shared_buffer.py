"""Shared memory between the server and one worker, for letters and answers too large for the socket.

A socket transfers a megabyte in many pieces, and the processes wait for each other and for the event loop at each.
Shared memory is written once and read once. It has no name (memfd_create(2)): no other process can open it, and it is
freed when both processes have closed it.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence


class SharedBuffer:
    """``descriptor`` refers to the memory; None where the system has none: then everything goes through the socket."""

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
        """The buffer sent by the process at the other end of ``link``."""
        _, descriptors, _, _ = socket.recv_fds(link, 1, 1)
        return cls(descriptors[0] if descriptors else None)

    def put(self, *parts: bytes | memoryview) -> bool:
        """Replace the content by the concatenated ``parts``. False when there is no room for them."""
        if self._descriptor is None:
            return False
        try:
            os.ftruncate(self._descriptor, 0)
            return os.pwritev(self._descriptor, parts, 0) == sum(map(len, parts))
        except OSError:
            return False

    def take(self, *lengths: int) -> Sequence[bytes]:
        """Read parts of these lengths (octets), and empty the buffer. Raises OSError unless it holds exactly that
        much."""
        if self._descriptor is None:
            raise OSError
        # Checked first: pread allocates the requested length, and a worker may claim any.
        if os.fstat(self._descriptor).st_size != sum(lengths):
            raise OSError
        offset, parts = 0, []
        for length in lengths:
            parts.append(os.pread(self._descriptor, length, offset))
            offset += length
        os.ftruncate(self._descriptor, 0)
        return parts

    def close(self) -> None:
        """Free the memory."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
