"""Each language file can be read, and its own examples give the results written there."""

from __future__ import annotations

import pytest

from relay.anonymise.identities import Redactor
from relay.anonymise.names.languages import Language, languages, parse_language
from relay.model import Identity, Known, Persona

AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
QUIET = Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org")
NOBODY = Identity(("zq9xv7@reader.example",))


def redacted(known_as: tuple[str, ...], text: str) -> str:
    author = Identity(("zz91x7@post.example",), known_as)
    return Redactor(Known(author, AMBER, NOBODY, QUIET)).redact(text)[0]


@pytest.mark.parametrize("one", languages(), ids=lambda one: one.code)
def test_a_language_does_to_its_examples_what_they_say(one: Language) -> None:
    wrong = [
        (example.text, became)
        for example in one.examples
        if (became := redacted(example.known_as, example.text)) != example.becomes.replace("{}", AMBER.name)
    ]
    assert not wrong


@pytest.mark.parametrize("one", languages(), ids=lambda one: one.code)
def test_a_language_is_complete(one: Language) -> None:
    assert len(one.often) >= 20
    assert len(one.greetings) >= 3
    assert len(one.closings) >= 4
    assert len(one.introductions) >= 4
    assert len(one.titles) >= 3
    assert len(one.words.split()) >= 20
    assert len(one.examples) >= 6


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown keys"):
        parse_language("xx", 'name = "X"\ngreeting = []')


def test_a_phrase_without_a_place_for_the_name_is_an_error() -> None:
    with pytest.raises(ValueError, match="a phrase needs"):
        parse_language("xx", 'name="X"\nscripts="Latin"\noften=""\ngreetings=["Dear"]\nclosings=[]\nintroductions=[]')
