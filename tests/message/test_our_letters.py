"""Relay's own letters are recognised where they are quoted, in every language, and nothing else is."""

from __future__ import annotations

import textwrap
import time
from pathlib import Path

import pytest

from relay.letters.catalogue import Entry, catalogue
from relay.letters.templates import LetterTemplates
from relay.message.confirmation.read_answer import question_code
from relay.message.our_letters import (
    is_subject_of_ours,
    questions_of_ours,
    sentences_of_ours,
    understand_letters,
)

TEMPLATES = LetterTemplates()
LANGUAGES = ("en", "ar", "es", "fr", "hi", "sw")
TO_MEMBERS = [one for one in catalogue().values() if one.to == "member" and one.name != "welcome"]
TOO_SHORT = {"guardian-answered", "invitation-over", "clock-noted"}
"""They hold a sentence or two, and say nothing of anybody who writes letters."""
PROSE = [
    "You do not need to explain anything. It is not your fault.\n\nWith good wishes,\nAmber",
    "Thank you for your answer. I hope that we can write to each other again soon. Please answer when you can.",
    "Do you want to end the contract? Write yes or no. If you do not answer, nothing happens, I think.",
    "They wrote “To talk to a person, write here”, and I did.",
    "> Thank you for telling us.\n> How was the market?\n\nIt went well. Shall we do it again?",
    "Merci de votre réponse. Vous n’avez rien à faire, et rien à craindre.",
    "شكراً على رسالتكم. نرجو أن تكونوا بخير.",
]


def quoted(text: str, width: int) -> str:
    """As mail programs quote: each line is wrapped and marked."""
    lines = [part for line in text.splitlines() for part in (textwrap.wrap(line, width) or [""])]
    return "On Monday, Post wrote:\n\n" + "\n".join(f"> {line}" for line in lines)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entry", TO_MEMBERS, ids=lambda one: one.name)
def test_every_letter_is_recognised_quoted_or_forwarded(entry: Entry, language: str) -> None:
    for sample in entry.samples:
        filled = TEMPLATES.letter(entry.name, language, **sample)
        if entry.name not in TOO_SHORT:
            assert sentences_of_ours(filled.text)
            assert sentences_of_ours(quoted(filled.text, 72))
            assert sentences_of_ours(quoted(filled.text, 58).replace("\n> ", "\n> > "))
        if f"[{sample.get('code')}]" in filled.subject:
            assert is_subject_of_ours(f"Re: AW: {filled.subject}", quoted=False)
            assert sample["code"] in questions_of_ours(f"Re: {filled.subject}", ["x"], quoted=False)
        if sample.get("code") and str(sample["code"]) in filled.text:
            assert sample["code"] in questions_of_ours("Words", [quoted(filled.text, 72)], quoted=True)


@pytest.mark.parametrize("text", PROSE)
def test_prose_that_resembles_them_is_nobodys_but_its_authors(text: str) -> None:
    assert not sentences_of_ours(text)
    assert not questions_of_ours("Re: Words", [text], quoted=False)


def test_the_welcome_is_answered_to_the_partner() -> None:
    for sample in catalogue()["welcome"].samples:
        filled = TEMPLATES.letter("welcome", "en", **sample)
        assert not sentences_of_ours(quoted(filled.text, 72))
        assert not is_subject_of_ours(f"Re: {filled.subject}", quoted=True)


@pytest.mark.parametrize("subject", ["Thank you for your answer", "Re: Booking [K7Q4TM]", "Re: A question to you"])
def test_a_subject_alone_tells_little(subject: str) -> None:
    assert not is_subject_of_ours(subject, quoted=False)


@pytest.mark.parametrize("line", ["k7q4tm", "K7Q 4TM", "K7Q-4TM.", "*K7Q4TM*", "\n K7Q4TM\n\nSent from my iPhone"])
def test_a_code_that_somebody_types_is_one(line: str) -> None:
    assert questions_of_ours("Words", [line], quoted=False) == ("K7Q4TM",)


@pytest.mark.parametrize("line", ["K7Q4TM is the voucher", "Monday", "Hello", "123456", "K7Q4T", "K7 Q4 TM 22"])
def test_other_words_are_no_code(line: str) -> None:
    assert questions_of_ours("Words", [line], quoted=False) == ()


def test_every_code_that_relay_makes_has_that_form() -> None:
    for number in range(500):
        code = question_code(f"{number:024x}")
        assert questions_of_ours(f"x [{code}]", [""], quoted=False) == (code,)


def test_the_address_of_a_question_is_found() -> None:
    local = f"d-{'0a' * 12}"
    assert questions_of_ours("Words", [f"On Monday, Post <{local}@relay.test> wrote:"], quoted=False) == (local,)
    assert questions_of_ours("Words", [f"{local}@relay.test"], quoted=False) == (local,)
    for longer in (f"a{local}", f"re-{local}", f"c-{local}"):
        assert questions_of_ours("Words", [f"Post <{longer}@relay.test>"], quoted=False) == ()


def test_the_letters_of_the_home_are_recognised_too(tmp_path: Path) -> None:
    lions = ("The lion in the hall looks at you.", "All our lions greet you from the tower.", "{{ name }} is one.")
    text = "\n".join(lions)
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "desk-help.txt").write_text(f"Subject: Lions\n\n{text}\n")
    assert not sentences_of_ours(quoted(text, 72))
    understand_letters(tmp_path)
    assert sentences_of_ours(quoted(text, 72))


@pytest.mark.parametrize(
    "piece", ["\n", "a. ", ">", "We are ", "We are. ", "You wrote\n", "[K7Q4TM] ", "c-" + "0" * 24, "A2"]
)
def test_no_text_takes_long(piece: str) -> None:
    text = piece * (64 * 1024 // len(piece))
    begun = time.thread_time()
    sentences_of_ours(text)
    questions_of_ours(text, [text], quoted=True)
    assert time.thread_time() - begun < 1.0
