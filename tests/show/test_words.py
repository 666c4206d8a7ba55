"""The page speaks six languages, each completely."""

from __future__ import annotations

import re

import pytest

from relay.anonymise.removal_kinds import KINDS
from relay.mentoring.validation import Checker
from relay.show.page import fill
from relay.show.stage import DOMAIN
from relay.show.words import languages, words_in

ENGLISH = words_in("en")


def test_the_languages() -> None:
    assert languages() == ("ar", "en", "es", "fr", "hi", "sw")
    assert [words_in(tag).direction for tag in languages()] == ["rtl", "ltr", "ltr", "ltr", "ltr", "ltr"]


@pytest.mark.parametrize("tag", languages())
def test_a_language_has_every_sentence_with_every_value_and_every_reason(tag: str) -> None:
    words = words_in(tag)
    assert set(words.reasons) == set(KINDS)
    for name, sentence in ENGLISH.page.items():
        assert set(re.findall(r"\{(\w+)\}", words.page[name])) == set(re.findall(r"\{(\w+)\}", sentence)), name
    assert words.page.keys() == ENGLISH.page.keys()
    assert words.size(2048)


@pytest.mark.parametrize("tag", languages())
def test_the_people_of_a_language_can_be_a_pair(tag: str) -> None:
    Checker(DOMAIN).checked(words_in(tag).request())


@pytest.mark.parametrize(
    ("tag", "language"), [("ar-EG", "ar"), ("FR", "fr"), ("tlh", "en"), ("../en", "en"), ("", "en")]
)
def test_the_nearest_language_is_used(tag: str, language: str) -> None:
    assert words_in(tag).language == language


def test_braces_in_a_value_stay() -> None:
    assert fill("From {name}: {subject}", name="{subject}", subject="{x}") == "From {subject}: {x}"
