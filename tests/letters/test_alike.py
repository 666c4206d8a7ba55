"""The same letter written with different mail programs arrives with the same octets, so it does not show which.

tests/letters/alike has a folder for each letter, and in it the letter as many programs write it: their structure, order
of fields, charset, encoding, length of lines, dialect of HTML.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from relay.message.read.parse import parse
from relay.message.write.dkim_sign import Signer
from relay.model import Headers, Identity, Known, Persona, RebuildOrder
from relay.rebuild import rebuild

LETTERS = Path(__file__).parent / "alike"
AUTHOR, READER = Persona("Quiet River", "q@relay.example"), Persona("Amber Heron", "a@relay.example")
KNOWN = Known(
    Identity(("jane.doe@real.example",), ("Jane Doe",)), AUTHOR, Identity(("omar@home.example",), ("Omar",)), READER
)
HEADERS = Headers(AUTHOR.name, AUTHOR.alias, "omar@home.example", "ab@relay.example", datetime(2026, 1, 2, tzinfo=UTC))
SIGNER = Signer("relay.example", ())

LONG = (
    "thank you for the draft — I read it twice on the train to Münster, and I think that the second half of chapter "
    "four is by far the best thing you have written; only the end comes too soon for my taste."
)


def written(folder: str) -> list[str]:
    return sorted(path.stem for path in (LETTERS / folder).glob("*.eml"))


def arrives(folder: str, program: str) -> bytes:
    """The letter as it is delivered."""
    letter = (LETTERS / folder / f"{program}.eml").read_bytes().replace(b"\n", b"\r\n")
    return rebuild(RebuildOrder(letter, KNOWN, HEADERS), SIGNER).content


@pytest.mark.parametrize("program", written("plain"))
def test_a_plain_letter_does_not_show_its_program(program: str) -> None:
    assert arrives("plain", program) == arrives("plain", "gmail")


def test_the_paragraphs_of_a_plain_letter_are_kept() -> None:
    text = parse(arrives("plain", "mutt")).text
    assert text == f"Hello there,\n\n{LONG}\n\nThe book I spoke of is here.\n\nUntil Thursday!\n"


def test_a_letter_sent_as_text_alone_arrives_like_one_sent_as_html() -> None:
    letter = (LETTERS / "plain" / "mutt.eml").read_bytes().replace(b"The book I spoke of is here.\n\n", b"")
    came_as_text = rebuild(RebuildOrder(letter.replace(b"\n", b"\r\n"), KNOWN, HEADERS), SIGNER).content
    assert came_as_text == arrives("dressed", "gmail")


@pytest.mark.parametrize("program", written("formatted"))
def test_a_formatted_letter_does_not_show_its_program(program: str) -> None:
    assert arrives("formatted", program) == arrives("formatted", "gmail")


def test_a_formatted_letter_keeps_its_text_and_formatting() -> None:
    message = parse(arrives("formatted", "gmail"))
    assert message.html == (
        f"<p>Hello there,</p>\n<p>{LONG.replace('twice', '<b>twice</b>')}</p>\n"
        '<p>The book I spoke of is <a href="https://books.example/read?id=7&amp;part=2">here</a>.</p>\n'
        "<ul><li>first the outline</li>\n<li>then the dates</li></ul>\n<p>Until Thursday!</p>\n"
    )
    assert message.text == (
        f"Hello there,\n\n{LONG}\n\nThe book I spoke of is here <https://books.example/read?id=7&part=2>.\n\n"
        "- first the outline\n- then the dates\n\nUntil Thursday!\n"
    )


def test_a_text_part_that_says_more_than_the_html_is_kept() -> None:
    done = parse(arrives("formatted-and-more", "roundcube"))
    assert "[1] https://books.example/read?id=7&part=2" in (done.text or "")
    assert done.html == parse(arrives("formatted", "gmail")).html


@pytest.mark.parametrize("program", written("dressed"))
def test_plain_text_in_html_does_not_show_its_program(program: str) -> None:
    assert arrives("dressed", program) == arrives("dressed", "thunderbird")


@pytest.mark.parametrize("folder", ["plain", "formatted", "dressed", "formatted-and-more"])
def test_no_trace_of_a_program_is_left(folder: str) -> None:
    marks = re.compile(rb"mso|gmail|apple|elementToProof|ydp|font|class=|lang=|dir=|charset=(?!utf-8)", re.IGNORECASE)
    for program in written(folder):
        assert not marks.search(arrives(folder, program).partition(b"\r\n\r\n")[2]), program
