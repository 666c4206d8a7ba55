"""Any BCP 47 tag is accepted: its name, direction and date format, or those of the nearest known language."""

from __future__ import annotations

import pytest

from relay.letters.language import locale_of, name_of, parents, right_to_left
from relay.settings_values import LANGUAGE_TAG


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("ar", "Arabic (ar)"),
        ("pt-BR", "Portuguese (Brazil) (pt-BR)"),
        ("sw", "Swahili (sw)"),
        ("tlh", "tlh"),
        ("x-home", "x-home"),
        ("../etc", "../etc"),
    ],
)
def test_a_language_has_this_name(tag: str, name: str) -> None:
    assert name_of(tag) == name


@pytest.mark.parametrize(("tag", "rtl"), [("ar-EG", True), ("ur", True), ("he", True), ("sw", False), ("tlh", False)])
def test_a_language_has_this_direction(tag: str, rtl: bool) -> None:
    assert right_to_left(tag) is rtl


def test_a_readers_country_counts_only_within_their_language() -> None:
    assert str(locale_of("fr-CA", "fr")) == "fr_CA"
    assert str(locale_of("fr-CA", "en")) == "en_001"
    assert str(locale_of("tlh", "fr")) == "fr"
    assert str(locale_of("e\n", "xx")) == "en_001"


def test_the_parents_of_a_tag_are_the_more_general_tags() -> None:
    assert list(parents("zh-Hant-TW")) == ["zh-hant-tw", "zh-hant", "zh"]
    assert list(parents("../en")) == []


@pytest.mark.parametrize("tag", ["en", "zh-Hant-TW", "de-CH-1996", "x-home", "i-klingon", "en-a-bbb-x-c"])
def test_bcp_47_tags_are_accepted(tag: str) -> None:
    assert LANGUAGE_TAG.fullmatch(tag)


@pytest.mark.parametrize("tag", ["", "e", "en_GB", "en--GB", "englishlanguage", "../en", "en\n"])
def test_text_that_is_no_tag_is_refused(tag: str) -> None:
    assert not LANGUAGE_TAG.fullmatch(tag)
