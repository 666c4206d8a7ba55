"""Runs jobs as they fall due: each by itself, so that the fault of one stops no other, and by one node at a time."""

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
"""How long a job may take before another node begins it."""
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=15), timedelta(hours=1)
_PAUSE = 15.0


async def run_due(work: Work, now: Callable[[], datetime], jobs: Sequence[Job] = JOBS) -> int:
    """Run every job that is due at this moment, once, without sleeping. Returns how many ended well.

    What a job raises is logged by its kind, and it is tried again later. Raises StoreError when the store cannot say
    what is due.
    """
    known = {job.name: job for job in jobs}
    await work.store.jobs.begin([job.name for job in jobs if job.every is not None], now())
    due = await work.store.jobs.claim(list(known), now(), LEASE)
    ended = [await _run(work, known[claimed.name], claimed, now) for claimed in due]
    return sum(ended)


async def next_due_at(work: Work, jobs: Sequence[Job] = JOBS) -> datetime | None:
    """When the next planned job falls due; None when none is planned. Jobs with a rhythm do not count: who moves a
    clock from one thing to the next runs them on the way."""
    return await work.store.jobs.next_due_at([job.name for job in jobs if job.every is None])


async def keep_running(
    work: Work, now: Callable[[], datetime], jobs: Sequence[Job] = JOBS, pause: float = _PAUSE
) -> None:
    """Run what is due every ``pause`` seconds, until cancelled."""
    while True:
        try:
            await run_due(work, now, jobs)
        except StoreError as error:
            log.error("no job was run just now: %s", type(error).__name__)
        await asyncio.sleep(pause)


async def _run(work: Work, job: Job, claimed: ClaimedJob, now: Callable[[], datetime]) -> bool:
    """Whether it ended well. What is written about its end is all that can fail besides."""
    at = now()
    try:
        again_at = await job.run(work, claimed.key, at)
        if job.every is not None:
            again_at = at + job.every
        await work.store.jobs.done(claimed, again_at)
    except Exception as error:  # whatever it is, the other jobs go on; its words may hold an address
        log.error("job %s failed, try %d: %s", job.name, claimed.tries, type(error).__name__)
        await _failed(work, claimed, type(error).__name__, at)
        return False
    return True


async def _failed(work: Work, claimed: ClaimedJob, fault: str, at: datetime) -> None:
    """Put it off; when not even that can be written it is due again when its lease is over."""
    try:
        await work.store.jobs.failed(claimed, fault, at + wait_after(claimed.tries))
    except StoreError as error:
        log.error("job %s could not be put off: %s", claimed.name, type(error).__name__)


def wait_after(tries: int) -> timedelta:
    """How long a job waits after its failed try number ``tries``: 15 s, then twice as long each time, at most 1 h."""
    doubled: int = 2 ** min(tries - 1, 10)
    return min(_FIRST_WAIT * doubled, _LONGEST_WAIT)
