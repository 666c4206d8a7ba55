"""Looks up host names as the operating system does (resolv.conf, hosts), but never for long."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import threading

_SECONDS = 5.0


async def addresses_of(host: str, seconds: float = _SECONDS) -> set[str]:
    """The IP addresses of ``host``; none when it has none, or nobody answers in time.

    getaddrinfo(3) asks each dead resolver several times, and cannot be interrupted. So the program does not wait for
    the thread at its end.
    """
    with contextlib.suppress(ValueError):
        return {str(ipaddress.ip_address(host))}
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    addresses: set[str] = set()

    def look_up() -> None:
        with contextlib.suppress(OSError, UnicodeError):
            addresses.update(str(one[4][0]) for one in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
        with contextlib.suppress(RuntimeError):  # the program waits no longer
            loop.call_soon_threadsafe(done.set)

    threading.Thread(target=look_up, daemon=True).start()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await done.wait()
    return set(addresses)
