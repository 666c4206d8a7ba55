"""Days until which somebody is away, as people write them in six languages."""

from __future__ import annotations

import time
from datetime import date

import pytest
from babel.dates import format_date

from relay.letters.templates import LetterTemplates
from relay.message.desk.read_date import DateFault, read_date

TODAY = date(2026, 11, 30)  # a Monday
NINTH = date(2027, 2, 9)  # a Tuesday
LANGUAGES = ["en", "ar", "es", "fr", "hi", "sw"]

EVERYWHERE = ["2027-02-09", "2027/02/09", "2027.2.9", "20270209", "2027-2-9", "\u200e2027-02-09\u200f", "2027‑02‑09"]
WRITTEN = {
    "en": [
        *("9 February", "9 Feb", "February 9", "Feb. 9", "9th February", "9th of February", "February 9th, 2027"),
        *("until 9 February", "until the 9th of February 2027", "9 feb 27", "9-Feb-2027", "Tuesday 9 February"),
        *("till Tuesday, February 9", "Tue 9 Feb", "9 February, visiting my mother", "2027 February 9", "FEBRUARY 9"),
    ],
    "fr": [
        *(
            "jusqu'au 9 février",
            "jusqu’au 9 fevrier 2027",
            "9 févr.",
            "mardi 9 février",
            "le 9 février",
            "mar. 9 févr.",
        ),
        *("jusqu'au mardi 9 février 2027", "9 FÉVRIER"),
    ],
    "es": [
        *("hasta el 9 de febrero", "9 de febrero de 2027", "9 feb", "martes 9 de febrero", "9 de Febrero del 2027"),
        *("mar 9 feb",),
    ],
    "sw": [*("hadi 9 Februari", "tarehe 9 Februari 2027", "9 ya Februari", "Jumanne 9 Februari", "Februari 9")],
    "ar": [
        *(
            "حتى 9 فبراير",
            "٩ فبراير",
            "حتى يوم ٩ فبراير ٢٠٢٧",
            "٢٠٢٧-٠٢-٠٩",
            "٢٠٢٧/٠٢/٠٩",
            "9 شباط",
            "\u200f٩ شباط ٢٠٢٧",
        ),
        *("الثلاثاء 9 فبراير", "9 فيفري"),
    ],
    "hi": [
        *("9 फ़रवरी तक", "९ फरवरी", "९ फ़रवरी २०२७", "२०२७-०२-०९", "मंगलवार 9 फ़रवरी", "9 फ़र॰"),
    ],
}
CASES = [(language, text) for language in LANGUAGES for text in (*EVERYWHERE, *WRITTEN[language])]


@pytest.mark.parametrize(("language", "text"), CASES)
def test_a_day_is_read_in_the_members_language(language: str, text: str) -> None:
    others = [one for one in LANGUAGES if one != language]
    assert read_date(text, TODAY, [language, *others]) == NINTH


@pytest.mark.parametrize(("language", "text"), CASES)
def test_a_day_is_read_whatever_the_members_language_is(language: str, text: str) -> None:
    assert read_date(text, TODAY, LANGUAGES) == NINTH


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Tuesday", date(2026, 12, 1)),
        ("until Monday", date(2026, 12, 7)),
        ("jusqu'au dimanche", date(2026, 12, 6)),
        ("الجمعة", date(2026, 12, 4)),
        ("सोमवार", date(2026, 12, 7)),
        ("Jumatano", date(2026, 12, 2)),
        ("25/12", date(2026, 12, 25)),
        ("12/25/2026", date(2026, 12, 25)),
        ("25.12.26", date(2026, 12, 25)),
        ("5/5", date(2027, 5, 5)),
        ("29 November", date(2027, 11, 29)),
        ("1 December", date(2026, 12, 1)),
        ("1er décembre", date(2026, 12, 1)),
        ("30 November 2027", date(2027, 11, 30)),
        ("1 كانون الأول", date(2026, 12, 1)),
        ("2 تشرين الثاني", date(2027, 11, 2)),
    ],
)
def test_days_of_the_week_and_days_without_a_year_are_the_next_such_day(text: str, day: date) -> None:
    assert read_date(text, TODAY, LANGUAGES) == day


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", DateFault.MISSING),
        ("until", DateFault.MISSING),
        ("jusqu'au", DateFault.MISSING),
        ("9/2", DateFault.AMBIGUOUS),
        ("09.02.2027", DateFault.AMBIGUOUS),
        ("٩/٢/٢٠٢٧", DateFault.AMBIGUOUS),
        ("2-9-27", DateFault.AMBIGUOUS),
        ("2026-11-29", DateFault.PAST),
        ("2026-11-30", DateFault.PAST),
        ("30 November", DateFault.PAST),
        ("9 February 2020", DateFault.PAST),
        ("2028-02-09", DateFault.FAR),
        ("29 February", DateFault.FAR),
        ("9 February 3027", DateFault.FAR),
        ("30 February", DateFault.UNCLEAR),
        ("2027-13-09", DateFault.UNCLEAR),
        ("2027-02", DateFault.UNCLEAR),
        ("9-20 February", DateFault.UNCLEAR),
        ("2027-02-09 to 2027-02-20", DateFault.UNCLEAR),
        ("9 February to 20 February", DateFault.UNCLEAR),
        ("Monday 9 February", DateFault.UNCLEAR),
        ("next Monday", DateFault.UNCLEAR),
        ("February", DateFault.UNCLEAR),
        ("the 9th", DateFault.UNCLEAR),
        ("two weeks", DateFault.UNCLEAR),
        ("2 weeks", DateFault.UNCLEAR),
        ("I may be back", DateFault.UNCLEAR),
        ("0/0", DateFault.UNCLEAR),
        ("99/99", DateFault.UNCLEAR),
        ("0000-00-00", DateFault.UNCLEAR),
        ("9 February 10:30", DateFault.UNCLEAR),
        ("²/³", DateFault.AMBIGUOUS),
        ("𝟗/𝟐", DateFault.AMBIGUOUS),
        ("📅", DateFault.UNCLEAR),
    ],
)
def test_what_is_not_certain_is_not_read(text: str, fault: DateFault) -> None:
    assert read_date(text, TODAY, LANGUAGES) is fault


def test_every_month_of_every_language_is_read() -> None:
    for language in LetterTemplates().languages():
        for month in range(1, 13):
            for width in ("long", "d MMM"):
                day = date(2027 if month < 12 else 2026, month, 11)
                assert read_date(str(format_date(day, width, locale=language)), TODAY, [language, *LANGUAGES]) == day


def test_long_lines_are_read_in_short_time() -> None:
    read_date("9 February", TODAY, LANGUAGES)
    start = time.perf_counter()
    for text in ("9 " * 100_000, "9-" * 100_000, "feb " * 100_000, "9feb" * 100_000, "\u0301" * 100_000):
        read_date(text, TODAY, LANGUAGES)
    assert time.perf_counter() - start < 2
