"""A country or a city, as people write it in their language, is a time zone; a country with several clocks is not."""

from __future__ import annotations

import pytest

from relay.letters.time_zones import zone_in, zone_of

LANGUAGES = ("en", "ar", "fr", "sw", "es", "hi")


@pytest.mark.parametrize(
    ("words", "zone"),
    [
        ("Kenya", "Africa/Nairobi"),
        ("kenya.", "Africa/Nairobi"),
        ("كينيا", "Africa/Nairobi"),
        ("Le Caire", "Africa/Cairo"),
        ("القاهرة", "Africa/Cairo"),
        ("भारत", "Asia/Kolkata"),
        ("Nairobi, Kenya", "Africa/Nairobi"),
        ("Sénégal", "Africa/Dakar"),
        ("senegal", "Africa/Dakar"),
        ("africa/lagos", "Africa/Lagos"),
        ("UTC+3", "Etc/GMT-3"),
        ("GMT-5", "Etc/GMT+5"),
        ("United States", ""),
        ("Brazil", ""),
        ("São Paulo", "America/Sao_Paulo"),
        ("I would rather not say", ""),
        ("", ""),
    ],
)
def test_what_people_write(words: str, zone: str) -> None:
    assert zone_in(words, LANGUAGES) == zone


def test_a_zone_that_this_machine_does_not_know_is_utc() -> None:
    assert str(zone_of("Moon/Base")) == "UTC"
