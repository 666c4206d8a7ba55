"""What has to be looked after now and then while relay runs: questions that nobody answered in
time, deliveries that a process took with it when it died, letters held until there is room for them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from relay.store import Store, StoreError

log = logging.getLogger(__name__)

_PAUSE = 15.0


async def keep_house(
    store: Store,
    now: Callable[[], datetime],
    wake: Callable[[], None],
    release: Callable[[datetime], Awaitable[int]],
    pause: float = _PAUSE,
) -> None:
    """Tidy every ``pause`` seconds, until cancelled. ``wake``: something may be due; ``release`` lets go of what
    was held for want of room, and returns how many."""
    while True:
        try:
            if await keep_house_once(store, now(), release):
                wake()
        except StoreError as error:
            log.error("not tidied just now: %s", type(error).__name__)
        await asyncio.sleep(pause)


async def keep_house_once(store: Store, now: datetime, release: Callable[[datetime], Awaitable[int]]) -> bool:
    """Tidy once. Whether something may be due now that was not before."""
    recovered = await store.queue.recover(now)
    if recovered:
        log.warning("recovered %d deliveries whose lease expired", recovered)
    released = await release(now)
    expired = await store.questions.expire(now)
    if expired:
        log.info("%d held letters given up: nobody said that they were theirs", expired)
    return bool(recovered or released)
