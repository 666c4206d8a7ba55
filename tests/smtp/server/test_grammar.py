"""Addresses as MAIL and RCPT write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.smtp.server.grammar import NotAnAddress, NotAParameter, SourceRoute, domain, mailbox, path

WELL_FORMED = [
    ("ann@home.example", "ann@home.example"),
    ("Ann.O'Neil+tag@HOME.example", "Ann.O'Neil+tag@home.example"),
    ("a@b", "a@b"),
    ('"ann lee"@home.example', '"ann lee"@home.example'),
    ('"a\\"b>c"@home.example', '"a\\"b>c"@home.example'),
    ('""@home.example', '""@home.example'),
    ("ann@[192.0.2.1]", "ann@[192.0.2.1]"),
    ("ann@[IPv6:2001:DB8::1]", "ann@[IPv6:2001:db8::1]"),
    ("jürgen@home.example", "jürgen@home.example"),
    ("ann@bücher.example", "ann@xn--bcher-kva.example"),
    ("ann@BÜCHER.example", "ann@xn--bcher-kva.example"),
    ("ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
    ("a" * 64 + "@home.example", "a" * 64 + "@home.example"),
]
MALFORMED = [
    "", " ", "@", "ann", "ann@", "@home.example", "ann@@home.example", "ann@home@example", ".ann@home.example",
    "ann.@home.example", "a..b@home.example", "ann lee@home.example", "ann@home..example", "ann@-home.example",
    "ann@home-.example", "ann@home.example.", "ann@home_x.example", " ann@home.example", "ann@home.example ",
    "<ann@home.example>", "(comment)ann@home.example", "ann@home.example(comment)", '"ann@home.example',
    '"a"b"@x.example',
    '"a\\"@home.example', "ann@[", "ann@[]", "ann@[300.1.1.1]", "ann@[IPv6:zz]", "ann@[tag:x]", "ann\0@home.example",
    "ann\r@home.example", "ann\n@home.example", "ann\x7f@home.example", "ann\x85@home.example",
    "ann\u2028@home.example",
    "a" * 65 + "@home.example", "ü" * 33 + "@home.example", "ann@" + "a" * 64 + ".example",
    "ann@" + "a." * 127 + "example",
    "ann@\uff20evil.example", "ann@a\u3002\u3002b", "ann@home.example,bea@home.example",
]  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), WELL_FORMED)
def test_a_well_formed_address_is_read(text: str, meant: str) -> None:
    assert str(mailbox(text)) == meant


@pytest.mark.parametrize("text", MALFORMED)
def test_anything_else_is_no_address_and_is_not_mended(text: str) -> None:
    with pytest.raises(NotAnAddress) as fault:
        mailbox(text)
    assert str(fault.value) == ""


@pytest.mark.parametrize("text", ["@a.example:ann@home.example", "@a.example,@b.example:ann@home.example"])
def test_a_source_route_is_known_for_what_it_is(text: str) -> None:
    with pytest.raises(SourceRoute):
        mailbox(text)


@pytest.mark.parametrize("local", ["ann%other.example", "other.example!ann", '"ann@other.example"'])
def test_an_address_inside_the_local_part_is_noticed(local: str) -> None:
    assert mailbox(f"{local}@home.example").forwarding
    assert not mailbox("ann+tag=x@home.example").forwarding


@given(st.text(max_size=40))
def test_whatever_is_read_is_one_line_and_reads_the_same_again(text: str) -> None:
    for candidate in (text, f"{text}@home.example", f"ann@{text}"):
        try:
            found = mailbox(candidate)
        except NotAnAddress:
            continue
        assert found.domain.isascii()
        assert not any(char in str(found) for char in "\r\n\0")
        assert mailbox(str(found)) == found


@pytest.mark.parametrize(
    ("argument", "inside", "parameters"),
    [
        ("FROM:<ann@home.example>", "ann@home.example", {}),
        ("from:<ann@home.example>", "ann@home.example", {}),
        ("FROM: <ann@home.example>", "ann@home.example", {}),
        ("FROM:<>", "", {}),
        ("FROM:<> SIZE=12 body=8bitmime SMTPUTF8", "", {"SIZE": "12", "BODY": "8bitmime", "SMTPUTF8": None}),
        ('FROM:<"a>b"@home.example>  X=y', '"a>b"@home.example', {"X": "y"}),
    ],
)
def test_the_argument_of_mail_comes_apart(argument: str, inside: str, parameters: dict[str, str | None]) -> None:
    found = path(argument, "FROM")
    assert (found.inside, found.parameters) == (inside, parameters)


@pytest.mark.parametrize(
    "argument",
    [
        "",
        "FROM",
        "FROM:",
        "FROM:<",
        "FROM:ann@home.example",
        "TO:<a@b>",
        "FROM:<a@b>x",
        "FROM:<a@b",
        'FROM:<"a>',
        "<a@b>",
    ],
)
def test_what_is_no_path_is_refused(argument: str) -> None:
    with pytest.raises(NotAnAddress):
        path(argument, "FROM")


@pytest.mark.parametrize(
    "after", ["SIZE=", "=1", "SIZE==1", "SIZE=1 size=2", "S\u00efze=1", "-X=1", "X=\u00fc", "X=a\tb"]
)
def test_a_parameter_that_is_none_is_refused(after: str) -> None:
    with pytest.raises(NotAParameter):
        path(f"FROM:<> {after}", "FROM")


def test_domains_are_compared_as_a_labels() -> None:
    assert domain("Bücher.Example") == domain("XN--BCHER-KVA.example") == "xn--bcher-kva.example"
