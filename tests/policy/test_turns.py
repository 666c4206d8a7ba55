"""Two machines that answer each other are stopped; two people never are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from relay.policy.turns import QUICK_TURNS, Turns

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SIDES = ("mentor", "mentee")


def exchange(turns: Turns, count: int, every: timedelta, began: datetime = NOON) -> list[bool]:
    """Each answers as soon as it hears from the other, and tries again when it is refused."""
    taken: list[bool] = []
    for number in range(count):
        taken.append(turns.take("k7f3q2", SIDES[sum(taken) % 2], began + number * every))
    return taken


def test_two_machines_that_answer_each_other_at_once_are_stopped() -> None:
    taken = exchange(Turns(), 38, timedelta(seconds=1))
    assert taken[: QUICK_TURNS + 1] == [True] * (QUICK_TURNS + 1)
    assert not any(taken[QUICK_TURNS + 1 :])


def test_people_who_take_half_a_minute_are_never_stopped() -> None:
    assert all(exchange(Turns(), 500, timedelta(seconds=30)))


def test_many_letters_of_one_side_are_no_exchange() -> None:
    turns = Turns()
    assert all(turns.take("k7f3q2", "mentor", NOON + timedelta(milliseconds=n)) for n in range(500))


def test_what_was_refused_may_come_when_it_has_waited() -> None:
    turns = Turns()
    exchange(turns, 60, timedelta(seconds=1))
    later = NOON + timedelta(minutes=5)
    # The one that waited, and no more quick answers to it than five minutes give.
    assert 1 <= sum(exchange(turns, 15, timedelta(seconds=1), later)) <= 5


def test_pairs_do_not_count_for_each_other_and_old_ones_are_forgotten() -> None:
    turns = Turns()
    for number in range(20_001):
        assert turns.take(f"pair{number}", "mentor", NOON + timedelta(seconds=number))
    assert len(turns._last) <= 13_601
