"""Employers' names with "&", "and" or "of" between their words, as people write them, and prose with the same words."""

from __future__ import annotations

import re

import pytest

from relay.anonymise.identities import Redactor
from relay.anonymise.leak_check.check import leak_check
from relay.model import Identity, Known, Message, Persona
from relay.refusals import StillIdentifying

AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
QUIET = Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org")


def known(employer: str) -> Known:
    """An author with this employer."""
    author = Identity(("zz91x7@post.example",), ("Anna Thrale", employer))
    return Known(author, AMBER, Identity(("zq9xv7@reader.example",)), QUIET)


def checked(employer: str, text: str) -> None:
    """The leak check alone. Raises StillIdentifying."""
    leak_check(Message(subject="", text=text, html="", attachments=()), (), text.encode(), known(employer), ())


@pytest.mark.parametrize(
    ("employer", "letter"),
    [
        ("Fox & Hound Ltd", "I work at [Fox & Hound], or [Fox and Hound], or [Fox&Hound]; see [foxandhound].example."),
        ("Müller & Söhne GmbH & Co. KG", "Bei [Müller & Söhne], also [Müller und Söhne] oder [Mueller + Soehne]."),
        ("Procter, Vale & Finch LLP", "I work at [Procter, Vale & Finch] and for [Procter, Vale and Finch]."),
        ("Stone + Bridge", "I work at [Stone + Bridge] and [Stone & Bridge]."),
        ("Thornquist & Abel", "Jobbar på [Thornquist och Abel], alltså [thornquist-och-abel].example."),
        ("Dupont et Filles SARL", "Je suis chez [Dupont et Filles] depuis dix ans, [Dupont & Filles] pour vous."),
        ("ООО «Заря и Вера»", "Я работаю в «[Заря и Вера]», то есть [Заря & Вера]."),
        ("Bank of Lindholm", "I work at the [Bank of Lindholm]; see [bankoflindholm].example."),
        ("St. Brannock's Hospital", "I am at St. [Brannock's Hospital], or Saint [Brannock’s Hospital]."),
        ("9-Seven Bakery", "I work at [9-Seven Bakery] on Mondays."),
        ("A&B Motors", "I work at [A&B Motors], the [A and B Motors] of the harbour."),
    ],
)  # fmt: skip
def test_an_employer_goes_however_its_words_are_connected(employer: str, letter: str) -> None:
    plain = letter.replace("[", "").replace("]", "")
    text = Redactor(known(employer)).redact(plain)[0]
    assert text == re.sub(r"\[[^\]]*\]", AMBER.name, letter)
    checked(employer, text)


@pytest.mark.parametrize(
    ("employer", "text"),
    [
        ("Fox & Hound Ltd", "We met at Fox & Hound on Monday."),
        ("Fox & Hound Ltd", "We met at Fox and Hound on Monday."),
        ("Harbour & Quill LLP", "See harbourandquill.example for it."),
        ("Müller & Söhne GmbH & Co. KG", "Bei Müller und Söhne ist es schön."),
    ],
)
def test_the_leak_check_knows_it_by_itself(employer: str, text: str) -> None:
    with pytest.raises(StillIdentifying):
        checked(employer, text)


@pytest.mark.parametrize(
    ("employer", "text"),
    [
        ("Bread & Butter Ltd", "I had bread and butter, and bread & butter again. It is my bread. Butter is dear."),
        ("Fox & Hound Ltd", "A fox and a hound; the Fox ran, and the Hound slept. Fox, then Hound."),
        ("Bank of Lindholm", "We sat on the bank in Lindholm. A Bank in Lindholm was closed."),
        ("Stone + Bridge", "The Stone of the Bridge is old."),
        ("Hope & Anchor Inn", "Hope is an anchor, and I hope an anchor holds."),
    ],
)
def test_prose_with_the_same_words_stays(employer: str, text: str) -> None:
    assert Redactor(known(employer)).redact(text)[0] == text
    checked(employer, text)
