"""All jobs there are, with their rhythm: a job is one function and one line in JOBS."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from relay.scheduling.job import Job, Work
from relay.store import EXPIRE_QUESTIONS, RELEASE_OVER_LIMIT

log = logging.getLogger(__name__)

_SHORTLY = timedelta(seconds=15)
_OFTEN = timedelta(minutes=10)
_HOURLY = timedelta(hours=1)


async def recover_leases(work: Work, _key: str, now: datetime) -> None:
    """Give back deliveries that a process took with it when it died."""
    recovered = await work.store.queue.recover(now)
    if recovered:
        log.warning("recovered %d deliveries whose lease expired", recovered)
        work.wake()


async def expire_questions(work: Work, _key: str, now: datetime) -> datetime | None:
    """Give up held letters that nobody said were theirs in time, and those that their authors had to decide about and
    did not: these authors are told. Due again when the next question ends."""
    for late in await work.store.questions.late(now):
        await work.give_up(late, now)
    expired = await work.store.questions.expire(now)
    if expired:
        log.info("%d held letters given up: nobody said that they were theirs", expired)
    return await work.store.questions.next_expiry()


async def release_over_limit(work: Work, _key: str, now: datetime) -> datetime | None:
    """Let go of letters over the limit as far as there is room. Due again while any is held."""
    if await work.release(now):
        work.wake()
    return now + _SHORTLY if await work.store.excess.any() else None


async def forget_old(work: Work, _key: str, now: datetime) -> None:
    """Delete what is older than [retention] says."""
    await work.forget_old(now)


async def renew_policies(work: Work, _key: str, now: datetime) -> None:
    """Fetch MTA-STS policies anew before they expire, some at a time."""
    await work.renew_policies(now)


JOBS = (
    Job("recover leases", "deliveries that a process took with it", recover_leases, every=_SHORTLY),
    Job("forget old", "what is older than [retention] says", forget_old, every=_HOURLY),
    Job("renew policies", "what domains demand of mail to them (MTA-STS)", renew_policies, every=_OFTEN),
    Job(EXPIRE_QUESTIONS, "held letters that nobody said were theirs in time", expire_questions),
    Job(RELEASE_OVER_LIMIT, "letters held until their author's limit has room", release_over_limit),
)
