"""Hides membership from timing: refusals are padded to a 0.2 s interval, and work behind them is done at random times.

A stranger measures how long an answer takes, and how long the next one while work is left from the first. So every
stranger's refusal is said a whole number of intervals after the dot, whatever the work took; and what a refusal leaves
behind is done one letter at a time, later, and for nobody just as for a member.
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from relay.policy.held_slots import Slot, make_room

log = logging.getLogger(__name__)

INTERVAL = 0.2
"""Seconds. Longer than the difference between a DNS answer that is in the cache and one that is not: else it would tell
whether anybody of a small domain has written lately."""

_SOONEST, _LATEST = 0.5, 3.0  # seconds before a letter's turn
_MOST_OCTETS = 64 * 1024 * 1024
_MOST_FOR_NOBODY = 8

Job = Callable[[], Awaitable[None]]
Pad = Callable[[float], Awaitable[None]]
"""Waits before a stranger's refusal is said; takes the loop time at which its work was begun."""


async def pad_to_interval(begun: float) -> None:
    """Wait until a whole number of intervals has passed since ``begun`` (loop time)."""
    loop = asyncio.get_running_loop()
    intervals = math.floor((loop.time() - begun) / INTERVAL) + 1
    await asyncio.sleep(begun + intervals * INTERVAL - loop.time())


@dataclass(frozen=True, slots=True, eq=False)
class DelayedJob:
    """Work behind a refusal. ``octets``: of the letter it holds. ``member``: whom it is for, "" for nobody;
    ``network``: where the letter came from."""

    job: Job
    octets: int
    member: str = ""
    network: str = ""


class DelayedJobs:
    """Jobs behind refusals, one at a time. What is for nobody makes way when there is much to do, and of one member's
    only a few wait, the newest network's among them: a flood of strangers' letters neither fills the memory nor keeps
    a member's own letter waiting."""

    def __init__(self, latest: float = _LATEST) -> None:
        """``latest``: seconds before a job's turn, at most; 0: at once."""
        self._latest = latest
        self._waiting: deque[DelayedJob] = deque()
        self._running: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def put(self, job: DelayedJob) -> bool:
        """Do ``job`` some time later. False when there is no room for it."""
        if self._closing.is_set() or not self._has_room(job):
            return False
        self._waiting.append(job)
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return True

    async def idle(self) -> None:
        """Wait until there is nothing more to do."""
        while self._running is not None and not self._running.done():
            await asyncio.wait({self._running})

    async def finish(self, patience: float) -> None:
        """Do what is for members now, in at most ``patience`` seconds, and take nothing more."""
        self._closing.set()
        if self._running is not None:
            await asyncio.wait({self._running}, timeout=patience)
            self._running.cancel()

    def _has_room(self, job: DelayedJob) -> bool:
        alike = [one for one in self._waiting if bool(one.member) == bool(job.member)]
        if not job.member:
            return len(alike) < _MOST_FOR_NOBODY and job.octets + sum(one.octets for one in alike) <= _MOST_OCTETS
        theirs = [one for one in alike if one.member == job.member]
        displaced = make_room([Slot(one, one.network) for one in theirs], job.network)
        if displaced is None or job.octets + sum(one.octets for one in alike) > _MOST_OCTETS:
            return False
        for one in displaced:
            self._waiting.remove(one)
        return True

    async def _run(self) -> None:
        while self._waiting:
            if not self._closing.is_set():
                await self._pause()
            one = self._waiting.popleft()
            if one.member or not self._closing.is_set():
                await _done(one.job)

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(random.SystemRandom().uniform(min(_SOONEST, self._latest), self._latest)):
                await self._closing.wait()
        except TimeoutError:
            return


async def _done(job: Job) -> None:
    try:
        await job()
    except Exception as error:  # nobody waits behind it, and the next letter must have its turn
        log.error("work behind a refusal was broken off by %s", type(error).__name__)
