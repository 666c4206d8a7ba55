"""What the monitoring endpoint shows: metrics with readings of database, disk and certificate, and readiness."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta

from cryptography import x509

from relay.home import Home
from relay.monitoring.http_endpoint import HttpEndpoint
from relay.monitoring.metrics import Metrics, Readings
from relay.settings import Settings
from relay.smtp.server.smtp_server import SmtpServer
from relay.store import Store, StoreError

_LATE = timedelta(minutes=10)
"""A job that is due for this long and does not run is late: relay looks for due jobs several times a minute."""


def endpoint_of(
    home: Home, metrics: Metrics, store: Store, server: SmtpServer, now: Callable[[], datetime]
) -> HttpEndpoint:
    """The endpoint of a running relay. It does not listen yet."""

    async def page() -> bytes:
        return metrics.page(await readings(home, store, now()))

    async def ready() -> str:
        try:
            await store.queue.next_due_at()
        except StoreError:
            return "the database cannot be read"
        if server.closing:
            return "closing"
        return "" if server.ports else "starting"

    return HttpEndpoint(page, ready)


async def readings(home: Home, store: Store, now: datetime) -> Readings:
    """The readings at ``now``. Raises StoreError when the database cannot be read."""
    late = [
        job
        for job in await store.jobs.rows(until=now - _LATE)
        if job.running_until is None or job.running_until <= now - _LATE
    ]
    return Readings(
        queue=await store.queue.ages(now),
        suspended=len(await store.suspensions.rows()),
        late_jobs=len(late),
        free_octets=shutil.disk_usage(home.path).free,
    )


def certificate_end(home: Home, settings: Settings) -> datetime | None:
    """When the TLS certificate in the file expires; None when none is set, or it cannot be read."""
    files = home.tls_files(settings)
    if files is None:
        return None
    try:
        octets = files[0].read_bytes()
        return x509.load_pem_x509_certificate(octets).not_valid_after_utc
    except (OSError, ValueError):
        return None
