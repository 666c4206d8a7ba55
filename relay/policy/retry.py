"""When a deferred delivery is tried again, and when it is given up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta


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
