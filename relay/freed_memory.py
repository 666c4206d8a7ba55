"""Keeps the memory that a large letter used for the next one, and gives it back when none comes.

glibc gives freed blocks of some megabytes back to the kernel at once. A photograph is copied a dozen times on its way
through a worker, and for each copy the kernel would have to find, clear and map the pages again: a third of the time.
In the server, where it is copied less often, it is a seventh.
"""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Awaitable, Callable, Coroutine
from functools import lru_cache
from typing import Any, TypeVar

T = TypeVar("T")

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # mallopt(3)
_KEPT = 16 * 1024 * 1024
"""Octets: as much freed memory at the end of the heap is kept."""
_LARGEST = 32 * 1024 * 1024
"""Octets: the largest block that comes from the heap, which is also glibc's limit."""
LARGE = 256 * 1024
"""Octets: a letter from which on its memory is worth giving back."""
SOON = 1.0
"""Seconds in which the next large letter may come."""


class FreedMemory:
    """Keeps freed memory in a process with an event loop. ``freed`` is called behind each letter."""

    def __init__(self) -> None:
        keep_freed_memory()
        self._timer: asyncio.TimerHandle | None = None

    def sending(self, send: Callable[..., Awaitable[T]]) -> Callable[..., Coroutine[Any, Any, T]]:
        """Wraps ``send``, which is given a letter as ``content``: calls ``freed`` behind it."""

        async def watched(*, content: bytes, **envelope: str) -> T:
            try:
                return await send(content=content, **envelope)
            finally:
                self.freed(len(content))

        return watched

    def freed(self, octets: int) -> None:
        """Note that a letter of ``octets`` is done with. The memory of large ones is given back once a second."""
        if octets >= LARGE and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SOON, self._give_back)

    def _give_back(self) -> None:
        self._timer = None
        give_back()


def keep_freed_memory() -> None:
    """Keep what is freed, up to _KEPT, in this process and those forked from it. Does nothing without glibc."""
    if (libc := _libc()) is not None:
        libc.mallopt(_MMAP_THRESHOLD, _LARGEST)
        libc.mallopt(_TRIM_THRESHOLD, _KEPT)


def give_back() -> None:
    """Give all freed memory back to the kernel (malloc_trim(3))."""
    if (libc := _libc()) is not None:
        libc.malloc_trim(0)


@lru_cache(maxsize=1)
def _libc() -> Any:
    """The C library; None when it is not glibc."""
    try:
        libc = ctypes.CDLL(None)
        return libc if libc.mallopt and libc.malloc_trim else None
    except (OSError, AttributeError, TypeError):
        return None
