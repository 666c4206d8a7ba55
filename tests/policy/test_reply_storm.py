"""Two auto-responders that answer each other are slowed down; two people never are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from relay.policy.rates import QUICK_REPLIES, ReplyStorm

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SIDES = ("mentor", "mentee")


def exchange(storm: ReplyStorm, count: int, every: timedelta, began: datetime = NOON) -> list[bool]:
    """Both reply to each letter at once, and retry when it is deferred."""
    taken: list[bool] = []
    for number in range(count):
        taken.append(storm.take("k7f3q2", SIDES[sum(taken) % 2], began + number * every))
    return taken


def test_quick_replies_of_two_auto_responders_are_limited() -> None:
    taken = exchange(ReplyStorm(), 38, timedelta(seconds=1))
    assert taken[: QUICK_REPLIES + 1] == [True] * (QUICK_REPLIES + 1)
    assert not any(taken[QUICK_REPLIES + 1 :])


def test_replies_after_half_a_minute_are_never_limited() -> None:
    assert all(exchange(ReplyStorm(), 500, timedelta(seconds=30)))


def test_many_letters_by_one_member_are_not_limited() -> None:
    storm = ReplyStorm()
    assert all(storm.take("k7f3q2", "mentor", NOON + timedelta(milliseconds=n)) for n in range(500))


def test_a_deferred_reply_is_allowed_later() -> None:
    storm = ReplyStorm()
    exchange(storm, 60, timedelta(seconds=1))
    later = NOON + timedelta(minutes=5)
    # The deferred one, and as many quick replies as five minutes regain.
    assert 1 <= sum(exchange(storm, 15, timedelta(seconds=1), later)) <= 5


def test_pairs_are_counted_separately_and_old_ones_dropped() -> None:
    storm = ReplyStorm()
    for number in range(20_001):
        assert storm.take(f"pair{number}", "mentor", NOON + timedelta(seconds=number))
    assert len(storm._last) <= 13_601


def test_a_reply_counts_as_quick_within_ten_seconds() -> None:
    for every, stopped in ((9.999, True), (10.0, False)):
        taken = exchange(ReplyStorm(), 40, timedelta(seconds=every))
        assert all(taken) is not stopped, every


def test_quick_replies_are_regained_evenly_up_to_thirty() -> None:
    for hours, left in ((0.5, 15), (1, 30), (5, 30)):
        storm = ReplyStorm()
        assert sum(exchange(storm, 60, timedelta(0))) == 31  # the first letter is no reply
        # The first letter after a pause is no quick reply.
        assert sum(exchange(storm, 60, timedelta(0), NOON + timedelta(hours=hours))) == left + 1


def test_pairs_that_write_now_are_kept_when_old_ones_are_dropped() -> None:
    storm = ReplyStorm()
    exchange(storm, 60, timedelta(0), NOON + timedelta(minutes=59))
    for number in range(10_000):
        storm.take(f"pair{number}", "mentor", NOON)
    later = NOON + timedelta(hours=1, minutes=1)
    storm.take("one more", "mentor", later)
    assert len(storm._last) == 2
    assert sum(exchange(storm, 60, timedelta(0), later)) <= 2
