"""What a Redactor remembers of a letter spares work, and changes nothing; the next letter begins with nothing."""

from __future__ import annotations

import random
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from relay.anonymise.html.canonical_html import canonical
from relay.anonymise.html.scrub import scrub_html
from relay.anonymise.html.visible import _as_shown, visible
from relay.anonymise.identities import Redactor
from relay.anonymise.names.fold import _fold_character, fold
from relay.anonymise.passages import passages
from relay.anonymise.signature_blocks.rows import Rows, lines_of
from relay.message.read.html_to_text import html_to_text, well_formed_to_text
from relay.message.read.parse import parse
from relay.model import Identity, Known, Message, Persona

ROOT = Path(__file__).resolve().parents[2]
LETTERS = sorted((*(ROOT / "tests" / "letters").rglob("*.eml"), *(ROOT / "scripts" / "letters").glob("*.eml")))
KNOWN = Known(
    Identity(("jane@real.example", "jane.whitcombe@mail.example"), ("Jane Whitcombe",)),
    Persona("Amber Heron", "amber-heron.x7k2m4@relay.example"),
    Identity(("omar@home.example",), ("Omar Haddad",)),
    Persona("Quiet River", "quiet-river.p9d3w8@relay.example"),
    contact="redact",
)


def tellings(message: Message) -> list[str]:
    """One letter in all the forms in which it is looked through."""
    html = scrub_html(message, Redactor(KNOWN)).message.html or ""
    texts = [message.text or "", visible(html), visible(canonical(html)), well_formed_to_text(canonical(html))]
    return [text for text in texts if text]


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_a_redactor_that_has_seen_a_letter_finds_what_a_new_one_finds(path: Path) -> None:
    texts = tellings(replace(parse(path.read_bytes()), attachments=()))
    one = Redactor(KNOWN)
    for text in (*texts, *reversed(texts), *("> " + text.replace("\n", "\n> ") for text in texts)):
        assert passages(text, one) == passages(text, Redactor(KNOWN))


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_our_own_html_reads_the_same_without_a_parser_for_strangers(path: Path) -> None:
    html = scrub_html(replace(parse(path.read_bytes()), attachments=()), Redactor(KNOWN)).message.html or ""
    for written in (html, canonical(html)):
        assert well_formed_to_text(written) == html_to_text(written)
        assert visible(written) == unescape("".join(_as_shown(written)))


@pytest.mark.parametrize("seed", range(60))
def test_lines_that_are_nearly_alike_are_not_taken_for_each_other(seed: int) -> None:
    chance = random.Random(seed)
    lines = (
        *(
            "-- ",
            "--",
            "> -- ",
            "---",
            "",
            "",
            "Best regards",
            "Best regards, and more when I am back from the sea.",
            "> ",
        ),
        *("Ines Kovač", "Ines Kovač | Head of Maths | ines@school.example | +44 20 7946 0018", "Jane Whitcombe"),
        *("Sent from my iPhone", "Sent from my iPhone, as I have no other, and I am glad of it every day of the week."),
        *(
            "Tel. +44 20 7946 0018",
            "Tel. ",
            "From: Ines <ines@school.example>",
            "From: here",
            "Sent: 3 November 2026 10:04",
        ),
        *("This message is confidential and intended solely for the addressee.", "This message is for you."),
    )
    one = Redactor(KNOWN)
    for _ in range(12):
        text = "\n".join(chance.choice(lines) for _ in range(chance.randint(2, 14)))
        assert passages(text, one) == passages(text, Redactor(KNOWN))


def test_letters_share_nothing() -> None:
    one, other = Redactor(KNOWN), Redactor(KNOWN)
    passages("Best regards\nInes Kovač\nTel. +44 20 7946 0018\n", one)
    assert one.of_letter(Rows) and not other.of_letter(Rows)


def test_a_letter_of_many_lines_is_not_remembered_whole() -> None:
    rows = Rows()
    lines = lines_of("".join(f"line {number}\n" for number in range(20_000)), rows)
    assert len(rows) <= 5000 and lines[19_999].words == "line 19999"


def test_every_letter_folds_alike_in_a_text_and_by_itself() -> None:
    for begin in range(0, 0x30000, 499):
        signs = [chr(code) for code in range(begin, begin + 499) if not 0xD800 <= code < 0xE000]
        text = "Jane " + "".join(signs) + " Whitcombe"
        folded = fold(text)
        assert folded.text == "".join(map(_fold_character, text))
        for number, sign in enumerate(signs, 5):
            if len(_fold_character(sign)) == 1 and folded.index:
                assert folded.text[folded.index.index(number)] == _fold_character(sign)
