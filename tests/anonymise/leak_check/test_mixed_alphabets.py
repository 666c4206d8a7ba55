"""Words in which alphabets are mixed, as the leak check reads them."""

from __future__ import annotations

import pytest

from relay.anonymise.leak_check.matcher import Matcher
from relay.anonymise.leak_check.mixed_alphabets import mixes_a_name
from relay.model import Identity, Known, Persona

NAMES = ("odette", "marchand")


@pytest.mark.parametrize(
    "text",
    [
        "\u041edette",  # Cyrillic O
        "my name is Od\u0435tt\u0435, as you know",
        "(M\u0430rch\u0430nd)",
        "M\u0391RCHAND",  # Greek alpha
        "xx \u13a0x Odet\u03c4e",
    ],
)
def test_a_name_with_letters_of_another_alphabet_is_seen(text: str) -> None:
    assert mixes_a_name(text, NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "Odette",  # plain ASCII is searched elsewhere
        "\u041eтдельно",  # all of one alphabet
        "\u03b1-helix, \u03bcm, Δt",
        "Od\u0435ssa",
        "\u041edettes",
    ],
)
def test_other_words_are_not(text: str) -> None:
    assert not mixes_a_name(text, NAMES)


def test_the_leak_check_asks_for_it() -> None:
    author, reader = Persona("Quiet River", "q@relay.example"), Persona("Amber Heron", "a@relay.example")
    identity = Identity(("odette@real.example",), ("Odette Marchand",))
    matcher = Matcher(Known(identity, author, Identity(("omar@home.example",)), reader), ())
    assert matcher.may_match("I am Odett\u0435.")
    assert not matcher.may_match("I am M\u0430rt\u0430.")
