"""Decisions after a failed delivery: when to retry, which servers not to try for a while, which mailboxes are gone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from relay.model import JournalEntry


def next_try(
    attempts: int,
    now: datetime,
    created_at: datetime,
    waits: Sequence[float],
    *,
    give_up_after: float,
    jitter: float,
) -> datetime | None:
    """When to try again, or None to give up (RFC 5321 4.5.4.1).

    ``attempts`` counts the tries so far (at least 1). ``waits`` and ``give_up_after`` are seconds; the last wait
    repeats. ``jitter`` is a random number in 0..1 that lengthens the wait by up to a tenth, so that letters that failed
    together are not retried together.
    """
    if (now - created_at).total_seconds() >= give_up_after:
        return None
    wait = waits[min(attempts, len(waits)) - 1]
    return now + timedelta(seconds=wait * (1 + jitter / 10))


_TRIES = 3
"""Failures in a row after which a server counts as down."""


class Breaker:
    """A circuit breaker for each server. ``first`` and ``longest``: seconds without tries; the time doubles with each
    further failure."""

    def __init__(self, first: float, longest: float) -> None:
        self._first = first
        self._longest = max(first, longest)
        self._failures: dict[str, int] = {}
        self._until: dict[str, datetime] = {}

    def failed(self, server: str, now: datetime) -> float:
        """Record that ``server`` did not reply, or the connection broke. Returns the seconds for which it is not tried
        from now; 0 while it is still tried, and when it was down already."""
        count = self._failures[server] = self._failures.get(server, 0) + 1
        if count < _TRIES:
            return 0
        already = server in self.down(now)
        wait = min(self._first * 2.0 ** min(count - _TRIES, 30), self._longest)
        self._until[server] = now + timedelta(seconds=wait)
        return 0 if already else wait

    def answered(self, server: str) -> bool:
        """Record that ``server`` replied, with any code. Returns whether it was down."""
        self._failures.pop(server, None)
        return self._until.pop(server, None) is not None

    def down(self, now: datetime) -> dict[str, float]:
        """The servers that are down, with the seconds left."""
        waits = {server: (until - now).total_seconds() for server, until in self._until.items()}
        return {server: seconds for server, seconds in waits.items() if seconds > 0}


_GONE = frozenset({"5.1.1", "5.1.3", "5.1.6", "5.1.10"})
"""Bad mailbox, bad syntax, moved away (RFC 3463 3.2), recipient not found (RFC 7505, and Exchange). Not: full mailbox
(5.2.2), refused content (5.7.x), unknown domain (5.1.2), which may be temporary."""


def gone(reason: str) -> bool:
    """Whether the journal's ``reason`` for a failure ("550 5.1.1", "returned 5.1.1") means that the mailbox does not
    exist."""
    return reason.rpartition(" ")[2] in _GONE


def unreachable(letters: Sequence[JournalEntry], after: timedelta) -> bool:
    """Whether the member that received ``letters``, oldest first, should get no more mail.

    True when the newest letters failed because the mailbox does not exist, over at least ``after``, and none was
    delivered meanwhile: servers with temporary trouble say "no such user" too.
    """
    failed_at = []
    for letter in reversed(letters):
        if letter.outcome == "delivered":
            break
        if letter.outcome == "failed" and letter.settled_at is not None and gone(letter.reason):
            failed_at.append(letter.settled_at)
    return bool(failed_at) and max(failed_at) - min(failed_at) >= after
