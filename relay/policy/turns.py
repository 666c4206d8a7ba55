"""Whether two machines answer each other's letters, whatever these look like: nobody reads and writes that fast."""

from __future__ import annotations

from datetime import datetime, timedelta

QUICK = timedelta(seconds=10)
QUICK_TURNS = 30
"""So many quick answers a pair may give each other in a row, and so many more in each hour after."""
_REMEMBERED = 10_000


class Turns:
    """For each pair who wrote last, and how many quick turns it has left. Keeps pairs that wrote within the hour."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, datetime, float]] = {}

    def take(self, pair_id: str, side: str, now: datetime) -> bool:
        """Whether the member on ``side`` may answer at ``now`` (aware UTC); counts it when so.

        An answer by whoever wrote last, and one that took its time, always may.
        """
        last_side, last_at, left = self._last.get(pair_id, (side, now, float(QUICK_TURNS)))
        since = now - last_at
        left = min(QUICK_TURNS, left + since / timedelta(hours=1) * QUICK_TURNS)
        if side != last_side and since < QUICK:
            if left < 1:
                return False
            left -= 1
        if len(self._last) >= _REMEMBERED:
            self._last = {p: t for p, t in self._last.items() if now - t[1] < timedelta(hours=1)}
        self._last[pair_id] = (side, now, left)
        return True
