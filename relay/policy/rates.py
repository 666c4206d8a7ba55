"""Rate limits: token buckets, the time a letter has been deferred, and auto-responders that answer each other."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

_MAX_KEYS = 10_000


class Rate:
    """Token buckets: each key may send ``most`` letters per ``span``; 0 means no limit. Only buckets that are not full
    are stored."""

    def __init__(self, most: int, span: timedelta = timedelta(hours=1)) -> None:
        self._most = most
        self._span = span
        self._buckets: dict[str, tuple[float, datetime]] = {}

    def has(self, key: str, now: datetime) -> bool:
        """Whether ``key`` may send one more letter at ``now`` (aware UTC). Counts nothing."""
        return self._most == 0 or self._left(key, now) >= 1

    def take(self, key: str, now: datetime) -> bool:
        """Like ``has``, and count the letter if it is allowed."""
        if self._most == 0:
            return True
        left = self._left(key, now)
        if left < 1:
            return False
        if len(self._buckets) > _MAX_KEYS:
            self._forget_full(now)
        self._buckets[key] = (left - 1, now)
        return True

    def _left(self, key: str, now: datetime) -> float:
        left, at = self._buckets.get(key, (float(self._most), now))
        return min(self._most, left + (now - at) / self._span * self._most)

    def _forget_full(self, now: datetime) -> None:
        """Drop buckets that have been unused for so long that they are full again."""
        self._buckets = {k: b for k, b in self._buckets.items() if now - b[1] < self._span}


_NEW_LETTER_AFTER = timedelta(days=7)
"""Longer than servers retry (RFC 5321 4.5.4.1). A letter deferred longer ago counts as a new one."""


class Deferrals:
    """When each letter was first deferred. Above a limit the oldest entries are dropped; their time starts again."""

    def __init__(self) -> None:
        self._since: OrderedDict[str, datetime] = OrderedDict()

    def waited(self, letter: str, now: datetime) -> timedelta:
        """How long before ``now`` (aware UTC) the letter with the key ``letter`` was first deferred; zero the first
        time, which is recorded."""
        since = self._since.get(letter)
        if since is None or now - since > _NEW_LETTER_AFTER:
            self._since.pop(letter, None)
            if len(self._since) >= _MAX_KEYS:
                self._since.popitem(last=False)
            self._since[letter] = since = now
        return now - since

    def done(self, letter: str) -> None:
        """Record that ``letter`` was accepted."""
        self._since.pop(letter, None)


QUICK = timedelta(seconds=10)
QUICK_REPLIES = 30
"""Quick replies that a pair may send in a row, and per hour."""


class ReplyStorm:
    """Limits quick replies between two members. Stores, for pairs that wrote within the hour, who wrote last, when, and
    how many quick replies are left."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, datetime, float]] = {}

    def take(self, pair_id: str, side: str, now: datetime) -> bool:
        """Whether the member on ``side`` may reply at ``now`` (aware UTC), and count the reply if so.

        Slow replies, and further letters by the member who wrote last, are always allowed.
        """
        last_side, last_at, left = self._last.get(pair_id, (side, now, float(QUICK_REPLIES)))
        since = now - last_at
        left = min(QUICK_REPLIES, left + since / timedelta(hours=1) * QUICK_REPLIES)
        if side != last_side and since < QUICK:
            if left < 1:
                return False
            left -= 1
        if len(self._last) >= _MAX_KEYS:
            self._last = {p: t for p, t in self._last.items() if now - t[1] < timedelta(hours=1)}
        self._last[pair_id] = (side, now, left)
        return True
