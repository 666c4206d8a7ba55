"""The types of scheduled jobs and of what they work with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from relay.store import Store, Waiting


async def nobody_waits(_now: datetime) -> None:
    """The default of ``Work.forget_wished``."""


async def nothing_is_kept(_now: datetime) -> None:
    """The default of ``Work.finish_unproven``."""


async def nobody_reports(_key: str, _now: datetime) -> None:
    """The default of ``Work.follow_report``."""


@dataclass(frozen=True, slots=True)
class Work:
    """The store and callables that jobs use. ``wake``: signals that a delivery may be due; ``release``: releases held
    letters as the rate limits allow at a time, and returns how many; ``forget_old``: deletes rows older than
    [retention] allows; ``give_up``: destroys a held letter whose author did not decide in time, with a notice to them;
    ``renew_policies``: fetches MTA-STS policies before they expire; ``follow_up``: reminds members of invitations, ends
    those without an answer, and returns when the next is due; ``forget_wished``: forgets members who asked for it while
    a legal hold was on, and returns when to look again; ``follow_report``: tells the next person of a report that
    nobody has answered, and returns when to look again; ``finish_unproven``: does what follows the refusal of mail to
    the desk that was not proven, if nobody has, and returns when to look again."""

    store: Store
    wake: Callable[[], None]
    release: Callable[[datetime], Awaitable[int]]
    forget_old: Callable[[datetime], Awaitable[object]]
    give_up: Callable[[Waiting, datetime], Awaitable[object]]
    renew_policies: Callable[[datetime], Awaitable[object]]
    follow_up: Callable[[datetime], Awaitable[datetime | None]]
    forget_wished: Callable[[datetime], Awaitable[datetime | None]] = nobody_waits
    follow_report: Callable[[str, datetime], Awaitable[datetime | None]] = nobody_reports
    finish_unproven: Callable[[datetime], Awaitable[datetime | None]] = nothing_is_kept


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of job. With ``every`` it repeats from the start of relay on. Without, it runs when it was planned
    (store/jobs.plan), once for each key. ``run`` gets the key and the current time; for a planned job it returns when
    to run again, or None. ``about``: what the job works on, for operators."""

    name: str
    about: str
    run: Callable[[Work, str, datetime], Awaitable[datetime | None]]
    every: timedelta | None = None
