"""Two machines that answer each other are stopped; two people never are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from relay.policy.rates import QUICK_REPLIES, ReplyStorm

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SIDES = ("mentor", "mentee")


def exchange(storm: ReplyStorm, count: int, every: timedelta, began: datetime = NOON) -> list[bool]:
    """Each answers as soon as it hears from the other, and tries again when it is refused."""
    taken: list[bool] = []
    for number in range(count):
        taken.append(storm.take("k7f3q2", SIDES[sum(taken) % 2], began + number * every))
    return taken


def test_two_machines_that_answer_each_other_at_once_are_stopped() -> None:
    taken = exchange(ReplyStorm(), 38, timedelta(seconds=1))
    assert taken[: QUICK_REPLIES + 1] == [True] * (QUICK_REPLIES + 1)
    assert not any(taken[QUICK_REPLIES + 1 :])


def test_people_who_take_half_a_minute_are_never_stopped() -> None:
    assert all(exchange(ReplyStorm(), 500, timedelta(seconds=30)))


def test_many_letters_of_one_side_are_no_exchange() -> None:
    storm = ReplyStorm()
    assert all(storm.take("k7f3q2", "mentor", NOON + timedelta(milliseconds=n)) for n in range(500))


def test_what_was_refused_may_come_when_it_has_waited() -> None:
    storm = ReplyStorm()
    exchange(storm, 60, timedelta(seconds=1))
    later = NOON + timedelta(minutes=5)
    # The one that waited, and no more quick answers to it than five minutes give.
    assert 1 <= sum(exchange(storm, 15, timedelta(seconds=1), later)) <= 5


def test_pairs_do_not_count_for_each_other_and_old_ones_are_forgotten() -> None:
    storm = ReplyStorm()
    for number in range(20_001):
        assert storm.take(f"pair{number}", "mentor", NOON + timedelta(seconds=number))
    assert len(storm._last) <= 13_601


def test_a_reply_counts_as_quick_within_ten_seconds() -> None:
    for every, stopped in ((9.999, True), (10.0, False)):
        taken = exchange(ReplyStorm(), 40, timedelta(seconds=every))
        assert all(taken) is not stopped, every


def test_quick_replies_come_back_evenly_and_thirty_at_most() -> None:
    for hours, left in ((0.5, 15), (1, 30), (5, 30)):
        storm = ReplyStorm()
        assert sum(exchange(storm, 60, timedelta(0))) == 31  # the first letter is no reply
        # Even after a pause the first of these is free: nobody waits for it.
        assert sum(exchange(storm, 60, timedelta(0), NOON + timedelta(hours=hours))) == left + 1


def test_pairs_that_write_now_are_not_forgotten_with_the_others() -> None:
    storm = ReplyStorm()
    exchange(storm, 60, timedelta(0), NOON + timedelta(minutes=59))
    for number in range(10_000):
        storm.take(f"pair{number}", "mentor", NOON)
    later = NOON + timedelta(hours=1, minutes=1)
    storm.take("one more", "mentor", later)
    assert len(storm._last) == 2
    assert sum(exchange(storm, 60, timedelta(0), later)) <= 2
