"""Percent codes: only those of a name change, however often and around whatever they are encoded."""

from __future__ import annotations

from urllib.parse import quote, unquote

import pytest

from relay.anonymise.identities import Redactor
from relay.anonymise.percent import MOST_NESTED, decoded_words, encoded_like
from relay.model import Identity, Known, Persona

AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
REDACTOR = Redactor(
    Known(
        Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe", "Zoë Ünal")),
        AMBER,
        Identity(("reader@mailbox.example",)),
        Persona("Quiet River", "quiet-river.p9@relay.example.org"),
    )
)


def encoded(text: str, times: int) -> str:
    for _ in range(times):
        text = quote(text, safe="")
    return text


def decoded(text: str) -> str:
    while (plain := unquote(text)) != text:
        text = plain
    return text


@pytest.mark.parametrize("times", range(MOST_NESTED + 1))
@pytest.mark.parametrize("said", ["jane.whitcombe@northbank.example", "Jane Whitcombe", "Zoë Ünal"])
def test_a_link_in_links_keeps_every_code_that_is_not_the_names(said: str, times: int) -> None:
    before, behind = (encoded(part, times) for part in ("https://b.example/?mail=", "&x=ä%20"))
    clean, count = REDACTOR.redact(f"See https://a.example/?next={before}{encoded(said, times)}{behind} now")
    assert count
    assert clean.startswith(f"See https://a.example/?next={before}")
    assert clean.endswith(f"{behind} now")
    assert decoded(clean[len("See https://a.example/?next=") + len(before) : -len(behind) - 4]) in (
        AMBER.name,
        AMBER.alias,
    )


@pytest.mark.parametrize(
    "sign",
    ["%26%2364%3B", "%26commat%3B", "%2526%2523x40%253B", "%3D40", "%5Cu0040", "%5Cx40", "%u0040", "%26%2337%3B40"],
)
def test_a_code_within_codes_hides_no_address(sign: str) -> None:
    clean, _ = REDACTOR.redact(f"https://a.example/?m=jane.whitcombe{sign}northbank.example&y=%20z")
    assert "whitcombe" not in clean and "northbank" not in clean
    assert clean.startswith("https://a.example/?m=amber-heron") and clean.endswith("&y=%20z")


@pytest.mark.parametrize(
    "text", ["100% sure, 50%ab of it", "https://a.example/?q=%E0%A4%9C%E0%A5%87&b=%C3%A9%20t", "%", "%%%zz"]
)
def test_codes_that_name_nobody_stay(text: str) -> None:
    assert REDACTOR.redact(text) == (text, 0)


def test_words_are_encoded_as_often_as_those_in_whose_place_they_stand() -> None:
    assert encoded_like("a b", "x y") == "a b"
    assert encoded_like("a b", "x%20y") == "a%20b"
    assert encoded_like("a b", "x%2520y%20") == "a%2520b"


def test_a_text_without_codes_is_not_read_again() -> None:
    assert not list(decoded_words("100 % of it, https://a.example/"))
