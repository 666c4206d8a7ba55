"""All jobs and their intervals. A job is one function and one line in JOBS."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from relay.scheduling.job import Job, Work
from relay.store import (
    ABSENCES,
    EXPIRE_QUESTIONS,
    FORGET_WISHED,
    INVITATIONS,
    RELEASE_OVER_LIMIT,
    REPORTS,
    UNPROVEN_MAIL,
)

log = logging.getLogger(__name__)

_EVERY_15_SECONDS = timedelta(seconds=15)
_EVERY_10_MINUTES = timedelta(minutes=10)
_HOURLY = timedelta(hours=1)


async def recover_leases(work: Work, _key: str, now: datetime) -> None:
    """Return deliveries to the queue whose lease has expired, because the process that tried them has died."""
    recovered = await work.store.queue.recover(now)
    if recovered:
        log.warning("recovered %d deliveries whose lease expired", recovered)
        work.wake()


async def expire_questions(work: Work, _key: str, now: datetime) -> datetime | None:
    """Give up held letters whose confirmation request has expired. An author who had to decide gets a notice. Runs
    again when the next request expires."""
    for late in await work.store.questions.late(now):
        await work.give_up(late, now)
    expired = await work.store.questions.expire(now)
    if expired:
        log.info("gave up %d held letters whose confirmation request expired", expired)
    return await work.store.questions.next_expiry()


async def release_over_limit(work: Work, _key: str, now: datetime) -> datetime | None:
    """Release letters held for the rate limit, as far as it allows. Runs again while any is held."""
    if await work.release(now):
        work.wake()
    return now + _EVERY_15_SECONDS if await work.store.over_limit.any() else None


async def forget_old(work: Work, _key: str, now: datetime) -> None:
    """Delete rows older than [retention] allows."""
    await work.forget_old(now)


async def sweep_letter_files(work: Work, _key: str, now: datetime) -> None:
    """Remove files of large letters that no row names. A letter that is being accepted is much younger."""
    swept = await work.store.large_letters.sweep(now - _HOURLY)
    if swept:
        log.info("removed %d files of letters that relay was stopped in accepting or deleting", swept)


async def renew_policies(work: Work, _key: str, now: datetime) -> None:
    """Fetch MTA-STS policies that expire soon, some at a time."""
    await work.renew_policies(now)


async def follow_up_invitations(work: Work, _key: str, now: datetime) -> datetime | None:
    """Remind members of their invitation, and end invitations that nobody answered. Runs again when the next is due."""
    again_at = await work.follow_up(now)
    work.wake()
    return again_at


async def forget_wished(work: Work, _key: str, now: datetime) -> datetime | None:
    """Forget members who asked for it and had to wait for a legal hold or a report. Runs again while any waits."""
    again_at = await work.forget_wished(now)
    work.wake()
    return again_at


async def follow_report(work: Work, key: str, now: datetime) -> datetime | None:
    """Tell the next person of the report with this number, if nobody has answered it. Runs again until all know."""
    again_at = await work.follow_report(key, now)
    work.wake()
    return again_at


async def finish_unproven(work: Work, _key: str, now: datetime) -> datetime | None:
    """Do what follows the refusal of unproven mail to the desk. Runs again while any is kept."""
    return await work.finish_unproven(now)


async def end_absences(work: Work, _key: str, now: datetime) -> datetime | None:
    """End the absences of members whose last day is over. Runs again when the next one is."""
    return await work.store.absences.end_over(now)


JOBS = (
    Job("recover leases", "deliveries whose lease has expired", recover_leases, every=_EVERY_15_SECONDS),
    Job("forget old", "rows older than [retention] allows", forget_old, every=_HOURLY),
    Job("sweep letter files", "files of large letters that no row names", sweep_letter_files, every=_EVERY_10_MINUTES),
    Job("renew policies", "MTA-STS policies that expire soon", renew_policies, every=_EVERY_10_MINUTES),
    Job(ABSENCES, "members who are away", end_absences),
    Job(EXPIRE_QUESTIONS, "held letters whose confirmation request has expired", expire_questions),
    Job(FORGET_WISHED, "members who wait to be forgotten", forget_wished),
    Job(INVITATIONS, "invitations without an answer", follow_up_invitations),
    Job(REPORTS, "a report that nobody has answered", follow_report),
    Job(RELEASE_OVER_LIMIT, "letters held for the rate limit", release_over_limit),
    Job(UNPROVEN_MAIL, "reports and commands that relay was stopped in acting on", finish_unproven),
)
