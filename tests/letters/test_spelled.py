"""Days and spans of time stand in a letter as its language has them in a sentence."""

from __future__ import annotations

from datetime import date

import pytest
from babel import Locale

from relay.letters.spelled import spelled_day, spelled_span


def test_the_first_of_a_month_is_an_ordinal_in_french_alone() -> None:
    first = date(2026, 3, 1)
    assert spelled_day(first, Locale("fr")) == "1er mars 2026"
    assert spelled_day(date(2026, 3, 11), Locale("fr")) == "11 mars 2026"
    assert spelled_day(first, Locale("es")) == "1 de marzo de 2026"


@pytest.mark.parametrize(
    ("number", "unit", "span"),
    [(1, "day", "يوم"), (2, "day", "يومين"), (3, "day", "3 أيام"), (2, "hour", "ساعتين"), (2, "minute", "دقيقتين")],
)
def test_an_arabic_dual_can_stand_behind_within(number: int, unit: str, span: str) -> None:
    assert spelled_span(number, unit, Locale("ar")) == span


def test_other_languages_have_the_form_of_cldr() -> None:
    assert spelled_span(2, "day", Locale("hi")) == "2 दिन"
    assert spelled_span(2, "hour", Locale("fr")) == "2\xa0heures"
