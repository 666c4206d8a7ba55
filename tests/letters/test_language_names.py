"""Any BCP 47 tag is taken: it has a name, a direction, and a way to write dates, or the nearest that there is."""

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
def test_a_language_is_called(tag: str, name: str) -> None:
    assert name_of(tag) == name


@pytest.mark.parametrize(("tag", "rtl"), [("ar-EG", True), ("ur", True), ("he", True), ("sw", False), ("tlh", False)])
def test_a_language_runs(tag: str, rtl: bool) -> None:
    assert right_to_left(tag) is rtl


def test_a_reader_s_country_counts_only_within_their_language() -> None:
    assert str(locale_of("fr-CA", "fr")) == "fr_CA"
    assert str(locale_of("fr-CA", "en")) == "en_001"
    assert str(locale_of("tlh", "fr")) == "fr"
    assert str(locale_of("e\n", "xx")) == "en_001"


def test_a_tag_leads_to_what_it_is_a_kind_of() -> None:
    assert list(parents("zh-Hant-TW")) == ["zh-hant-tw", "zh-hant", "zh"]
    assert list(parents("../en")) == []


@pytest.mark.parametrize("tag", ["en", "zh-Hant-TW", "de-CH-1996", "x-home", "i-klingon", "en-a-bbb-x-c"])
def test_every_tag_of_bcp_47_has_the_form(tag: str) -> None:
    assert LANGUAGE_TAG.fullmatch(tag)


@pytest.mark.parametrize("tag", ["", "e", "en_GB", "en--GB", "englishlanguage", "../en", "en\n"])
def test_what_is_no_tag_has_not(tag: str) -> None:
    assert not LANGUAGE_TAG.fullmatch(tag)
