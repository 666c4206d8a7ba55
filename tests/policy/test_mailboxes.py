"""Addresses that mean one mailbox: at Gmail in all spellings, elsewhere only at domains that the operator lists."""

from __future__ import annotations

import pytest

from relay.policy.mailboxes import is_same, mailbox_of, other_spellings

TAGS = ("outlook.com", "home.example")


@pytest.mark.parametrize(
    "address",
    ["janedoe@gmail.com", "Jane.Doe@googlemail.com", "j.a.n.e.d.o.e+school@gmail.com", "janedoe+a+b@GMAIL.com"],
)
def test_a_gmail_mailbox_has_many_spellings(address: str) -> None:
    assert other_spellings(address, ()) == "janedoe@gmail.com"
    assert is_same(address, "jane.doe@gmail.com", ())
    assert is_same("jane.doe@gmail.com", address, ())


@pytest.mark.parametrize(
    ("author", "address", "same"),
    [
        ("jane+school@outlook.com", "jane@outlook.com", True),
        ("jane@outlook.com", "jane+school@outlook.com", True),
        ("jane+a@outlook.com", "jane+b@Outlook.com", True),
        ("ja.ne@outlook.com", "jane@outlook.com", False),
        ("jane+school@work.example", "jane@work.example", False),
        ("jane@work.example", "Jane@Work.example", True),
        ("jane@mail.home.example", "jane@home.example", False),
        ("jane@gmail.com.evil.example", "jane@gmail.com", False),
        ("jane@gmail.co", "jane@gmail.com", False),
        ("+@home.example", "@home.example", False),
    ],
)
def test_elsewhere_tags_are_ignored_only_at_listed_domains(author: str, address: str, same: bool) -> None:
    assert is_same(author, address, TAGS) is same


@pytest.mark.parametrize("address", ["", "@gmail.com", "+@gmail.com", "...@gmail.com", "a", "a@b@gmail.com"])
def test_unusual_addresses_are_mailboxes_of_their_own(address: str) -> None:
    assert mailbox_of(mailbox_of(address)) == mailbox_of(address)
