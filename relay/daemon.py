"""Wires the doors to the stories, and keeps them running until told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import ssl
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from relay.assembly import inbound, open_parts
from relay.authentication.verify import proof
from relay.holds import give_up_late
from relay.home import Home, HomeError
from relay.inbound.quarantine import Quarantine
from relay.monitoring.http_endpoint import HttpEndpoint
from relay.monitoring.metrics import Metrics
from relay.operations.retention import forget_old
from relay.outbound.deliver import Deliverer
from relay.scheduling.job import Work
from relay.scheduling.runner import keep_running
from relay.settings import Settings
from relay.settings_file import SettingsError
from relay.smtp.client.send import Sender
from relay.smtp.server.smtp_server import SmtpServer
from relay.smtp.server.tls import TlsFault, server_context
from relay.store import Store, StoreError

log = logging.getLogger(__name__)

_PATIENCE = 20.0
"""Seconds that letters in hand get to finish after TERM; systemd and people expect an end within thirty."""


_LOOK_AT_KEYS = 15.0
"""Seconds between two looks at the DKIM keys."""

DkimKeys = tuple[tuple[str, str], ...]
"""Selectors and PEM."""


@dataclass(frozen=True, slots=True)
class _Running:
    """What a run began with."""

    settings: Settings
    keys: DkimKeys


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class _Told:
    """What signals asked for: ``end`` of this run; ``stop`` for good, or a new beginning with other ``settings``."""

    end: asyncio.Event
    stop: bool = False
    settings: Settings | None = None


async def serve(home: Home, settings: Settings, read: Callable[[], Settings]) -> int:
    """Receive and deliver until TERM or INT. Returns the exit code.

    HUP reads the certificate and, with ``read``, the settings again; when they changed, letters in hand are finished
    and everything begins anew with them. What cannot be used is logged and changes nothing. Raises HomeError,
    StoreError, or OSError with a message for people when something needed at the start is not there.
    """
    told = _told()
    await _serve(home, settings, read, told)
    while not told.stop:
        before, settings = settings, told.settings or settings
        told.end.clear()
        try:
            await _serve(home, settings, read, told)
        except (HomeError, StoreError, TlsFault, OSError) as error:
            log.error("going on with the settings of before: %s", error)
            settings = before
            await _serve(home, settings, read, told)
    log.info("stopped")
    return 0


async def _serve(home: Home, settings: Settings, read: Callable[[], Settings], told: _Told) -> None:
    """One run with these settings, until ``told`` of its end."""
    keys, tls = home.dkim_keys(settings), _context(home, settings)
    async with AsyncExitStack() as closing:
        parts = await open_parts(home, settings, closing, _now)
        store, metrics, sender = parts.store, Metrics(), Sender(settings, parts.store.sts_policies, now=_now)
        resumed = await store.queue.recover(_now(), start=True)
        await store.jobs.recover()
        closing.push_async_callback(sender.close)
        send = metrics.sending(sender.send)
        deliverer = Deliverer(settings, store, send, parts.notices, suspending=parts.suspending, now=_now)
        await store.listen(deliverer.wake)
        arriving = inbound(parts, deliverer, proof(settings), metrics)
        # Whoever shares a database may share a port.
        shared = isinstance(home.place(settings.store.url), str)
        server = SmtpServer(
            settings, metrics.accepting(arriving.acceptor), tls, arriving.mail_from_checks, shared=shared
        )
        reload = partial(_reload, home, _Running(settings, keys), read, server, told)
        _on_hup(reload)
        if settings.metrics.listen is not None:
            # Before the SMTP server: whoever may connect there can see how it goes.
            endpoint = _endpoint(metrics, store, server)
            await endpoint.open(settings.metrics.listen)
            closing.push_async_callback(endpoint.close)
        await server.open()
        _announce(settings, server, resumed)
        delivering = asyncio.create_task(deliverer.run())
        give_up = partial(give_up_late, store=store, notices=parts.notices)
        forget = partial(forget_old, store, settings)
        work = Work(store, deliverer.wake, arriving.rate_limits.release, forget, give_up, sender.renew_policies)
        keeping = asyncio.create_task(keep_running(work, _now))
        closing.callback(keeping.cancel)
        watching = asyncio.create_task(_watch_keys(home, settings, keys, reload))
        closing.callback(watching.cancel)
        _notify("READY=1")
        await _until(told.end, delivering)
        _notify("STOPPING=1" if told.stop else "RELOADING=1")
        log.info("stopping: finishing what is in hand")
        # Both at once: letters still coming in may use the time that deliveries need to end.
        await asyncio.gather(_drain(server, arriving.quarantine), deliverer.stop(_PATIENCE))
        await delivering


async def _drain(server: SmtpServer, quarantine: Quarantine) -> None:
    """Take no more, and finish what clients have begun and what goes on behind refusals."""
    await server.drain(_PATIENCE)
    await quarantine.drain(_PATIENCE / 2)


def _endpoint(metrics: Metrics, store: Store, server: SmtpServer) -> HttpEndpoint:
    async def page() -> bytes:
        return metrics.page(await store.queue.ages(_now()))

    async def ready() -> str:
        try:
            await store.queue.next_due_at()
        except StoreError:
            return "the database cannot be read"
        if server.closing:
            return "closing"
        return "" if server.ports else "starting"

    return HttpEndpoint(page, ready)


async def _until(end: asyncio.Event, delivering: asyncio.Task[None]) -> None:
    """Wait for the signal; a deliverer that ends on its own is a fault that must end the process, not hide in it."""
    stopped = asyncio.create_task(end.wait())
    await asyncio.wait({stopped, delivering}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if delivering.done():
        delivering.result()


def _context(home: Home, settings: Settings) -> ssl.SSLContext | None:
    if not settings.smtp.tls_certificate:
        return None
    return server_context(str(home.path / settings.smtp.tls_certificate), str(home.path / settings.smtp.tls_key))


def _told() -> _Told:
    """Hears TERM and INT from now on, in every run and between two."""
    told = _Told(asyncio.Event())

    def stop() -> None:
        told.stop = True
        told.end.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    return told


def _on_hup(reload: Callable[[], None]) -> None:
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reload)


async def _watch_keys(home: Home, settings: Settings, keys: DkimKeys, reload: Callable[[], None]) -> None:
    """Notice within some seconds that relay dkim rotate has put other keys in place, as HUP would."""
    while True:
        await asyncio.sleep(_LOOK_AT_KEYS)
        try:
            changed = home.dkim_keys(settings) != keys
        except HomeError:
            continue  # what runs has its keys; relay check says what is wrong
        if changed:
            reload()


def _reload(home: Home, running: _Running, read: Callable[[], Settings], server: SmtpServer, told: _Told) -> None:
    """HUP, or other keys. A run that is ending anyway is left alone."""
    if told.end.is_set():
        return
    try:
        changed = read()
        # All of a new beginning's files are read before the old run ends: a mistake in one must not stop the relay.
        keys = home.dkim_keys(changed)
        tls = _context(home, changed)
    except (HomeError, SettingsError, TlsFault, OSError, ValueError) as error:
        log.error("nothing was reloaded, all goes on as before: %s", "; ".join(str(error).splitlines()))
        return
    if changed != running.settings or keys != running.keys:
        log.info("the settings or the DKIM keys changed: beginning anew with them")
        told.settings = changed
        told.end.set()
    elif tls is not None:
        server.reload_tls(tls)
        log.info("certificate read again")
    else:
        log.info("nothing to reload: the settings are as they were")


def _announce(settings: Settings, server: SmtpServer, resumed: int) -> None:
    for host, port in server.ports:
        log.info("listening on %s port %d for %s", host, port, settings.domain)
    if resumed:
        log.info("recovered %d deliveries that were being tried when the last run ended", resumed)
    if settings.authenticity.verify == "none":
        log.warning(
            'authenticity.verify is "none": letters are believed to be from whom they say. Run this for trying out only'
        )


def _notify(state: str) -> None:
    """Tell systemd (sd_notify(3)), when it asked to be told."""
    name = os.environ.get("NOTIFY_SOCKET")
    if not name:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as notify:
        notify.connect("\0" + name[1:] if name.startswith("@") else name)
        notify.sendall(state.encode())
