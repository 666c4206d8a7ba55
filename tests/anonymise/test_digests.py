"""Digests of addresses and encoded words of headers in texts and links, and what only looks like them."""

from __future__ import annotations

import base64
import hashlib

import pytest

from relay.anonymise.identities import Redactor, replaced
from relay.anonymise.leak_check.check import leak_check
from relay.anonymise.links.clean import clean_link
from relay.anonymise.passages import passages
from relay.model import Identity, Known, Message, Persona
from relay.refusals import StillIdentifying

ADDRESS = "Jane.Whitcombe@northbank.example"
AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
KNOWN = Known(
    Identity((ADDRESS,), ("Jane Whitcombe",)),
    AMBER,
    Identity(("tom@gmx.de",)),
    Persona("Quiet River", "quiet-river.p9@relay.example.org"),
)


def relayed(text: str) -> str:
    return replaced(text, passages(text, Redactor(KNOWN)))


def checked(text: str) -> None:
    """The leak check alone. Raises StillIdentifying."""
    leak_check(Message("", text, None, ()), (), text.encode(), KNOWN, ())


@pytest.mark.parametrize("method", ["md5", "sha1", "sha256"])
def test_a_digest_of_an_address_becomes_that_of_the_alias(method: str) -> None:
    own = hashlib.new(method, ADDRESS.lower().encode()).hexdigest()
    alias = hashlib.new(method, AMBER.alias.encode()).hexdigest()
    text = f"My picture: https://gravatar.example/avatar/{own}?s=80 and {own.upper()}."
    assert relayed(text) == f"My picture: https://gravatar.example/avatar/{alias}?s=80 and {alias}."
    assert clean_link(f"https://gravatar.example/avatar/{own}", Redactor(KNOWN)).url == (
        f"https://gravatar.example/avatar/{alias}"
    )
    with pytest.raises(StillIdentifying):
        checked(text)


def test_other_digests_stay() -> None:
    text = f"The sum is {hashlib.sha256(b'kiln').hexdigest()}, or {hashlib.md5(b'bowl').hexdigest()}."
    assert relayed(text) == text
    checked(text)


@pytest.mark.parametrize(
    "word",
    [
        f"=?UTF-8?B?{base64.b64encode(b'Jane').decode()}?=",
        "=?iso-8859-1?Q?Jane?=",
        f"=?UTF-8?B?{base64.b64encode(b'Jane Whit').decode()}?= =?UTF-8?B?{base64.b64encode(b'combe').decode()}?=",
    ],
)
def test_encoded_words_that_name_the_author_are_decoded(word: str) -> None:
    assert relayed(f"I saw {word} on the screen, and =?utf-8?Q?bowls?= too.") == (
        f"I saw {AMBER.name} on the screen, and =?utf-8?Q?bowls?= too."
    )
