"""Rate limit: a token bucket per author, pair or peer, refilled evenly over the hour."""

from __future__ import annotations

from datetime import datetime

_REMEMBERED = 10_000


class Rate:
    """Buckets of ``per_hour`` letters each; 0: no limit. Keeps only buckets that are not full."""

    def __init__(self, per_hour: int) -> None:
        self._per_hour = per_hour
        self._buckets: dict[str, tuple[float, datetime]] = {}

    def has(self, key: str, now: datetime) -> bool:
        """Whether there is room for one more letter of ``key`` at ``now`` (aware UTC). Counts nothing."""
        return self._per_hour == 0 or self._left(key, now) >= 1

    def take(self, key: str, now: datetime) -> bool:
        """The same, and count the letter when there is room."""
        if self._per_hour == 0:
            return True
        left = self._left(key, now)
        if left < 1:
            return False
        if len(self._buckets) > _REMEMBERED:
            self._forget_full(now)
        self._buckets[key] = (left - 1, now)
        return True

    def _left(self, key: str, now: datetime) -> float:
        left, at = self._buckets.get(key, (float(self._per_hour), now))
        return min(self._per_hour, left + (now - at).total_seconds() * self._per_hour / 3600)

    def _forget_full(self, now: datetime) -> None:
        """Drop buckets unused for an hour: they are full again."""
        self._buckets = {k: b for k, b in self._buckets.items() if (now - b[1]).total_seconds() < 3600}
