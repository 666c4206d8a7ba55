"""How much mail one author may send: a token bucket each, refilled evenly over the hour."""

from __future__ import annotations

from datetime import datetime


class Rate:
    """Buckets of ``per_hour`` letters each; 0: no limit. Keeps only buckets that are not full."""

    def __init__(self, per_hour: int) -> None:
        self._per_hour = per_hour
        self._buckets: dict[str, tuple[float, datetime]] = {}

    def take(self, author: str, now: datetime) -> bool:
        """Whether ``author`` may send one more letter at ``now`` (aware UTC); counts it when so."""
        if self._per_hour == 0:
            return True
        left, at = self._buckets.get(author, (float(self._per_hour), now))
        left = min(self._per_hour, left + (now - at).total_seconds() * self._per_hour / 3600)
        if left < 1:
            return False
        if len(self._buckets) > 10_000:
            self._forget_full(now)
        self._buckets[author] = (left - 1, now)
        return True

    def _forget_full(self, now: datetime) -> None:
        """Drop buckets untouched for an hour: they are full again."""
        self._buckets = {a: b for a, b in self._buckets.items() if (now - b[1]).total_seconds() < 3600}
