"""A server that is down is not tried for growing intervals, until its first reply."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from relay.policy.delivery_failures import Breaker

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_server_is_down_after_three_failures_in_a_row() -> None:
    breaker = Breaker(30, 300)
    breaker.failed("a", NOW)
    breaker.failed("a", NOW)
    breaker.failed("b", NOW)
    assert breaker.down(NOW) == {}
    breaker.failed("a", NOW)
    assert breaker.down(NOW) == {"a": 30}
    assert breaker.down(after(20)) == {"a": 10}
    assert breaker.down(after(30)) == {}


def test_each_failure_doubles_the_wait_up_to_the_maximum() -> None:
    breaker = Breaker(30, 300)
    waits = []
    for _ in range(60):
        breaker.failed("a", NOW)
        waits.append(breaker.down(NOW).get("a", 0))
    assert waits[:8] == [0, 0, 30, 60, 120, 240, 300, 300]
    assert waits[-1] == 300


def test_a_reply_resets_the_breaker() -> None:
    breaker = Breaker(30, 300)
    for _ in range(5):
        breaker.failed("a", NOW)
    breaker.answered("a")
    assert breaker.down(NOW) == {}
    breaker.failed("a", NOW)
    assert breaker.down(NOW) == {}


def test_only_changes_of_state_are_returned() -> None:
    breaker = Breaker(30, 300)
    assert [breaker.failed("a", NOW) for _ in range(4)] == [0, 0, 30, 0]
    assert breaker.failed("a", after(60)) == 120
    assert [breaker.answered("a"), breaker.answered("a"), breaker.answered("b")] == [True, False, False]


def test_a_maximum_below_the_first_wait_is_raised_to_it() -> None:
    breaker = Breaker(30, 5)
    assert [breaker.failed("a", after(100 * n)) for n in range(5)] == [0, 0, 30, 30, 30]
