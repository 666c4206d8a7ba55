"""After a refusal: which of the author's registered words a letter shows. The recipient's identity changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relay.anonymise.leak_check.reasons import Reasons, reasons
from relay.model import Attachment, Identity, Known, Message, Persona

KNOWN = Known(
    Identity(("jane@real.example",), ("Harriet Brandmoor", "Acme Widgets", "Khan")),
    Persona("Amber Heron", "amber-heron.p1@relay.test"),
    Identity(("omar@home.example",), ("Omar Khan",)),
    Persona("Quiet River", "quiet-river.p1@relay.test"),
)
LETTERS = [
    ("I am H a r r i e t B r a n d m o o r", ("Harriet Brandmoor",)),
    ("write to jane@real.example at Acme Widgets", ("jane@real.example", "Acme Widgets")),
    ("ask Omar, omar@home.example", ()),
    ("Hello", ()),
]


@pytest.mark.parametrize(("text", "words"), LETTERS)
@pytest.mark.parametrize("reader", [KNOWN.recipient, Identity(()), Identity(("jane@real.example",), ("Harriet",))])
def test_only_registered_words_of_the_author_are_found(text: str, words: tuple[str, ...], reader: Identity) -> None:
    assert reasons(Message("x", text), (), b"", replace(KNOWN, recipient=reader)) == Reasons(words, None)


def test_the_first_file_that_shows_one_is_found() -> None:
    files = tuple(Attachment(text, "text/plain", "a.txt") for text in (b"Hello", b"by Acme Widgets", b"Acme Widgets"))
    assert reasons(Message("x", "Hello", None, files), (), b"", KNOWN) == Reasons(("Acme Widgets",), 1)
