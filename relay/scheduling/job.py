"""What a job is, and what jobs are given to do their work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from relay.store import Store, Waiting


@dataclass(frozen=True, slots=True)
class Work:
    """What jobs work with. ``wake`` says that a delivery may be due; ``release`` lets go of letters held over the limit
    as far as there is room at a time, and returns how many; ``forget_old`` deletes what is older than [retention]
    says; ``give_up`` destroys a held letter whose author did not decide in time, and tells them; ``renew_policies``
    fetches MTA-STS policies anew before they expire."""

    store: Store
    wake: Callable[[], None]
    release: Callable[[datetime], Awaitable[int]]
    forget_old: Callable[[datetime], Awaitable[object]]
    give_up: Callable[[Waiting, datetime], Awaitable[object]]
    renew_policies: Callable[[datetime], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of thing that falls due. With a rhythm (``every``) it runs from the start of relay on. Without one it
    runs when the store planned it (store/jobs.plan), once for each key. ``run`` is given the key and the time, and
    returns when a planned job falls due again, None when it is done."""

    name: str
    about: str
    run: Callable[[Work, str, datetime], Awaitable[datetime | None]]
    every: timedelta | None = None
