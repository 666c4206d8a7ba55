"""Leaves a server alone that cannot be reached, so that a thousand letters for it do not each find that out."""

from __future__ import annotations

from datetime import datetime, timedelta

_TRIES = 3
"""Failures in a row before a server counts as down: one may be chance."""


class Breaker:
    """One for each process; what it knows is only a hint. ``first`` and ``longest`` are seconds of leaving alone: twice
    as long after each further failure."""

    def __init__(self, first: float, longest: float) -> None:
        self._first = first
        self._longest = max(first, longest)
        self._failures: dict[str, int] = {}
        self._until: dict[str, datetime] = {}

    def failed(self, server: str, now: datetime) -> None:
        """Nobody answered at ``server``, or the conversation broke off."""
        count = self._failures[server] = self._failures.get(server, 0) + 1
        if count >= _TRIES:
            wait = min(self._first * 2.0 ** min(count - _TRIES, 30), self._longest)
            self._until[server] = now + timedelta(seconds=wait)

    def answered(self, server: str) -> None:
        """It is there, whatever it said."""
        self._failures.pop(server, None)
        self._until.pop(server, None)

    def down(self, now: datetime) -> dict[str, float]:
        """Server → for how many seconds it is still left alone."""
        waits = {server: (until - now).total_seconds() for server, until in self._until.items()}
        return {server: seconds for server, seconds in waits.items() if seconds > 0}
