"""Runs the server: SMTP, delivery, jobs and monitoring, until a signal stops it."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from relay.assembly import inbound, open_parts
from relay.authentication.verify import proof
from relay.holds import give_up_late
from relay.home import Home, HomeError
from relay.inbound.quarantine import Quarantine
from relay.letters.invitations import InvitationLetters
from relay.mentoring.consent import follow_up
from relay.monitoring.metrics import Metrics
from relay.operations.file_modes import open_secrets
from relay.operations.readings import certificate_end, endpoint_of
from relay.operations.retention import forget_old
from relay.operations.upgrade_backup import remove_old
from relay.outbound.deliver import Deliverer
from relay.scheduling.job import Work
from relay.scheduling.runner import keep_running
from relay.settings import Settings
from relay.settings_file import SettingsError
from relay.signing_keys import Mail
from relay.smtp.client.send import Sender
from relay.smtp.server.smtp_server import SmtpServer
from relay.smtp.server.tls import TlsFault, server_context
from relay.store import Store, StoreError

log = logging.getLogger(__name__)

_DRAIN_SECONDS = 20.0
"""Seconds that letters in progress get to finish after TERM. systemd and operators expect an end within 30 s."""
_KEY_POLL_SECONDS = 15.0
"""Seconds between two checks for changed DKIM keys."""

DkimKeys = tuple[tuple[tuple[str, str], ...], ...]
"""Selectors and PEM."""


@dataclass(frozen=True, slots=True)
class _Running:
    """The settings and keys that a run started with."""

    settings: Settings
    keys: DkimKeys


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class _Signals:
    """What signals have asked for: the ``end`` of this run; then to ``stop``, or to restart with new ``settings``."""

    end: asyncio.Event
    stop: bool = False
    settings: Settings | None = None


async def serve(
    home: Home, settings: Settings, read: Callable[[], Settings], passed: Sequence[socket.socket] = ()
) -> int:
    """Receive and deliver until TERM or INT. Returns the exit code. Listening sockets ``passed`` replace smtp.listen.

    HUP reloads the certificate and, with ``read``, the settings. If these changed, letters in progress are finished,
    and everything restarts with them. Unusable settings are logged and change nothing. Raises HomeError, StoreError, or
    OSError with a readable message when something needed at the start is missing.
    """
    signals = _on_stop_signals()
    run = partial(_serve, home, read=read, signals=signals, passed=passed)
    await run(settings)
    while not signals.stop:
        before, settings = settings, signals.settings or settings
        signals.end.clear()
        try:
            await run(settings)
        except (HomeError, StoreError, TlsFault, OSError) as error:
            log.error("restart failed, continuing with the old settings: %s", error)
            settings = before
            await run(settings)
    log.info("stopped")
    return 0


async def _serve(
    home: Home,
    settings: Settings,
    read: Callable[[], Settings],
    signals: _Signals,
    passed: Sequence[socket.socket],
) -> None:
    """One run with these settings, until ``signals.end`` is set."""
    keys, tls = _all_keys(home, settings), _tls_context(home, settings)
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
        # Nodes that share a database may share a port (SO_REUSEPORT).
        shared = isinstance(home.place(settings.store.url), str)
        server = SmtpServer(
            settings, metrics.accepting(arriving.acceptor), tls, arriving.mail_from_checks, shared=shared
        )
        metrics.certificate_ends(certificate_end(home, settings))

        def renew(context: ssl.SSLContext) -> None:
            server.reload_tls(context)
            metrics.certificate_ends(certificate_end(home, settings))

        reload = partial(_reload, home, _Running(settings, keys), read, renew, signals)
        _on_hup(reload)
        if settings.metrics.listen is not None:
            # Before the SMTP server, so that /readyz is available from the start.
            endpoint = endpoint_of(home, metrics, store, server, _now)
            await endpoint.open(settings.metrics.listen)
            closing.push_async_callback(endpoint.close)
        await server.open(passed)
        _announce(settings, server, resumed)
        for finding in open_secrets(home, settings):
            log.warning("%s; %s", finding.what, finding.remedy)
        delivering = asyncio.create_task(deliverer.run())
        give_up = partial(give_up_late, store=store, notices=parts.notices)
        forget = partial(_forget_old, home, store, settings)
        follow = partial(follow_up, store, InvitationLetters(parts.notices))
        work = Work(store, deliverer.wake, arriving.rate_limits.release, forget, give_up, sender.renew_policies, follow)
        keeping = asyncio.create_task(keep_running(work, _now))
        closing.callback(keeping.cancel)
        watching = asyncio.create_task(_watch_keys(home, settings, keys, reload))
        closing.callback(watching.cancel)
        _notify("READY=1")
        await _until(signals.end, delivering)
        _notify("STOPPING=1" if signals.stop else "RELOADING=1")
        log.info("stopping: finishing letters in progress")
        # Concurrently, so that both have the full time.
        await asyncio.gather(_drain(server, arriving.quarantine), deliverer.stop(_DRAIN_SECONDS))
        await delivering


async def _drain(server: SmtpServer, quarantine: Quarantine) -> None:
    """Accept no more, and finish open SMTP transactions and the work after refusals."""
    await server.drain(_DRAIN_SECONDS)
    await quarantine.drain(_DRAIN_SECONDS / 2)


async def _forget_old(home: Home, store: Store, settings: Settings, now: datetime) -> None:
    """Delete rows older than [retention] allows, and old backups of before upgrades."""
    await forget_old(store, settings, now)
    remove_old(home, now)


async def _until(end: asyncio.Event, delivering: asyncio.Task[None]) -> None:
    """Wait for a signal. If the deliverer ends by itself, raise its exception, which ends the process."""
    stopped = asyncio.create_task(end.wait())
    await asyncio.wait({stopped, delivering}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if delivering.done():
        delivering.result()


def _tls_context(home: Home, settings: Settings) -> ssl.SSLContext | None:
    files = home.tls_files(settings)
    return server_context(str(files[0]), str(files[1])) if files is not None else None


def _on_stop_signals() -> _Signals:
    """Install handlers for TERM and INT, which stay for all runs."""
    signals = _Signals(asyncio.Event())

    def stop() -> None:
        signals.stop = True
        signals.end.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    return signals


def _on_hup(reload: Callable[[], None]) -> None:
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reload)


def _all_keys(home: Home, settings: Settings) -> DkimKeys:
    """The DKIM keys for each kind of mail. Raises HomeError."""
    return tuple(home.dkim_keys(settings, mail) for mail in Mail)


async def _watch_keys(home: Home, settings: Settings, keys: DkimKeys, reload: Callable[[], None]) -> None:
    """Call ``reload`` when relay dkim rotate has changed the keys."""
    while True:
        await asyncio.sleep(_KEY_POLL_SECONDS)
        try:
            changed = _all_keys(home, settings) != keys
        except HomeError:
            continue  # the running server has its keys; relay check reports the error
        if changed:
            reload()


def _reload(
    home: Home,
    running: _Running,
    read: Callable[[], Settings],
    renew: Callable[[ssl.SSLContext], None],
    signals: _Signals,
) -> None:
    """Handle HUP, or changed keys. Does nothing while the run is ending."""
    if signals.end.is_set():
        return
    try:
        changed = read()
        # All files of the new run are read before the old one ends, so that an error in one does not stop the relay.
        keys = _all_keys(home, changed)
        tls = _tls_context(home, changed)
    except (HomeError, SettingsError, TlsFault, OSError, ValueError) as error:
        log.error("nothing was reloaded, the old settings stay in use: %s", "; ".join(str(error).splitlines()))
        return
    if changed != running.settings or keys != running.keys:
        log.info("settings or DKIM keys changed: restarting with them")
        signals.settings = changed
        signals.end.set()
    elif tls is not None:
        renew(tls)
        log.info("certificate reloaded")
    else:
        log.info("nothing to reload: the settings are unchanged")


def _announce(settings: Settings, server: SmtpServer, resumed: int) -> None:
    for host, port in server.ports:
        log.info("listening on %s port %d for %s", host, port, settings.domain)
    if resumed:
        log.info("recovered %d deliveries that were being tried when the last run ended", resumed)
    if settings.authenticity.verify == "none":
        log.warning('authenticity.verify is "none": the author of a letter is not verified. Use this for trials only')


def _notify(state: str) -> None:
    """Send ``state`` to systemd (sd_notify(3)), when it has set NOTIFY_SOCKET."""
    name = os.environ.get("NOTIFY_SOCKET")
    if not name:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as notify:
        notify.connect("\0" + name[1:] if name.startswith("@") else name)
        notify.sendall(state.encode())
