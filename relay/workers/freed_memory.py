"""Keeps the memory that a large letter used for the next one, and gives it back when none comes.

glibc gives freed blocks of some megabytes back to the kernel at once. A photograph is copied a dozen times on its way
through a worker, and for each copy the kernel would have to find, clear and map the pages again: a third of the time.
"""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import Any

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # mallopt(3)
_KEPT = 16 * 1024 * 1024
"""Octets: as much freed memory at the end of the heap is kept."""
_LARGEST = 32 * 1024 * 1024
"""Octets: the largest block that comes from the heap, which is also glibc's limit."""


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
