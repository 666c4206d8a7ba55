"""Rate limits: token buckets, how long a letter has been deferred, and machines that answer each other."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

_REMEMBERED = 10_000


class Rate:
    """Buckets of ``most`` letters each, which an empty one regains in ``span``; 0: no limit. Keeps only buckets that
    are not full."""

    def __init__(self, most: int, span: timedelta = timedelta(hours=1)) -> None:
        self._most = most
        self._span = span
        self._buckets: dict[str, tuple[float, datetime]] = {}

    def has(self, key: str, now: datetime) -> bool:
        """Whether there is room for one more letter of ``key`` at ``now`` (aware UTC). Counts nothing."""
        return self._most == 0 or self._left(key, now) >= 1

    def take(self, key: str, now: datetime) -> bool:
        """The same, and count the letter when there is room."""
        if self._most == 0:
            return True
        left = self._left(key, now)
        if left < 1:
            return False
        if len(self._buckets) > _REMEMBERED:
            self._forget_full(now)
        self._buckets[key] = (left - 1, now)
        return True

    def _left(self, key: str, now: datetime) -> float:
        left, at = self._buckets.get(key, (float(self._most), now))
        return min(self._most, left + (now - at) / self._span * self._most)

    def _forget_full(self, now: datetime) -> None:
        """Drop buckets that have been unused for so long that they are full again."""
        self._buckets = {k: b for k, b in self._buckets.items() if now - b[1] < self._span}


_FORGOTTEN = timedelta(days=7)
"""Longer than any server retries (RFC 5321 4.5.4.1): a letter that comes later is a new one."""


class Deferrals:
    """When each letter was first deferred. Above a limit the oldest entries are forgotten; their wait starts again."""

    def __init__(self) -> None:
        self._since: OrderedDict[str, datetime] = OrderedDict()

    def waited(self, letter: str, now: datetime) -> timedelta:
        """How long before ``now`` (aware UTC) the letter with the key ``letter`` was first deferred; zero the first
        time, which is recorded."""
        since = self._since.get(letter)
        if since is None or now - since > _FORGOTTEN:
            self._since.pop(letter, None)
            if len(self._since) >= _REMEMBERED:
                self._since.popitem(last=False)
            self._since[letter] = since = now
        return now - since

    def done(self, letter: str) -> None:
        """``letter`` was accepted."""
        self._since.pop(letter, None)


QUICK = timedelta(seconds=10)
QUICK_REPLIES = 30
"""Quick replies a pair may send in a row, and regains per hour."""


class ReplyStorm:
    """Who wrote last in each pair, and how many quick replies are left. Keeps pairs that wrote within the hour."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, datetime, float]] = {}

    def take(self, pair_id: str, side: str, now: datetime) -> bool:
        """Whether the member on ``side`` may reply at ``now`` (aware UTC); counts the reply if so.

        A further letter by the member who wrote last is always allowed, and so is a slow reply.
        """
        last_side, last_at, left = self._last.get(pair_id, (side, now, float(QUICK_REPLIES)))
        since = now - last_at
        left = min(QUICK_REPLIES, left + since / timedelta(hours=1) * QUICK_REPLIES)
        if side != last_side and since < QUICK:
            if left < 1:
                return False
            left -= 1
        if len(self._last) >= _REMEMBERED:
            self._last = {p: t for p, t in self._last.items() if now - t[1] < timedelta(hours=1)}
        self._last[pair_id] = (side, now, left)
        return True
