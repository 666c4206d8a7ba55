"""relay status: listening, queue, outcomes of the last day, disk space, versions. Holds no address."""

from __future__ import annotations

import platform
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta

from relay import __version__
from relay.home import Home
from relay.model import JournalEntry
from relay.operations.findings import Level
from relay.operations.listening import check_listen
from relay.settings import Settings
from relay.store import Store

_PERIOD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Deliveries in one state: how many, and how long ago the oldest was accepted."""

    count: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class Status:
    """What relay does at one moment.

    ``listening``: address → whether relay answers there. ``queue``: state → its deliveries. ``last_day``: outcome →
    number of letters in the last 24 hours. ``last_trouble``: the newest of these that failed. ``versions``: program →
    version.
    """

    listening: dict[str, bool]
    queue: dict[str, Waiting]
    last_day: dict[str, int]
    last_trouble: JournalEntry | None
    free_octets: int
    versions: dict[str, str]


async def status(home: Home, settings: Settings, store: Store, now: datetime) -> Status:
    """The status at ``now``. Connects to the listen addresses. Raises StoreError when the database cannot be read."""
    listening = {}
    for address in settings.smtp.listen:
        finding = await check_listen(address, settings.hostname)
        listening[str(address)] = finding.level is Level.OK
    entries = [entry for entry in await store.journal.list(since=now - _PERIOD) if entry.kind != "notice"]
    counts: dict[str, int] = {}
    for entry in entries:
        counts[entry.outcome] = counts.get(entry.outcome, 0) + 1
    trouble = [entry for entry in entries if entry.outcome == "failed"]
    return Status(
        listening=listening,
        queue={state: Waiting(*found) for state, found in (await store.queue.ages(now)).items()},
        last_day=counts,
        last_trouble=trouble[-1] if trouble else None,
        free_octets=shutil.disk_usage(home.path).free,
        versions={"relay": __version__, "python": platform.python_version()},
    )
