"""What has to be looked after now and then while relay runs: questions that nobody answered in
time, deliveries that a process took with it when it died, letters held until there is room for them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from relay.operations.retention import EVERY
from relay.store import Store, StoreError

log = logging.getLogger(__name__)

_PAUSE = 15.0


async def keep_house(
    store: Store,
    now: Callable[[], datetime],
    wake: Callable[[], None],
    release: Callable[[datetime], Awaitable[int]],
    pause: float = _PAUSE,
    *,
    forget_old: Callable[[datetime], Awaitable[object]] | None = None,
) -> None:
    """Tidy every ``pause`` seconds, until cancelled. ``wake``: something may be due; ``release`` lets go of what
    was held for want of room, and returns how many. ``forget_old`` deletes what is too old, once an hour."""
    forgot_at: datetime | None = None
    while True:
        try:
            recovered = await store.queue.recover(now())
            if recovered:
                log.warning("recovered %d deliveries whose lease expired", recovered)
                wake()
            if await release(now()):
                wake()
            expired = await store.questions.expire(now())
            if expired:
                log.info("%d held letters given up: nobody said that they were theirs", expired)
            if forget_old is not None and (forgot_at is None or now() - forgot_at >= EVERY):
                await forget_old(now())
                forgot_at = now()
        except StoreError as error:
            log.error("not tidied just now: %s", type(error).__name__)
        await asyncio.sleep(pause)
