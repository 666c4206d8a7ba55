"""So that time tells nobody who is a member: refusals on the beat, and what is done behind them at no foreseeable time.

A stranger measures how long an answer takes, and how long the next one, while work is left from the first. So every
stranger's refusal is said on a beat counted from the dot, whatever took shorter or longer; and work that a refusal
leaves behind is done one letter at a time, later, and for nobody just as for a member.
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

log = logging.getLogger("relay.evenly")

BEAT = 0.2
"""Seconds. Longer than the difference between a DNS answer that is in the cache and one that is not: else it would tell
whether anybody of a small domain has written lately."""

_SOONEST, _LATEST = 0.5, 3.0  # seconds before a letter's turn
_MOST_OCTETS = 64 * 1024 * 1024
_MOST_FOR_NOBODY = 8

Job = Callable[[], Awaitable[None]]


async def on_the_beat(begun: float) -> None:
    """Wait until a whole number of beats has passed since ``begun`` (loop time)."""
    loop = asyncio.get_running_loop()
    beats = math.floor((loop.time() - begun) / BEAT) + 1
    await asyncio.sleep(begun + beats * BEAT - loop.time())


@dataclass(frozen=True, slots=True)
class _Waiting:
    job: Job
    octets: int
    wanted: bool


class Later:
    """Work behind refusals. What is for nobody makes way when there is much to do; so a flood of strangers' letters
    neither fills the memory nor keeps members waiting."""

    def __init__(self) -> None:
        self._waiting: deque[_Waiting] = deque()
        self._running: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def put(self, job: Job, octets: int, *, wanted: bool) -> bool:
        """Do ``job``, which holds a letter of ``octets``, some time later; ``wanted`` when it is for a member. False
        when there is no room."""
        if self._closing.is_set() or not self._room(octets, wanted=wanted):
            return False
        self._waiting.append(_Waiting(job, octets, wanted))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return True

    async def finish(self, patience: float) -> None:
        """Do what is for members now, in at most ``patience`` seconds, and nothing any more."""
        self._closing.set()
        if self._running is not None:
            await asyncio.wait({self._running}, timeout=patience)
            self._running.cancel()

    def _room(self, octets: int, *, wanted: bool) -> bool:
        if wanted:
            return octets + sum(one.octets for one in self._waiting if one.wanted) <= _MOST_OCTETS
        idle = [one for one in self._waiting if not one.wanted]
        return len(idle) < _MOST_FOR_NOBODY and octets + sum(one.octets for one in idle) <= _MOST_OCTETS

    async def _run(self) -> None:
        while self._waiting:
            if not self._closing.is_set():
                await self._pause()
            one = self._waiting.popleft()
            if one.wanted or not self._closing.is_set():
                await _done(one.job)

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(random.SystemRandom().uniform(_SOONEST, _LATEST)):
                await self._closing.wait()
        except TimeoutError:
            return


async def _done(job: Job) -> None:
    try:
        await job()
    except Exception as error:  # a door: nobody waits behind it, and the next letter must have its turn
        log.error("work behind a refusal was broken off by %s", type(error).__name__)
