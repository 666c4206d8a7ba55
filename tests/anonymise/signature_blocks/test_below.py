"""Below "-- " only what looks like a signature goes; words stay, and an author whose words may have gone is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

import pytest

from relay.anonymise.identities import Redactor
from relay.anonymise.passages import passages
from relay.anonymise.signature_blocks import find
from relay.model import Identity, Known, Message, Persona

KNOWN = Known(
    Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe",)),
    Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org"),
    Identity(("tom@gmx.de",), ("Tom",)),
    Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org"),
)
ABOVE = "Thank you for the chapter, it is good.\n\n"
SURE = [
    "Jana Lodičková\nPevnost Stroj a.s.\n+420 604 123 456",
    "Ana Lončar\nBrod Kvarner d.o.o.\n+385 51 123 456",
    "Harriet Oakwell",
    "Harriet",
    "Jane Whitcombe\nteacher, gardener",
    "Harriet Oakwell\nHead of Glazing, Nordquell plc\nTel. +44 20 7946 0000",
    "Harriet Oakwell (she/her)\n\nNordquell plc\n12 Kiln Lane, Marlow\n+44 20 7946 0000",
    "h.oakwell@nordquell.example",
    "Best wishes,\nHarriet\n\nNordquell plc | +44 20 7946 0000",
    "2.43.0",
    "Harriet Oakwell\nNordquell plc\nTel. +44 20 7946 0000\nI am not in the office on Fridays.",
    "山田花子\n株式会社ハーロウ 営業部\n電話: 03-0000-0000",
    "Ольга Бруннер\nУчитель математики\nтел. 050 000 00 00",
]
DOUBTFUL = [
    "Jane Whitcombe\nBe the change that you wish to see.",
    "Jane Whitcombe\nNordquell plc\nThe sea is calm today.",
    "gardener, Cardiff",
]
STAYS = [
    "The shore was long. Home was far.",
    "except the dust, each day,\nwhich counts without a pencil",
    "In the morning she found the letter. It was short, and it had no name under it.",
    "Rain\nFalls on the roof\nNobody hears it",
    "Autumn\n\nThe leaves fall\nand nobody counts them",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "2 eggs\n200 g flour\n1 pinch of salt",
    "def f(x):\n    return x",
    "P.S. The book is on the shelf.",
    "PS: I like the second one.",
    "Dear Amber,\nthis is the second draft of my letter.",
    "1. count the bowls\n2. price them",
    "- first\n- second",
    "What do you think of this scene?",
    "Second draft:\nThe sea was grey and the boat was gone.",
    "Море было серым, и лодки не было.\nНикто не ждал.",
    "海は灰色で、船はもうなかった。誰も待っていなかった。",
    "البحر رمادي والقارب رحل، ولا أحد ينتظر.",
    "The bus stops here.\nYou can call the driver on +44 20 7946 0000, he is kind.",
]
PLAIN = (
    "From: jane.whitcombe@northbank.example\nTo: quiet-river.p9@relay.example.org\nSubject: x\n"
    "Content-Type: text/plain; charset=utf-8\n\n"
)
HTML = PLAIN.replace("plain", "html")


def kinds(text: str) -> list[str]:
    return [finding.kind for finding in find(text, Redactor(KNOWN))]


@pytest.mark.parametrize("block", SURE)
def test_a_block_of_names_and_contacts_goes_and_nobody_is_told(block: str) -> None:
    assert kinds(f"{ABOVE}-- \n{block}\n") == ["signature"]
    assert kinds(f"{ABOVE}-- \n{block}\n\nI forgot: it is on Tuesday, is it not?\n") == ["signature"]


@pytest.mark.parametrize("block", DOUBTFUL)
def test_a_block_with_words_goes_and_its_author_is_told(block: str) -> None:
    assert kinds(f"{ABOVE}-- \n{block}\n") == ["doubtful-signature"]


@pytest.mark.parametrize("block", STAYS)
def test_words_below_the_delimiter_stay_in_text_and_html(block: str, relayed: Callable[[bytes], Message]) -> None:
    assert kinds(f"{ABOVE}-- \n{block}\n") == []
    assert kinds(f"{ABOVE}-- \n{block}\n\n-- \nHarriet Oakwell\nNordquell plc\n") == ["signature"]
    text = relayed(f"{PLAIN}{ABOVE}-- \n{block}\n".encode()).text or ""
    assert " ".join(block.split()) in " ".join(text.split())
    formatted = escape(block).replace("\n", "<br>")
    html = relayed(f"{HTML}<p>{ABOVE}</p>-- <br>{formatted}".encode()).html or ""
    # The numbers of a list are the list's.
    assert all(escape(word, quote=False) in html for word in block.split() if not re.fullmatch(r"\d+\.", word))


@pytest.mark.parametrize("block", STAYS)
def test_they_stay_between_delimiters_and_in_quotations(block: str) -> None:
    assert kinds(f"One:\n\n-- \n{block}\n-- \n\nWhich one reads better to you?\n") == []
    quoted = "".join(f"> {line}\n" for line in f"-- \n{block}".split("\n"))
    assert kinds(f"Yes.\n\nOn 3 Nov 2026 at 14:05, X wrote:\n> One.\n{quoted}") == []


def test_an_address_in_words_that_stay_is_replaced() -> None:
    text = f"{ABOVE}-- \nThis is for Jane Whitcombe, who writes from jane.whitcombe@northbank.example on Fridays.\n"
    found = passages(text, Redactor(KNOWN))
    assert {finding.kind for finding in found} == {"name", "address"}


MODEL = (
    "Dear Sir or Madam,\n\nI am writing to apply for the post.\n\nYours faithfully,\n\nJohn Sample\n"
    "12 Sample Street\nSampletown\nTel. 01234 567890\njohn@sample.example\n"
)


@pytest.mark.parametrize(
    "letter",
    [
        f"Hi Tomek,\n\na model cover letter for you:\n\n{MODEL}\nNote how short it is.\n\nMaggie\n",
        f"Hi Tomek,\n\nthis is how it may look:\n\n{MODEL}",
        "A model for you:\n\n" + "".join(f"> {line}\n" for line in MODEL.split("\n")) + "\nShort, is it not?\n",
        "The head of a CV:\n\n> John Sample\n> 12 Sample Street\n> Tel. 01234 567890\n> john@sample.example\n",
        "My template:\n\n> Kind regards,\n>\n> [Your name]\n> [Your company]\n> Tel. 01234 567890\n",
    ],
)
def test_a_model_letter_of_somebody_unknown_stays(letter: str) -> None:
    assert kinds(letter) == []


def test_a_model_letter_that_the_author_signed_loses_the_signature() -> None:
    signed = MODEL.replace("John Sample", "Jane Whitcombe")
    assert kinds(f"Hi Tomek,\n\nmy own letter was this:\n\n{signed}\nThat is all.\n") == ["signature"]


def test_a_letter_that_somebody_wrote_loses_its_signature() -> None:
    quoted = "".join(f"> {line}\n" for line in MODEL.split("\n"))
    assert kinds(f"Yes.\n\nOn 3 Nov 2026 at 14:05, X <x@y.example> wrote:\n\n{quoted}") == ["signature"]
    assert kinds(f"Yes.\n\nX wrote:\n\n{quoted}") == ["signature"]


def test_the_formula_that_a_program_took_into_its_signature_stays(relayed: Callable[[bytes], Message]) -> None:
    html = "<p>It is good.</p><p><a name=_MailAutoSig>Many thanks,</a></p><p>Harriet</p>"
    assert "Many thanks," in (relayed((HTML + html).encode()).html or "")
    html = "<p>It is good.</p><div class=gmail_signature>Many thanks,<br>Nordquell plc<br>+44 20 7946 0000</div>"
    left = relayed((HTML + html).encode()).html or ""
    assert "Many thanks," in left
    assert "Nordquell" not in left
