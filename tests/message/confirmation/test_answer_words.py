"""The words for yes and no of a language are one file, and a mistake in it is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from relay.letters.catalogue import catalogue
from relay.letters.templates import LetterTemplates
from relay.message.confirmation.answer_words import LANGUAGES, AnswerWords, answer_words, attribution_verbs


def test_every_language_that_has_letters_has_words_for_yes_and_no() -> None:
    assert list(LANGUAGES) == sorted(LetterTemplates().languages())
    assert all(words.yes and words.no and words.wrote for words in LANGUAGES.values())
    assert {"wrote", "a écrit", "schrieb"} <= set(attribution_verbs())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_stands_twice_in_a_list(language: str) -> None:
    for name in AnswerWords.__slots__:
        phrases = getattr(LANGUAGES[language], name)
        assert [phrase for phrase in phrases if phrases.count(phrase) > 1] == [], name


def test_a_language_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "eo").mkdir()
    (tmp_path / "no-words-yet").mkdir()
    (tmp_path / "eo" / "answers.toml").write_text('yes = ["jes"]\nno = ["ne"]\nwrote = ["skribis"]\n', "utf-8")
    assert answer_words(tmp_path) == {"eo": AnswerWords(yes=("jes",), no=("ne",), wrote=("skribis",))}


@pytest.mark.parametrize(
    "text",
    [
        'yes = ["jes"]',
        'yes = ["jes"]\nno = ["ne"]\nmaybe = ["eble"]',
        'yes = "jes"\nno = ["ne"]',
        "yes =",
        'yes = [" "]\nno = []',
    ],
)
def test_a_mistake_is_named_with_its_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "eo").mkdir()
    (tmp_path / "eo" / "answers.toml").write_text(text, "utf-8")
    with pytest.raises(ValueError, match=r"eo/answers\.toml"):
        answer_words(tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_invitation_names_a_word_for_the_pen_name_that_is_understood(language: str) -> None:
    _, text, _ = LetterTemplates().letter("invitation", language, **catalogue()["invitation"].samples[0])
    assert any(f"{word}:" in text.lower().replace("\N{NO-BREAK SPACE}", "") for word in LANGUAGES[language].pen_name)
