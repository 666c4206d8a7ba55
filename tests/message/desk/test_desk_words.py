"""Every shipped language has words for all commands of the desk, and no word means two things."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import defaultdict
from pathlib import Path

import pytest

from relay.letters.catalogue import catalogue
from relay.letters.templates import LetterTemplates
from relay.message.confirmation.answer_line import YesNo, read_line
from relay.message.desk.read_command import COMMANDS, command_phrases, read_command
from relay.shipped import shipped

ALIKE = str.maketrans("أإآٱىیکةؤئ", "اااايیكهوي")
SIGNS = re.compile("[\u0640\u064b-\u065f\u0670\u093c'’]")


def words() -> dict[str, dict[str, list[str]]]:
    files = shipped("templates").glob("*/commands.toml")
    return {path.parent.name: tomllib.loads(path.read_text("utf-8")) for path in files}


def folded(word: str, *, accents: bool) -> str:
    """``word`` as people may type it: without case, apostrophes, vowel signs, hamza seats, and perhaps accents."""
    text = SIGNS.sub("", unicodedata.normalize("NFKC", word).casefold()).translate(ALIKE)
    if not accents:
        text = "".join(char for char in unicodedata.normalize("NFD", text) if not "\u0300" <= char <= "\u036f")
    return " ".join(text.replace("-", " ").split())


def test_every_language_that_has_letters_has_words() -> None:
    assert set(words()) == set(LetterTemplates().languages())


@pytest.mark.parametrize("language", sorted(words()))
def test_every_command_has_words_in_the_language(language: str) -> None:
    of_language = words()[language]
    assert set(of_language) == {*COMMANDS, "until", "auto", "polite"}
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


def test_every_word_is_read_as_its_command() -> None:
    for of_language in words().values():
        for command in COMMANDS:
            assert [one for one in of_language[command] if read_command(one).name != command] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pause = [", "cannot be read"),
        ('rest = ["ripozo"]', "nothing but help, pause"),
        ('pause = "paŭzo"', "pause must be a list"),
        ('pause = ["..."]', "pause must be a list"),
        ('pause = ["Stop"]', "“Stop” means pause here, and leave elsewhere"),
        ('pause = ["paŭzo"]\nresume = ["Paŭzo!"]', "“Paŭzo!” means resume here, and pause elsewhere"),
    ],
)
def test_a_mistake_is_named_with_its_file(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "eo").mkdir()
    (tmp_path / "eo" / "commands.toml").write_text(text, "utf-8")
    with pytest.raises(ValueError, match=rf"^eo/commands\.toml.*{words}"):
        command_phrases(tmp_path, command_phrases(shipped("templates")))


@pytest.mark.parametrize("language", LetterTemplates().languages())
def test_the_words_that_the_letter_of_help_names_are_understood(language: str) -> None:
    """Each line: what to write, the address of the command, and perhaps an example at the end."""
    _, text, _ = LetterTemplates().letter("desk-help", language, **catalogue()["desk-help"].samples[0])
    lines = re.findall(r"^(.+?) \((\w+)@\S+\)\s?: .*?(?::\s(\S+ [0-9a-z\u200e-]+))?$", text, re.MULTILINE)
    assert [command for _, command, _ in lines] == [command for command in COMMANDS if command != "help"]
    for word, command, example in lines:
        assert read_command(word).name == command
        assert not example or read_command(example.replace("\u200e", "")).name == command
    assert [command for _, command, example in lines if example] == ["away", "lang"]


@pytest.mark.parametrize("language", LetterTemplates().languages())
def test_the_word_that_letters_show_for_a_command_is_understood(language: str) -> None:
    shown = LetterTemplates().words(language).commands
    assert {command: read_command(word).name for command, word in shown.items()} == {one: one for one in COMMANDS}
