"""What routing needs to know of a letter is read from its header, in bounds."""

from __future__ import annotations

import pytest

from relay.message.read.addresses import MAX_LIST, MAX_MAILBOXES, display_names, mailboxes, mailboxes_of, normalise
from relay.message.read.routing_headers import read_routing_headers
from relay.message.read.text_formats import unflow
from relay.message.write.threads import mapped
from relay.model import RoutingHeaders


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ('"Doe, Jane" <Jane.Doe@Example.org>', ["jane.doe@example.org"]),
        ("jane@x.org (Jane (the) Doe)", ["jane@x.org"]),
        ('Friends: a@b.example, "x@y" <d@e.example>;', ["a@b.example", "d@e.example"]),
        ("<@route.example,@b.example:joe@x.org>", ["joe@x.org"]),
        ("j@Bücher.example", ["j@xn--bcher-kva.example"]),
        ('"jane"@x.org', ["jane@x.org"]),
        (r'"Jane \"Jay, the\" Doe" <jane@x.org>, b@y.example', ["jane@x.org", "b@y.example"]),
        (r'"ends with a backslash \\" <jane@x.org>, b@y.example', ["jane@x.org", "b@y.example"]),
        (r"jane@x.org (a bracket \) that ends nothing), b@y.example", ["jane@x.org", "b@y.example"]),
        (r"jane\@x.org, b@y.example", ["", "b@y.example"]),
        ("Jane Doe jane@x.org", [""]),
        ('"a@b" <c@d.example> <f@g.example>', [""]),
        ('"evil@real.example" <x@y.z', [""]),
        ("a@b.example, nonsense", ["a@b.example", ""]),
        ("undisclosed-recipients:;", []),
        ("", []),
        ("Doe, Jane <jane@x.org>, b@y.example", ["jane@x.org", "b@y.example"]),
        ("Doe, jane@x.org", ["", "jane@x.org"]),
        ("(a (b) c) jane (d) @ x.org", ["jane@x.org"]),
        ("<ja ne@x.org>", [""]),
        (f"{'x' * 320}@x.example, b@y.example", ["", "b@y.example"]),
    ],
)
def test_mailboxes(field: str, found: list[str]) -> None:
    assert mailboxes(field) == found


def test_of_long_lists_the_beginning_is_read_and_the_rest_is_known_to_be_missing() -> None:
    people = [f"person{number}@x.example" for number in range(2000)]
    assert mailboxes(", ".join(people)) == [*people[:MAX_MAILBOXES], ""]
    assert mailboxes(", ".join(f"{'x' * 90}{person}" for person in people[:300]))[-1] == ""
    long = mailboxes_of([f"<{'x' * 90}{person}>".encode() for person in people[:300]])
    assert 100 < len(long) < MAX_LIST / 100
    assert mailboxes("".join(f"(c)a{n}@x.example," for n in range(3000)))[-1] == ""
    assert mailboxes_of([b"a@x.example, jane@x.exam" + b"ple" * 9000, b"b@x.example"]) == ["a@x.example"]
    at_home = [f"person{number}@bücher.example" for number in range(300)]
    assert len([one for one in mailboxes(",".join(at_home)) if one]) == 300


def test_an_address_has_one_form() -> None:
    assert normalise(" Jane@BÜCHER.Example. ") == "jane@xn--bcher-kva.example"
    assert normalise("Jos\u00c9@x.org") == "jos\u00c9@x.org"
    assert normalise("jose\u0301@x.org") == "jos\u00e9@x.org"
    for none in (
        "nobody",
        "",
        "@x.org",
        "a@",
        "a@b@c.org",
        "a b@c.org",
        "a\u00a0@c.org",
        "\u212aim@c.org",
        f"{'a' * 320}@b.org",
    ):
        with pytest.raises(ValueError, match="name@example"):
            normalise(none)
    for none in ("a@\u212a.org", "a@\uff42.org", "a@b\u3002org", "a@b\u200d.org", "a@\u202eb.org", "a@\u00e9..org"):
        with pytest.raises(ValueError, match="domain name"):
            normalise(none)


def test_display_names() -> None:
    assert display_names('"Jane Doe" <j@x.org>') == ["Jane Doe"]
    assert display_names("j@x.org") == []
    assert display_names("Doe, Jane <j@x.org>, Omar <o@x.org>, , k@x.org") == ["Doe, Jane", "Omar"]
    assert display_names("Jane Doe") == []


def test_two_from_fields_name_no_author() -> None:
    assert read_routing_headers(b"From: a@x.org\r\nfrom: b@x.org\r\n\r\n").authors == ()
    assert read_routing_headers(b"From: a@x.org\r\nfrom: a@x.org\r\n\r\n").authors == ()


def test_whoever_signed_it_is_seen() -> None:
    first = b"DKIM-Signature: v=1; a=rsa-sha256; bh=abcd=; d=Relay.Example;\r\n s=one; b=x\r\n"
    second = b"dkim-signature: d=x.org; s=d=y.org\r\n"
    assert read_routing_headers(b"From: a@x.org\r\n" + first + second + b"\r\n").signed_by == ("relay.example", "x.org")


def test_of_citations_the_newest_are_read() -> None:
    cited = [f"{number}@x.org".encode() for number in range(3000)]
    told = b"From: a@x.org\r\nReferences: " + b"\r\n ".join(b"<%s>" % one for one in cited) + b"\r\n\r\n"
    assert read_routing_headers(told).references == tuple(f"{number}@x.org" for number in range(2900, 3000))


def test_a_thread_is_told_in_the_ids_its_reader_knows() -> None:
    seen = RoutingHeaders(("a@x.org",), "n", ("b@x",), ("a@x", "strange@y", "b@x"), 0)
    assert mapped(seen, {"a@x": "A@r", "b@x": "B@r"}) == ("B@r", ("A@r", "B@r"))
    assert mapped(seen, {"a@x": "A@r"}) == ("A@r", ("A@r",))
    assert mapped(seen, {}) == (None, ())


def test_flowed_text_is_joined_by_quote_depth_and_the_signature_mark_stays() -> None:
    assert unflow("a \nb\n> c \n> d\n>> e\n-- \nme", delete_space=False) == "a b\n> c d\n>> e\n-- \nme"
