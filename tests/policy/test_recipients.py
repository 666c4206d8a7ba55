"""What a local part means: one class for every address, and no alias that could be taken for another class."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.policy.recipients import (
    COMMANDS,
    Alias,
    Command,
    Confirmation,
    Nobody,
    Operator,
    ReturnPath,
    classify,
    confirmation,
    new_alias,
    new_token,
    return_path,
)

TOKEN = "0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("local", "kind"),
    [
        ("postmaster", Operator),
        ("Abuse", Operator),
        ("PAUSE", Command),
        (f"b-{TOKEN}", ReturnPath),
        (f"C-{TOKEN.upper()}", Confirmation),
        (f"b-{TOKEN}0", Alias),
        (f"c-{TOKEN[1:]}", Alias),
        ("c-nonsense", Alias),
        ("c-major.k7t3mp9wq2xrd", Alias),
        ("b-side.k7t3mp9wq2xrd", Alias),
        ("quiet-river.p9d3w8", Alias),
        ("help.k7t3mp9wq2xrd", Alias),
        ('"a b"', Nobody),
        (".a", Nobody),
        ("ａbuse", Nobody),
        ("\u212aim.k7t3mp9wq2xrd", Nobody),
        ("a" * 65, Nobody),
    ],
)
def test_a_local_part_has_one_meaning(local: str, kind: type) -> None:
    assert type(classify(f"{local}@relay.test")) is kind


@given(st.text(max_size=80))
def test_every_text_is_in_a_class(text: str) -> None:
    assert classify(f"{text}@relay.test").address


names = st.one_of(
    st.text(max_size=100),
    st.sampled_from([*sorted(COMMANDS), "postmaster", "Abuse", f"B {TOKEN}", f"c-{TOKEN}", "C Major", "b-", ""]),
    st.from_regex(re.compile(r"[bc][- ][0-9a-f]{0,30}"), fullmatch=True),
)


@given(names)
def test_no_pseudonym_makes_an_alias_that_means_something_else(name: str) -> None:
    assert isinstance(classify(new_alias(name, "relay.test").upper()), Alias)


def test_what_is_drawn_is_read_again() -> None:
    token = new_token()
    assert classify(return_path(token, "relay.test")) == ReturnPath(f"b-{token}@relay.test", token)
    assert classify(confirmation(token, "relay.test")) == Confirmation(f"c-{token}@relay.test", token)
