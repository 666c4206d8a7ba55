"""Wires the doors to the stories, and keeps them running until told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from relay.home import Home
from relay.message.sign import Signer
from relay.policy.rate import Rate
from relay.relaying.accept import Acceptor
from relay.relaying.deliver import Deliverer
from relay.relaying.notices import Notices
from relay.settings import Settings
from relay.smtp.receive import Door
from relay.smtp.send import Sender
from relay.smtp.tls import server_context
from relay.stationery import Stationery
from relay.store import Store
from relay.workers import Workers, WorkerSettings

log = logging.getLogger("relay.daemon")

_PATIENCE = 20.0
"""Seconds that letters in hand get to finish after TERM; systemd and people expect an end within thirty."""


def _now() -> datetime:
    return datetime.now(UTC)


async def serve(home: Home, settings: Settings) -> int:
    """Receive and deliver until TERM or INT; HUP reads the certificate again. Returns the exit code.

    Raises HomeError, StoreError, or OSError with a message for people when something it needs is not there.
    """
    keys = home.dkim_keys(settings)
    tls = server_context(*_certificate(home, settings)) if settings.smtp.tls_certificate else None
    async with AsyncExitStack() as closing:
        store = await Store.open(home.db_path(settings), home.read_vault())
        closing.push_async_callback(store.close)
        resumed = await store.queue.recover()
        workers = Workers(_worker_settings(settings, keys))
        closing.push_async_callback(workers.close)
        await workers.open()
        sender = Sender(settings)
        closing.push_async_callback(sender.close)
        notices = Notices(settings, store, Stationery(home.templates), Signer(settings.domain, keys))
        deliverer = Deliverer(settings, store, sender.send, notices, _now)
        rate = Rate(settings.limits.messages_per_hour)
        acceptor = Acceptor(settings, store, workers.rebuild, notices, rate, _now, deliverer.wake)
        door = Door(settings, acceptor, tls)
        stop = _signals(lambda: _reload(home, settings, door))
        await door.open()
        _announce(settings, door, resumed)
        delivering = asyncio.create_task(deliverer.run())
        _notify("READY=1")
        await _until_stopped(stop, delivering)
        _notify("STOPPING=1")
        log.info("stopping: finishing what is in hand")
        # Both at once: letters still coming in may use the time that deliveries need to end.
        await asyncio.gather(door.drain(_PATIENCE), deliverer.stop(_PATIENCE))
        await delivering
    log.info("stopped")
    return 0


async def _until_stopped(stop: asyncio.Event, delivering: asyncio.Task[None]) -> None:
    """Wait for the signal; a deliverer that ends on its own is a fault that must end the process, not hide in it."""
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({stopped, delivering}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if delivering.done():
        delivering.result()


def _worker_settings(settings: Settings, keys: tuple[tuple[str, str], ...]) -> WorkerSettings:
    return WorkerSettings(
        count=settings.smtp.workers or os.cpu_count() or 1,
        deadline=settings.smtp.worker_deadline,
        memory=settings.smtp.worker_memory,
        domain=settings.domain,
        keys=keys,
    )


def _certificate(home: Home, settings: Settings) -> tuple[str, str]:
    return str(home.path / settings.smtp.tls_certificate), str(home.path / settings.smtp.tls_key)


def _signals(reload: Callable[[], None]) -> asyncio.Event:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, reload)
    return stop


def _reload(home: Home, settings: Settings, door: Door) -> None:
    """HUP: read the certificate again. The old one stays in use when the new one cannot be read."""
    if not settings.smtp.tls_certificate:
        return
    try:
        door.reload_tls(server_context(*_certificate(home, settings)))
        log.info("certificate read again")
    except (OSError, ValueError) as error:
        log.error("the certificate could not be read again, the old one stays: %s", error)


def _announce(settings: Settings, door: Door, resumed: int) -> None:
    for host, port in door.ports:
        log.info("listening on %s port %d for %s", host, port, settings.domain)
    if resumed:
        log.info("%d deliveries resumed that were in hand when the last run ended", resumed)
    if settings.authenticity.verify == "none":
        log.warning(
            'authenticity.verify is "none": letters are believed to be from whom they say. '
            "Run this only behind a mail server that checks authors (SPF, DKIM, DMARC), or for trying out"
        )


def _notify(state: str) -> None:
    """Tell systemd (sd_notify(3)), when it asked to be told."""
    name = os.environ.get("NOTIFY_SOCKET")
    if not name:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as notify:
        notify.connect("\0" + name[1:] if name.startswith("@") else name)
        notify.sendall(state.encode())
