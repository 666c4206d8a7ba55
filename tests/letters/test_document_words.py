"""The sentences of a member's copy: each language has all of them, with the same places for values."""

from __future__ import annotations

import re
import tomllib

import pytest

from relay.letters.document_words import FILE, document_words
from relay.letters.templates import LetterTemplates
from relay.letters.words import StationeryError
from relay.shipped import shipped


def told(language: str) -> dict[str, object]:
    file = tomllib.loads((shipped("templates") / language / FILE).read_text("utf-8"))
    return {
        f"{table}.{name}": sorted(re.findall(r"\{\w+\}", sentence))
        for table, sentences in (("", {k: v for k, v in file.items() if isinstance(v, str)}), *_tables(file))
        for name, sentence in sentences.items()
    }


def _tables(file: dict[str, object]) -> list[tuple[str, dict[str, str]]]:
    return [(name, table) for name, table in file.items() if isinstance(table, dict)]


@pytest.mark.parametrize("language", LetterTemplates().languages())
def test_every_language_has_every_sentence_with_the_same_values(language: str) -> None:
    assert told(language) == told("en")


def test_a_value_is_put_in_and_an_unknown_sentence_is_an_error() -> None:
    words = document_words(LetterTemplates(), "en")
    assert words.say("part", n=2, count=3) == "Part 2 of 3."
    with pytest.raises(StationeryError, match=r"copy\.toml has no sentence nonsense"):
        words.say("nonsense")


def test_a_language_without_letters_gets_the_programmes() -> None:
    assert document_words(LetterTemplates(fallback="fr"), "is").language == "fr"
    assert document_words(LetterTemplates(), "ar-EG").direction == "rtl"
