"""Runs due jobs, each by one node at a time. A failing job does not stop the others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from relay.scheduling.job import Job, Work
from relay.scheduling.jobs import JOBS
from relay.store import ClaimedJob, StoreError

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
"""After this time another node may run the same job."""
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=15), timedelta(hours=1)
_PAUSE = 15.0


async def run_due(work: Work, now: Callable[[], datetime], jobs: Sequence[Job] = JOBS) -> int:
    """Run every due job once, without sleeping. Returns how many succeeded.

    The type of an exception that a job raises is logged, and the job is tried again later. Raises StoreError when the
    due jobs cannot be claimed.
    """
    known = {job.name: job for job in jobs}
    await work.store.jobs.begin([job.name for job in jobs if job.every is not None], now())
    due = await work.store.jobs.claim(list(known), now(), LEASE)
    ended = [await _run(work, known[claimed.name], claimed, now) for claimed in due]
    return sum(ended)


async def next_due_at(work: Work, jobs: Sequence[Job] = JOBS) -> datetime | None:
    """When the next planned job is due; None when none is planned. Repeating jobs do not count: a rehearsal, which
    moves its clock to this time, runs them as well."""
    return await work.store.jobs.next_due_at([job.name for job in jobs if job.every is None])


async def keep_running(
    work: Work, now: Callable[[], datetime], jobs: Sequence[Job] = JOBS, pause: float = _PAUSE
) -> None:
    """Run due jobs every ``pause`` seconds, until cancelled."""
    while True:
        try:
            await run_due(work, now, jobs)
        except StoreError as error:
            log.error("claiming due jobs failed: %s", type(error).__name__)
        await asyncio.sleep(pause)


async def _run(work: Work, job: Job, claimed: ClaimedJob, now: Callable[[], datetime]) -> bool:
    """Run one job and record the result. Returns whether it succeeded."""
    at = now()
    try:
        again_at = await job.run(work, claimed.key, at)
        if job.every is not None:
            again_at = at + job.every
        await work.store.jobs.done(claimed, again_at)
    except Exception as error:  # the other jobs must run; only the type is logged, as the text may hold an address
        log.error("job %s failed, try %d: %s", job.name, claimed.tries, type(error).__name__)
        await _failed(work, claimed, type(error).__name__, at)
        return False
    return True


async def _failed(work: Work, claimed: ClaimedJob, fault: str, at: datetime) -> None:
    """Plan a retry. When that cannot be written either, the job is due again when its lease expires."""
    try:
        await work.store.jobs.failed(claimed, fault, at + wait_after(claimed.tries))
    except StoreError as error:
        log.error("planning a retry of job %s failed: %s", claimed.name, type(error).__name__)


def wait_after(tries: int) -> timedelta:
    """How long a job waits after its failed try number ``tries``: 15 s, then twice as long each time, at most 1 h."""
    doubled: int = 2 ** min(tries - 1, 10)
    return min(_FIRST_WAIT * doubled, _LONGEST_WAIT)
