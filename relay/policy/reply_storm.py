"""Detects two machines answering each other, whatever their mail looks like: no person reads and writes that fast."""

from __future__ import annotations

from datetime import datetime, timedelta

QUICK = timedelta(seconds=10)
QUICK_REPLIES = 30
"""Quick replies a pair may send in a row, and regains per hour."""
_REMEMBERED = 10_000


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
