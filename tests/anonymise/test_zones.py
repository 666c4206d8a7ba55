"""The zones of the tz database are known by their letters and areas, and every place that reads zones knows them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest

from relay.anonymise.zones import ABBREVIATIONS, LABELS
from relay.model import Message

Arrive = Callable[..., Message]
ABOVE = "Dear friend,\n\nthank you for your words about bowls."
DAYS = [datetime(year, month, 1, 12, tzinfo=UTC) for year in (2015, 2020, 2025) for month in (1, 7)]


def arrived(arrives: Arrive, words: str) -> str:
    text = arrives(f"{ABOVE}\n\n{words}").text or ""
    assert "about bowls." in text
    return text.partition("about bowls.")[2].strip()


def test_every_abbreviation_of_the_tz_database_is_known() -> None:
    names = {day.astimezone(ZoneInfo(zone)).tzname() for zone in available_timezones() for day in DAYS}
    letters = {name.lower() for name in names if name and name.isalpha() and name != "Factory"}
    assert letters > {"cet", "cest", "akdt", "sst"}
    assert letters - ABBREVIATIONS == set()


@pytest.mark.parametrize("zone", sorted(ABBREVIATIONS - {"z"}))
def test_a_receipt_tells_no_zone(zone: str, arrives: Arrive) -> None:
    left = arrived(arrives, f"Your message was read at 21:14 {zone.upper()}.")
    assert left.rstrip(".") == "Your message was read"


@pytest.mark.parametrize("area", sorted({zone.partition("/")[0] for zone in available_timezones() if "/" in zone}))
def test_a_stamp_tells_no_area(area: str, arrives: Arrive) -> None:
    assert arrived(arrives, f"Sent at 21:14 ({area}/Prague)") == ""


@pytest.mark.parametrize("label", LABELS)
def test_an_invitation_tells_no_zone(label: str, arrives: Arrive) -> None:
    words = f"Pottery lesson, 3 Feb 2026 at 21:14\n{label.capitalize()}: Europe/Prague\n\nShall we meet there?"
    left = arrived(arrives, words)
    assert "21:14" in left and "Shall we meet there?" in left
    assert "Prague" not in left


@pytest.mark.parametrize("label", LABELS)
def test_a_signature_tells_no_zone(label: str, arrives: Arrive) -> None:
    assert "GMT" not in arrived(arrives, f"Best wishes,\nJane\n{label.capitalize()}: GMT+3")


@pytest.mark.parametrize("words", ["We met at 9 at the MET.", "Time zone: I never know mine.", "Asia/Pacific trade"])
def test_words_stay(words: str, arrives: Arrive) -> None:
    assert arrived(arrives, words) == words
