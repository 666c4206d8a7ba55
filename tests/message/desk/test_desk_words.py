"""Every shipped language has words for all commands of the desk, and no word means two things."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import defaultdict
from pathlib import Path

import pytest

import relay
from relay.letters.templates import LetterTemplates
from relay.message.confirmation.answer_line import YesNo, read_line

FOLDER = Path(relay.__file__).parent / "message" / "desk" / "words"
COMMANDS = ("help", "pause", "resume", "away", "leave", "report", "who", "copy", "forget", "address", "lang")
ALIKE = str.maketrans("أإآٱىیکةؤئ", "اااايیكهوي")
SIGNS = re.compile("[\u0640\u064b-\u065f\u0670\u093c'’]")


def words() -> dict[str, dict[str, list[str]]]:
    return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.toml")}


def folded(word: str, *, accents: bool) -> str:
    """``word`` as people may type it: without case, apostrophes, vowel signs, hamza seats, and perhaps accents."""
    text = SIGNS.sub("", unicodedata.normalize("NFKC", word).casefold()).translate(ALIKE)
    if not accents:
        text = "".join(char for char in unicodedata.normalize("NFD", text) if not "\u0300" <= char <= "\u036f")
    return " ".join(text.replace("-", " ").split())


def test_every_language_that_has_letters_has_words() -> None:
    assert set(words()) >= set(LetterTemplates().languages())


@pytest.mark.parametrize("language", sorted(words()))
def test_every_command_has_words_in_the_language(language: str) -> None:
    of_language = words()[language]
    assert set(of_language) == {*COMMANDS, "until", "auto"}
    assert all(of_language.values())
    for phrases in of_language.values():
        assert len(set(phrases)) == len(phrases)
        assert [phrase for phrase in phrases if phrase != " ".join(phrase.split()) or phrase != phrase.lower()] == []


def test_every_command_is_its_own_word_in_english() -> None:
    assert [command for command in COMMANDS if command not in words()["en"][command]] == []


@pytest.mark.parametrize("accents", [True, False])
def test_no_word_has_two_meanings_in_all_languages_together(accents: bool) -> None:
    meanings: dict[str, set[str]] = defaultdict(set)
    for of_language in words().values():
        for command, phrases in of_language.items():
            for phrase in phrases:
                meanings[folded(phrase, accents=accents)].add(command)
    assert {phrase: found for phrase, found in meanings.items() if len(found) > 1} == {}


def test_no_word_is_an_answer_to_a_question() -> None:
    phrases = [phrase for one in words().values() for of_command in one.values() for phrase in of_command]
    read = {form: read_line(form, "")[0] for phrase in phrases for form in (phrase, folded(phrase, accents=False))}
    assert {form: answer for form, answer in read.items() if answer is not YesNo.OPEN} == {}
