"""The letters relay writes itself can all be written, in the operator's words when there are any."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from relay.cli import relay
from relay.letters.templates import SAMPLES, LetterTemplates, StationeryError
from relay.shipped import shipped

TO_THE_OPERATOR = ("operator", "suspended", "no-answered", "unclear-answer")
QUESTIONS = ("is-it-yours", "from-another-address", "confirm-address")


def test_every_shipped_letter_can_be_written_and_every_template_is_known() -> None:
    assert LetterTemplates().problems() == []
    assert {path.stem for path in (shipped("templates") / "en").glob("*.txt")} == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_letter_says_where_help_is_or_what_to_do_and_leaves_no_hole(name: str) -> None:
    subject, body = LetterTemplates().letter(name, "en", **SAMPLES[name])
    assert subject
    assert "\n" not in subject
    assert body.endswith("\n")
    assert "\n\n\n" not in body
    assert not {"{{", "}}", "{%", "None"} & set(body.split())
    if name not in TO_THE_OPERATOR:
        assert "postmaster@relay.example.org" in body


def test_no_subject_tells_a_passer_by_what_the_letter_is_about() -> None:
    for name in SAMPLES:
        if name in TO_THE_OPERATOR:
            continue
        subject, _ = LetterTemplates().letter(name, "en", **SAMPLES[name])
        assert "mentor" not in subject.lower()
        assert "programme" not in subject.lower()


@pytest.mark.parametrize("name", [*QUESTIONS, "asked-again"])
def test_a_question_says_how_to_say_yes_and_no_and_what_each_does(name: str) -> None:
    subject, body = LetterTemplates().letter(name, "en", **SAMPLES[name])
    assert subject.endswith("[K7F3Q2]")
    assert body.startswith("Hello,\n")  # the first line of an answer that quotes without marks
    assert "the word is YES, or the code K7F3Q2." in body
    assert "the word is NO." in body
    assert "first line" in body
    assert "empty answer" not in body


@pytest.mark.parametrize("name", [name for name, values in SAMPLES.items() if "about" in values])
def test_a_letter_about_an_answer_knows_every_question(name: str) -> None:
    told = {about: LetterTemplates().letter(name, "en", **{**SAMPLES[name], "about": about}) for about in QUESTIONS}
    for subject, body in told.values():
        assert subject == told["is-it-yours"][0]
        assert "\n\n\n" not in body
        assert body == body.strip() + "\n"
    assert told["confirm-address"] != told["is-it-yours"]


@pytest.mark.parametrize("name", ["confirm-address", "asked-again", "answered-no", "left-to-coordinator"])
def test_what_goes_to_a_mailbox_that_nobody_has_proven_names_no_pair(name: str) -> None:
    values = {key: value for key, value in SAMPLES[name].items() if key not in ("name", "id")}
    _, body = LetterTemplates().letter(name, "en", **{**values, "about": "confirm-address"})
    assert "mentor" not in body.replace("the mentoring programme", "")
    assert "mentee" not in body


@pytest.mark.parametrize("name", SAMPLES)
def test_what_a_letter_says_to_type_can_be_typed(name: str) -> None:
    values = SAMPLES[name]
    for about in QUESTIONS if "about" in values else ("",):
        _, body = LetterTemplates().letter(name, "en", **{**values, "about": about})
        for noun, verb in re.findall(r"(?:^|: )\s*relay ([a-z]+) ([a-z-]+)", body, re.MULTILINE):
            asked = CliRunner().invoke(relay, [noun, verb, "--help"])
            assert asked.exit_code == 0, (noun, verb)


@pytest.mark.parametrize(("missed", "copied", "said"), [(1, 0, "One other address"), (3, 0, "3 other addresses")])
def test_numbers_are_said_as_people_say_them(missed: int, copied: int, said: str) -> None:
    _, body = LetterTemplates().letter(
        "partly-relayed", "en", **{**SAMPLES["partly-relayed"], "missed": missed, "copied": copied}
    )
    assert said in body
    assert "You also named" not in body


def test_the_operators_own_letter_goes_first(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en/operator.txt").write_text("Subject: Post!\n\nFor {{ domain }}.\n")
    templates = LetterTemplates(tmp_path)
    assert templates.letter("operator", "en", **SAMPLES["operator"]) == ("Post!", "For relay.example.org.\n")
    assert templates.letter("welcome", "en", **SAMPLES["welcome"]) == LetterTemplates().letter(
        "welcome", "en", **SAMPLES["welcome"]
    )


@pytest.mark.parametrize("language", ["ar-EG", "ar", "AR", "ar-Arab-EG"])
def test_the_readers_language_is_used_when_there_is_one(tmp_path: Path, language: str) -> None:
    (tmp_path / "ar").mkdir()
    (tmp_path / "ar/operator.txt").write_text("Subject: بريد\n\nنص\n", "utf-8")
    assert LetterTemplates(tmp_path).letter("operator", language, **SAMPLES["operator"])[0] == "بريد"


@pytest.mark.parametrize("language", ["xx", "../../etc", "", "en/../..", "e\n"])
def test_english_is_used_when_there_is_no_other(language: str) -> None:
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
def test_a_broken_template_is_found_before_a_letter_needs_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en/operator.txt").write_text(text)
    (problem,) = LetterTemplates(tmp_path).problems()
    assert "en/operator.txt" in problem
    with pytest.raises(StationeryError):
        LetterTemplates(tmp_path).letter("operator", "en", **SAMPLES["operator"])


def test_a_template_that_is_not_utf_8_is_found(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en/operator.txt").write_bytes(b"Subject: \xff\n\nx\n")
    assert len(LetterTemplates(tmp_path).problems()) == 1
