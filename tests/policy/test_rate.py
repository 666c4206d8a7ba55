"""Token buckets per key, deferrals, and networks by which clients are counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from relay.policy.peers import network
from relay.policy.rates import Deferrals, Rate
from relay.settings import LimitSettings

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_bucket_refills_evenly() -> None:
    rate = Rate(6)
    assert [rate.take("a", NOON) for _ in range(8)] == [True] * 6 + [False] * 2
    assert rate.take("b", NOON)
    assert not rate.has("a", NOON + timedelta(minutes=9))
    assert rate.take("a", NOON + timedelta(minutes=10))
    assert not rate.take("a", NOON + timedelta(minutes=10))
    assert [rate.take("a", NOON + timedelta(days=1)) for _ in range(7)] == [True] * 6 + [False]


def test_has_counts_nothing_and_zero_means_no_limit() -> None:
    rate = Rate(1)
    assert all(rate.has("a", NOON) for _ in range(5))
    assert rate.take("a", NOON) and not rate.has("a", NOON)
    assert all(Rate(0).take("a", NOON) for _ in range(1000))


def test_buckets_that_are_full_again_are_dropped() -> None:
    rate = Rate(10)
    for number in range(30_000):
        rate.take(str(number), NOON + timedelta(seconds=number))
    assert len(rate._buckets) < 15_000


def test_buckets_in_use_are_kept_when_full_ones_are_dropped() -> None:
    rate = Rate(10)
    assert all(rate.take("in use", NOON + timedelta(minutes=59)) for _ in range(10))
    for number in range(10_010):
        rate.take(str(number), NOON)
    at = NOON + timedelta(hours=1)
    rate.take("one more", at)
    assert len(rate._buckets) == 2
    assert not rate.has("in use", at)


def test_without_a_limit_for_authors_there_is_no_other_hourly_limit() -> None:
    assert LimitSettings().counted(90) == 90
    assert LimitSettings(messages_per_hour=0).counted(90) == 0


def test_the_wait_counts_from_the_first_deferral_until_the_letter_is_accepted() -> None:
    deferrals = Deferrals()
    assert deferrals.waited("a", NOON) == timedelta(0)
    assert deferrals.waited("a", NOON + timedelta(hours=5)) == timedelta(hours=5)
    assert deferrals.waited("b", NOON + timedelta(hours=5)) == timedelta(0)
    deferrals.done("a")
    assert deferrals.waited("a", NOON + timedelta(hours=6)) == timedelta(0)
    assert deferrals.waited("a", NOON + timedelta(days=30)) == timedelta(0)


@pytest.mark.parametrize(("days", "remembered"), [(6.99, True), (7, True), (7.01, False)])
def test_a_letter_deferred_more_than_a_week_ago_counts_as_new(days: float, remembered: bool) -> None:
    deferrals = Deferrals()
    deferrals.waited("a", NOON)
    at = NOON + timedelta(days=days)
    assert (deferrals.waited("a", at) > timedelta(0)) is remembered
    assert (deferrals.waited("a", at + timedelta(hours=1)) == timedelta(hours=1)) is not remembered


def test_above_the_limit_the_oldest_deferral_is_dropped() -> None:
    deferrals = Deferrals()
    for number in range(10_001):
        deferrals.waited(str(number), NOON)
    assert deferrals.waited("1", NOON + timedelta(hours=1)) == timedelta(hours=1)
    assert deferrals.waited("0", NOON + timedelta(hours=1)) == timedelta(0)


def test_a_flood_of_deferred_letters_takes_bounded_memory() -> None:
    deferrals = Deferrals()
    for number in range(25_000):
        deferrals.waited(str(number), NOON)
    assert len(deferrals._since) == 10_000


@pytest.mark.parametrize(
    ("peer", "counted_as"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_all_addresses_of_one_customer_are_counted_together(peer: str, counted_as: str) -> None:
    assert network(peer) == counted_as
