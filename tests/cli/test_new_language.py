"""A seventh language is a folder of files in the home: members are written to in it, and understood."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from relay.home import Home
from relay.message.confirmation import answer_line
from relay.message.confirmation.answer_words import LANGUAGES
from relay.message.desk import read_command
from relay.message.read.parse import parse

Relay = Callable[..., Any]
MENTOR, MENTEE = "jane.doe@real.example", "omar@home.example"
QUESTION = "Subject: Ĉu vi skribis? [{{ code }}]\n\nSaluton,\n\nskribu JES aŭ NE. {{ id }}, {{ name }}, {{ help }}\n"


@pytest.fixture
def esperanto(home: Home) -> Iterator[Path]:
    """Its folder in the home. What this process has learned of it is forgotten afterwards."""
    folder = home.templates / "eo"
    folder.mkdir(parents=True)
    (folder / "is-it-yours.txt").write_text(QUESTION, "utf-8")
    (folder / "words.toml").write_text('sender = "Viaj leteroj"\n', "utf-8")
    (folder / "answers.toml").write_text('yes = ["jes", "jes ja"]\nno = ["ne"]\nwrote = ["skribis"]\n', "utf-8")
    (folder / "commands.toml").write_text('pause = ["paŭzo"]\n', "utf-8")
    known = dict(LANGUAGES)
    yield folder
    read_command._more.clear()
    LANGUAGES.clear()
    LANGUAGES.update(known)
    answer_line._vocabulary.cache_clear()


ANSWERS = [
    ("Jes, mi skribis ĝin", "released"),
    ("Lundon Omar skribis:\n> demando\n\nJes ja!", "released"),
    ("NE", "denied"),
    ("ja", "sent"),
]


@pytest.mark.parametrize(("answer", "what"), ANSWERS)
def test_a_question_is_asked_and_answered_in_a_language_of_the_homes(
    relay: Relay, esperanto: Path, tmp_path: Path, answer: str, what: str
) -> None:
    people = ("--mentor", MENTOR, "--mentee", MENTEE, "--mentor-language", "eo", "--silent")
    (pair,) = relay("pair", "create", *people, "--json").objects
    letter = {"at": "+1d", "from": MENTOR, "to": f"alias:{pair['pair']}:mentee", "text": "Words", "proven": False}
    reply = {"at": "+1d2h", "from": MENTOR, "to": "question:LAST", "subject": "Re:", "text": answer}
    script, out = tmp_path / "script.jsonl", tmp_path / "out"
    script.write_text("".join(json.dumps({"subject": "x", **entry}) + "\n" for entry in (letter, reply)))
    done = relay("rehearse", "--until", "+2d", "--script", str(script), "--out", str(out))
    assert done.code == 0, done.err
    asked, *_ = (parse(file.read_bytes()).text or "" for file in sorted((out / "letters").iterdir()))
    assert "skribu JES aŭ NE." in asked
    happened = [json.loads(line) for line in (out / "events.jsonl").read_text().splitlines()]
    after = happened[3]  # after the refusal, what was held, and the question
    assert what in (after["event"], after.get("reason"))


def test_a_command_is_understood_in_a_language_of_the_homes(relay: Relay, esperanto: Path, tmp_path: Path) -> None:
    (pair,) = relay("pair", "create", "--mentor", MENTOR, "--mentee", MENTEE, "--silent", "--json").objects
    entry = {"at": "+1d", "from": MENTOR, "to": "help@relay.test", "subject": "x", "text": "Paŭzo"}
    script, out = tmp_path / "script.jsonl", tmp_path / "out"
    script.write_text(json.dumps(entry) + "\n")
    assert relay("rehearse", "--until", "+2d", "--script", str(script), "--out", str(out)).code == 0
    happened = [json.loads(line) for line in (out / "events.jsonl").read_text().splitlines()]
    assert [one["letter"] for one in happened if one["event"] == "sent"] == ["desk-paused", "exchange-rests"]
    assert pair["pair"] in {one.get("pair") for one in happened}


def test_a_mistake_in_the_words_is_named_by_the_check(relay: Relay, esperanto: Path) -> None:
    (esperanto / "answers.toml").write_text('yes = "jes"\nno = ["ne"]\n', "utf-8")
    done = relay("check")
    assert "eo/answers.toml: yes must be a list of words and phrases" in done.out + done.err
