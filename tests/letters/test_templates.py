"""All templates can be filled in, and the operator's are used instead of the shipped ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from relay.cli import relay
from relay.letters.catalogue import catalogue
from relay.letters.templates import LetterTemplates
from relay.letters.words import StationeryError

QUESTIONS = ("is-it-yours", "from-another-address", "confirm-address")


SAMPLES = {name: entry.samples[0] for name, entry in catalogue().items()}


@pytest.mark.parametrize("name", [*QUESTIONS, "asked-again"])
def test_a_question_says_how_to_answer_yes_and_no(name: str) -> None:
    subject, body, _ = LetterTemplates().letter(name, "en", **SAMPLES[name])
    assert subject.endswith("[K7F3Q2]")
    assert body.startswith("Hello,\n")  # so that the first line of an answer that quotes without ">" is no yes or no
    assert "write YES, or the code K7F3Q2." in body
    assert "write NO." in body
    assert "first line" in body
    assert "empty answer" not in body


@pytest.mark.parametrize("name", [name for name, values in SAMPLES.items() if "about" in values])
def test_a_letter_about_an_answer_covers_every_question(name: str) -> None:
    filled = {about: LetterTemplates().letter(name, "en", **{**SAMPLES[name], "about": about}) for about in QUESTIONS}
    for subject, body, _ in filled.values():
        assert subject == filled["is-it-yours"][0]
        assert "\n\n\n" not in body
        assert body == body.strip() + "\n"
    assert filled["confirm-address"] != filled["is-it-yours"]


@pytest.mark.parametrize("name", ["confirm-address", "asked-again", "answered-no", "left-to-coordinator"])
def test_a_letter_to_an_unproven_address_names_no_pair(name: str) -> None:
    values = {key: value for key, value in SAMPLES[name].items() if key not in ("name", "id")}
    _, body, _ = LetterTemplates().letter(name, "en", **{**values, "about": "confirm-address"})
    assert "mentor" not in body.replace("the mentoring programme", "")
    assert "mentee" not in body


@pytest.mark.parametrize("name", SAMPLES)
def test_every_command_in_a_letter_exists(name: str) -> None:
    values = SAMPLES[name]
    for about in QUESTIONS if "about" in values else ("",):
        _, body, _ = LetterTemplates().letter(name, "en", **{**values, "about": about})
        for noun, verb in re.findall(r"^    relay ([a-z]+) ([a-z-]+)", body, re.MULTILINE):
            asked = CliRunner().invoke(relay, [noun, verb, "--help"])
            assert asked.exit_code == 0, (noun, verb)


def test_the_operators_own_template_is_used_first(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en/operator.txt").write_text("Subject: Post!\n\nFor {{ domain }}.\n")
    templates = LetterTemplates(tmp_path)
    assert templates.letter("operator", "en", **SAMPLES["operator"]) == ("Post!", "For relay.example.org.\n", "en")
    assert templates.letter("welcome", "en", **SAMPLES["welcome"]) == LetterTemplates().letter(
        "welcome", "en", **SAMPLES["welcome"]
    )


@pytest.mark.parametrize("language", ["ar-EG", "ar", "AR", "ar-Arab-EG"])
def test_the_readers_language_is_used_when_it_has_letters(tmp_path: Path, language: str) -> None:
    (tmp_path / "ar").mkdir()
    (tmp_path / "ar/operator.txt").write_text("Subject: بريد\n\nنص\n", "utf-8")
    assert LetterTemplates(tmp_path).letter("operator", language, **SAMPLES["operator"])[0] == "بريد"


def test_the_programmes_language_is_used_when_the_readers_has_no_letters() -> None:
    templates = LetterTemplates(fallback="fr-CI")
    assert templates.letter("welcome", "tlh", **SAMPLES["welcome"]).language == "fr"
    assert templates.letter("welcome", "sw-KE", **SAMPLES["welcome"]).language == "sw"
    assert (templates.has("tlh"), templates.has("sw-KE")) == (False, True)
    assert templates.language_for("tlh") == "fr"


def test_a_letter_missing_in_a_language_is_written_in_the_programmes(tmp_path: Path) -> None:
    (tmp_path / "pt").mkdir()
    (tmp_path / "pt/welcome.txt").write_text("Subject: Olá\n\nOlá\n", "utf-8")
    templates = LetterTemplates(tmp_path, "fr")
    assert templates.letter("welcome", "pt-BR", **SAMPLES["welcome"]) == ("Olá", "Olá\n", "pt")
    assert templates.letter("delayed", "pt-BR", **SAMPLES["delayed"]).language == "fr"
    assert templates.words("pt").refusal("paused") == templates.words("en").refusal("paused")
    assert templates.problems() == []


def test_each_of_the_operators_sentences_is_used_instead_of_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "ar").mkdir()
    (tmp_path / "ar/words.toml").write_text('sender = "بريد"\n[refusals]\npaused = "توقف."\n', "utf-8")
    words, shipped = LetterTemplates(tmp_path).words("ar"), LetterTemplates().words("ar")
    assert (words.sender, words.refusal("paused")) == ("بريد", "توقف.")
    assert words.refusal("ended") == shipped.refusal("ended")
    assert (words.draft, shipped.draft) == (False, True)


@pytest.mark.parametrize("text", ["sender = \n", "refusals = 3\n"])
def test_a_broken_words_toml_is_reported_as_a_problem(text: str, tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en/words.toml").write_text(text)
    (problem,) = LetterTemplates(tmp_path).problems()
    assert "en/words.toml" in problem


@pytest.mark.parametrize("language", ["xx", "../../etc", "", "en/../..", "e\n"])
def test_english_is_used_for_an_unknown_language(language: str) -> None:
    english = LetterTemplates().letter("welcome", "en", **SAMPLES["welcome"])
    assert LetterTemplates().letter("welcome", language, **SAMPLES["welcome"]) == english


@pytest.mark.parametrize(
    "text",
    [
        "Subject: x\n\n{{ nobody }}\n",
        "Subject: x\n\n{{ unclosed\n",
        "Subject: x\n\n{{ ''.__class__.__mro__[1].__subclasses__() }}\n",
        "Subject: x\n\n{{ 1 / 0 }}\n",
        "no subject\n\nbody\n",
        "Subject:\n\nbody\n",
        "Subject: x\n\n\n",
    ],
)
def test_a_broken_template_is_reported_as_a_problem(tmp_path: Path, text: str) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en/operator.txt").write_text(text)
    (problem, *others) = LetterTemplates(tmp_path).problems()
    assert others == []
    assert "en/operator.txt" in problem
    with pytest.raises(StationeryError):
        LetterTemplates(tmp_path).letter("operator", "en", **SAMPLES["operator"])


def test_a_template_that_is_not_utf_8_is_reported_as_a_problem(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en/operator.txt").write_bytes(b"Subject: \xff\n\nx\n")
    assert len(LetterTemplates(tmp_path).problems()) == 1
