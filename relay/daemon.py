"""Runs the server: SMTP, delivery, jobs and monitoring, until a signal stops it."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import partial

from relay.assembly import Inbound, Parts, inbound, open_parts
from relay.authentication.verify import proof
from relay.freed_memory import FreedMemory
from relay.holds import give_up_late
from relay.home import Home, HomeError
from relay.inbound.quarantine import Quarantine
from relay.letters.invitations import InvitationLetters
from relay.letters.member_letters import MemberLetters
from relay.letters.report_letters import ReportLetters
from relay.mentoring.consent import follow_up
from relay.mentoring.legal_hold import forget_wished
from relay.mentoring.report_follow_up import follow_up_report
from relay.monitoring.metrics import Metrics
from relay.operations.certificate import check_certificate
from relay.operations.file_modes import open_secrets
from relay.operations.findings import Level
from relay.operations.readings import certificate_end, endpoint_of
from relay.operations.retention import forget_old
from relay.operations.upgrade_backup import remove_old
from relay.outbound.deliver import Deliverer
from relay.reloading import Running, Signals, on_hup, on_stop_signals, reload_files, watch_keys
from relay.scheduling.job import Work
from relay.scheduling.runner import keep_running
from relay.settings import Settings
from relay.smtp.client.send import Sender
from relay.smtp.server.smtp_server import SmtpServer
from relay.smtp.server.tls import TlsFault
from relay.store import Store, StoreError

log = logging.getLogger(__name__)

_DRAIN_SECONDS = 20.0
"""Seconds that letters in progress get to finish after TERM. systemd and operators expect an end within 30 s."""


def _now() -> datetime:
    return datetime.now(UTC)


async def serve(
    home: Home, settings: Settings, read: Callable[[], Settings], passed: Sequence[socket.socket] = ()
) -> int:
    """Receive and deliver until TERM or INT. Returns the exit code. Listening sockets ``passed`` replace smtp.listen.

    HUP reloads the certificate and, with ``read``, the settings. If these changed, letters in progress are finished,
    and everything restarts with them. Unusable settings are logged and change nothing. Raises HomeError, StoreError, or
    OSError with a readable message when something needed at the start is missing.
    """
    signals = on_stop_signals()
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
    home: Home, settings: Settings, read: Callable[[], Settings], signals: Signals, passed: Sequence[socket.socket]
) -> None:
    """One run with these settings, until ``signals.end`` is set."""
    running = Running.of(home, settings)
    async with AsyncExitStack() as closing:
        parts, metrics = await open_parts(home, settings, closing, _now), Metrics()
        resumed = await parts.store.queue.recover(_now(), start=True)
        await parts.store.jobs.recover()
        sender = Sender(settings, parts.store.sts_policies, now=_now)
        closing.push_async_callback(sender.close)
        memory = FreedMemory()
        send = metrics.sending(memory.sending(sender.send))
        deliverer = Deliverer(settings, parts.store, send, parts.notices, suspending=parts.suspending, now=_now)
        await parts.store.listen(deliverer.wake)
        arriving = inbound(parts, deliverer, proof(settings), metrics)
        server = _smtp_server(running, parts, arriving, metrics, memory)
        reload = partial(reload_files, running, read, _renewing(running, server, metrics), signals)
        on_hup(reload)
        # The endpoint listens before the SMTP server, so that /readyz is available from the start.
        await _open_endpoint(parts, metrics, server, closing)
        await server.open(passed)
        _announce(home, settings, server, resumed)
        delivering = asyncio.create_task(deliverer.run())
        work = _work(parts, deliverer, arriving, sender)
        for keeping in (keep_running(work, _now), watch_keys(running, reload)):
            closing.callback(asyncio.create_task(keeping).cancel)
        _notify("READY=1")
        await _until(signals.end, delivering)
        _notify("STOPPING=1" if signals.stop else "RELOADING=1")
        log.info("stopping: finishing letters in progress")
        # Concurrently, so that both have the full time.
        await asyncio.gather(_drain(server, arriving.quarantine), deliverer.stop(_DRAIN_SECONDS))
        await delivering


def _smtp_server(
    running: Running, parts: Parts, arriving: Inbound, metrics: Metrics, memory: FreedMemory
) -> SmtpServer:
    """The SMTP server. It does not listen yet."""
    # Nodes that share a database may share a port (SO_REUSEPORT).
    shared = isinstance(parts.home.place(parts.settings.store.url), str)
    accept = metrics.accepting(arriving.acceptor)
    checks = arriving.mail_from_checks
    return SmtpServer(parts.settings, accept, running.tls, checks, shared=shared, freed=memory.freed)


def _renewing(running: Running, server: SmtpServer, metrics: Metrics) -> Callable[[ssl.SSLContext], None]:
    """A function that puts a new certificate into use; the metrics show when the one in use expires."""

    def show() -> None:
        metrics.certificate_ends(certificate_end(running.home, running.settings))

    def renew(context: ssl.SSLContext) -> None:
        server.reload_tls(context)
        show()

    show()
    return renew


async def _open_endpoint(parts: Parts, metrics: Metrics, server: SmtpServer, closing: AsyncExitStack) -> None:
    """Open the monitoring endpoint, if metrics.listen is set. Raises OSError."""
    listen = parts.settings.metrics.listen
    if listen is None:
        return
    endpoint = endpoint_of(parts.home, metrics, parts.store, server, _now)
    await endpoint.open(listen)
    closing.push_async_callback(endpoint.close)


def _work(parts: Parts, deliverer: Deliverer, arriving: Inbound, sender: Sender) -> Work:
    """What the scheduled jobs work with."""
    return Work(
        store=parts.store,
        wake=deliverer.wake,
        release=arriving.rate_limits.release,
        forget_old=partial(_forget_old, parts.home, parts.store, parts.settings),
        give_up=partial(give_up_late, store=parts.store, notices=parts.notices),
        renew_policies=sender.renew_policies,
        follow_up=partial(follow_up, parts.store, InvitationLetters(parts.notices)),
        forget_wished=partial(forget_wished, parts.store, MemberLetters(parts.notices.writer), home=parts.home),
        follow_report=partial(
            follow_up_report, parts.store, ReportLetters(parts.store, parts.notices.writer, parts.notices.show)
        ),
        finish_unproven=arriving.unproven.finish,
    )


async def _drain(server: SmtpServer, quarantine: Quarantine) -> None:
    """Accept no more, and finish open SMTP transactions and the work after refusals."""
    await server.drain(_DRAIN_SECONDS)
    await quarantine.drain(_DRAIN_SECONDS / 2)


async def _forget_old(home: Home, store: Store, settings: Settings, now: datetime) -> None:
    """Delete rows older than [retention] allows, and old backups that were made before upgrades."""
    await forget_old(store, settings, now)
    remove_old(home, now)


async def _until(end: asyncio.Event, delivering: asyncio.Task[None]) -> None:
    """Wait for a signal. If the deliverer ends by itself, raise its exception, which ends the process."""
    stopped = asyncio.create_task(end.wait())
    await asyncio.wait({stopped, delivering}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if delivering.done():
        delivering.result()


def _announce(home: Home, settings: Settings, server: SmtpServer, resumed: int) -> None:
    """Log where relay listens, what it takes up again, and what is not as it should be."""
    for host, port in server.ports:
        log.info("listening on %s port %d for %s", host, port, settings.domain)
    if resumed:
        log.info("recovered %d deliveries that were being tried when the last run ended", resumed)
    if settings.authenticity.verify == "none":
        log.warning('authenticity.verify is "none": the author of a letter is not verified. Use this for trials only')
    for finding in (*open_secrets(home, settings), *check_certificate(home, settings, _now())):
        if finding.level is not Level.OK:
            log.warning("%s; %s", finding.what, finding.remedy)


def _notify(state: str) -> None:
    """Send ``state`` to systemd (sd_notify(3)), when it has set NOTIFY_SOCKET."""
    name = os.environ.get("NOTIFY_SOCKET")
    if not name:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as notify:
        notify.connect("\0" + name[1:] if name.startswith("@") else name)
        notify.sendall(state.encode())
