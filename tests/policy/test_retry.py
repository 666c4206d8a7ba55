"""When a deferred delivery is retried, and when it is given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from relay.policy.delivery_failures import next_try

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WAITS = (60.0, 300.0, 900.0)


def after(attempts: int, age: float = 0.0, jitter: float = 0.0) -> float | None:
    """Seconds until the next try of a delivery accepted ``age`` seconds ago."""
    due_at = next_try(attempts, NOON, NOON - timedelta(seconds=age), WAITS, give_up_after=86400.0, jitter=jitter)
    return None if due_at is None else (due_at - NOON).total_seconds()


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 60.0), (2, 300.0), (3, 900.0), (4, 900.0), (99, 900.0)])
def test_waits_follow_the_schedule_and_the_last_one_repeats(attempts: int, seconds: float) -> None:
    assert after(attempts) == seconds


@pytest.mark.parametrize(("age", "gives_up"), [(86399.9, False), (86400.0, True), (90000.0, True)])
def test_a_delivery_is_given_up_after_the_set_time(age: float, gives_up: bool) -> None:
    assert (after(1, age) is None) is gives_up


@pytest.mark.parametrize(("jitter", "seconds"), [(0.5, 63.0), (1.0, 66.0)])
def test_jitter_adds_up_to_a_tenth(jitter: float, seconds: float) -> None:
    assert after(1, jitter=jitter) == pytest.approx(seconds)
