"""Hides membership from timing: refusals are padded to a 0.2 s interval, and the work after them runs at random times.

A stranger can measure how long a reply takes, and how much a following reply is slowed by work left over. So refusals
to strangers are sent a whole number of intervals after the end of DATA. The work after a refusal is done later, one
letter at a time, and takes place whether or not the author is a member.
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from relay.policy.waiting_letters import WaitingLetter, make_room

log = logging.getLogger(__name__)

INTERVAL = 0.2
"""Seconds. Longer than the difference between a cached and an uncached DNS answer: that difference would show whether
a small domain has sent letters lately."""

_SOONEST, _LATEST = 0.5, 3.0  # seconds of delay before a job runs
_MOST_OCTETS = 64 * 1024 * 1024
_MOST_FOR_NOBODY = 8

Job = Callable[[], Awaitable[None]]
Pad = Callable[[float], Awaitable[None]]
"""Waits before a stranger's refusal is sent; takes the event loop time at which work on the letter began."""


async def pad_to_interval(begun: float) -> None:
    """Wait until a whole number of intervals has passed since ``begun`` (event loop time)."""
    loop = asyncio.get_running_loop()
    intervals = math.floor((loop.time() - begun) / INTERVAL) + 1
    await asyncio.sleep(begun + intervals * INTERVAL - loop.time())


@dataclass(frozen=True, slots=True, eq=False)
class DelayedJob:
    """Work after a refusal. ``octets``: size of the letter it holds. ``member``: the member it is for, "" for none.
    ``network``: where the letter came from."""

    job: Job
    octets: int
    member: str = ""
    network: str = ""


class DelayedJobs:
    """Jobs after refusals, run one at a time. Only a few jobs without a member may wait, and only a few per member,
    always including one of the newest network: a flood of letters neither fills the memory nor blocks a member's
    own letter."""

    def __init__(self, latest: float = _LATEST) -> None:
        """``latest``: seconds before a job's turn, at most; 0: at once."""
        self._latest = latest
        self._waiting: deque[DelayedJob] = deque()
        self._running: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def put(self, job: DelayedJob) -> bool:
        """Run ``job`` some time later. False when there is no room for it."""
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
        """Run the members' jobs now, in at most ``patience`` seconds, and accept no more."""
        self._closing.set()
        if self._running is not None:
            await asyncio.wait({self._running}, timeout=patience)
            self._running.cancel()

    def _has_room(self, job: DelayedJob) -> bool:
        alike = [one for one in self._waiting if bool(one.member) == bool(job.member)]
        if not job.member:
            return len(alike) < _MOST_FOR_NOBODY and job.octets + sum(one.octets for one in alike) <= _MOST_OCTETS
        theirs = [one for one in alike if one.member == job.member]
        displaced = make_room([WaitingLetter(one, one.network) for one in theirs], job.network)
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
    except Exception as error:  # no caller to raise to, and the next job must run
        log.error("delayed job after a refusal failed: %s", type(error).__name__)
