"""Circuit breaker: stops trying a server that does not reply, so that not every letter waits for its timeout."""

from __future__ import annotations

from datetime import datetime, timedelta

_TRIES = 3
"""Failures in a row before a server counts as down; a single one may be chance."""


class Breaker:
    """``first`` and ``longest`` are seconds without tries; the time doubles with each further failure."""

    def __init__(self, first: float, longest: float) -> None:
        self._first = first
        self._longest = max(first, longest)
        self._failures: dict[str, int] = {}
        self._until: dict[str, datetime] = {}

    def failed(self, server: str, now: datetime) -> float:
        """``server`` did not reply, or the connection broke. Returns the seconds for which it is not tried from now; 0
        when it still is, or was down already."""
        count = self._failures[server] = self._failures.get(server, 0) + 1
        if count < _TRIES:
            return 0
        already = server in self.down(now)
        wait = min(self._first * 2.0 ** min(count - _TRIES, 30), self._longest)
        self._until[server] = now + timedelta(seconds=wait)
        return 0 if already else wait

    def answered(self, server: str) -> bool:
        """``server`` replied, with any code. Returns whether it was down."""
        self._failures.pop(server, None)
        return self._until.pop(server, None) is not None

    def down(self, now: datetime) -> dict[str, float]:
        """The servers that are down, with the seconds left."""
        waits = {server: (until - now).total_seconds() for server, until in self._until.items()}
        return {server: seconds for server, seconds in waits.items() if seconds > 0}
