"""Every local part has exactly one class, and no generated alias is of another class."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.policy.recipients import (
    COMMANDS,
    Alias,
    Confirmation,
    Conversation,
    Desk,
    DeskReply,
    InvitationReply,
    Nobody,
    Operator,
    Recipient,
    Reports,
    ReturnPath,
    accepted_forms,
    classify,
    confirmation,
    conversation,
    desk_reply,
    invitation,
    new_alias,
    new_token,
    reports_address,
    return_path,
)

TOKEN = "0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("local", "kind"),
    [
        ("postmaster", Operator),
        ("Abuse", Operator),
        ("PAUSE", Desk),
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
def test_a_local_part_has_one_class(local: str, kind: type) -> None:
    assert type(classify(f"{local}@relay.test")) is kind


@given(st.text(max_size=80))
def test_every_string_has_a_class(text: str) -> None:
    assert classify(f"{text}@relay.test").address


names = st.one_of(
    st.text(max_size=100),
    st.sampled_from([*sorted(COMMANDS), "postmaster", "Abuse", f"B {TOKEN}", f"c-{TOKEN}", "C Major", "b-", ""]),
    st.from_regex(re.compile(r"[bc][- ][0-9a-f]{0,30}"), fullmatch=True),
)


@given(names)
def test_an_alias_made_from_any_pseudonym_is_an_alias(name: str) -> None:
    assert isinstance(classify(new_alias(name, "relay.test").upper()), Alias)


def test_generated_addresses_are_classified_as_generated() -> None:
    token = new_token()
    assert classify(return_path(token, "relay.test")) == ReturnPath(f"b-{token}@relay.test", token)
    assert classify(confirmation(token, "relay.test")) == Confirmation(f"c-{token}@relay.test", token)


MADE: dict[type, Callable[[], str]] = {
    Alias: lambda: new_alias("Quiet River", "relay.test"),
    ReturnPath: lambda: return_path(new_token(), "relay.test"),
    Confirmation: lambda: confirmation(new_token(), "relay.test"),
    InvitationReply: lambda: invitation(new_token(), "relay.test"),
    Conversation: lambda: conversation(new_token(), "relay.test"),
    Reports: lambda: reports_address("relay.test"),
    Desk: lambda: "leave@relay.test",
    DeskReply: lambda: desk_reply(new_token(), "relay.test"),
    Operator: lambda: "abuse@relay.test",
}


def test_a_mail_server_in_front_is_told_the_forms_of_all_classes() -> None:
    assert {*MADE, Nobody} == set(get_args(Recipient))
    for kind, make in MADE.items():
        assert type(classify(make())) is kind
        assert any(re.match(form, make()) for form in accepted_forms()), kind
