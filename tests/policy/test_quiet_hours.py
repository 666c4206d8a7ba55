"""Letters that can wait leave after the quiet hours, by the clock of their reader, also when that clock is changed."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.policy.quiet_hours import QuietHours

NIGHT = QuietHours(time(21), time(7))


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "ready", "goes"),
    [
        ("UTC", "2026-03-04 12:00", "2026-03-04 12:00"),
        ("UTC", "2026-03-04 20:59", "2026-03-04 20:59"),
        ("UTC", "2026-03-04 21:00", "2026-03-05 07:00"),
        ("UTC", "2026-03-05 06:59", "2026-03-05 07:00"),
        ("UTC", "2026-03-05 07:00", "2026-03-05 07:00"),
        ("Africa/Nairobi", "2026-03-04 23:30", "2026-03-05 07:00"),
        ("Asia/Kolkata", "2026-03-04 23:30", "2026-03-05 07:00"),
        # The night in which the clock is put forward has an hour less, the one in which it is put back an hour more.
        ("Europe/Paris", "2026-03-28 22:00", "2026-03-29 07:00"),
        ("Europe/Paris", "2026-10-24 22:00", "2026-10-25 07:00"),
    ],
)
def test_a_letter_leaves_in_the_morning_of_its_reader(zone: str, ready: str, goes: str) -> None:
    assert NIGHT.may_go_at(at(ready, zone), ZoneInfo(zone)) == at(goes, zone)


def test_the_length_of_a_night_follows_the_clock() -> None:
    paris = ZoneInfo("Europe/Paris")
    nights = ("2026-03-28 22:00", "2026-06-28 22:00", "2026-10-24 22:00")
    waits = [NIGHT.may_go_at(at(one, "Europe/Paris"), paris) - at(one, "Europe/Paris") for one in nights]
    assert [wait.total_seconds() / 3600 for wait in waits] == [8, 9, 10]


def test_an_end_that_the_clock_skips_is_the_moment_after() -> None:
    paris = ZoneInfo("Europe/Paris")
    hours = QuietHours(time(22), time(2, 30))
    assert hours.may_go_at(at("2026-03-28 23:00", "Europe/Paris"), paris) == at("2026-03-29 03:30", "Europe/Paris")


def test_hours_within_a_day() -> None:
    hours = QuietHours.of("12:00-15:00")
    assert hours is not None
    assert hours.may_go_at(at("2026-03-04 13:00"), UTC) == at("2026-03-04 15:00")
    assert hours.may_go_at(at("2026-03-04 23:00"), UTC) == at("2026-03-04 23:00")


def test_no_hours() -> None:
    assert QuietHours.of("") is None


@given(
    st.floats(0, 15 * 366 * 86400.0).map(lambda seconds: at("2020-01-01 00:00") + timedelta(seconds=seconds)),
    st.sampled_from(["Africa/Cairo", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Europe/London"]),
    st.times(),
    st.times(),
)
def test_a_letter_never_leaves_earlier_and_waits_a_day_at_most(
    ready: datetime, zone: str, begins: time, ends: time
) -> None:
    goes = QuietHours(begins, ends).may_go_at(ready, ZoneInfo(zone))
    assert 0 <= (goes - ready).total_seconds() <= 25 * 3600
