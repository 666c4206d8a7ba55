"""The names that a letter's own header gives its author are looked for in it, as far as they are names."""

from __future__ import annotations

import pytest

from relay.anonymise.header_names import learned
from relay.anonymise.identities import Redactor
from relay.message.read.routing_headers import read_routing_headers
from relay.model import Identity, Known, Persona

AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
QUIET = Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org")
KNOWN = Known(Identity(("jw42@gmail.com",)), AMBER, Identity(("tom@gmx.de",), ("Tom",)), QUIET)


def redacted(text: str, header: str, known: Known = KNOWN) -> str:
    seen = read_routing_headers(f"{header}\r\n\r\n{text}".encode())
    return Redactor(learned(known, seen)).redact(text)[0]


@pytest.mark.parametrize(
    "header",
    [
        'From: "Jane Whitcombe" <jw42@gmail.com>',
        "From: Jane Whitcombe <jw42@gmail.com>",
        'From: "Whitcombe, Jane" <jw42@gmail.com>',
        "From: =?utf-8?q?Jane_Whitcombe?= <jw42@gmail.com>",
        "From: =?utf-8?b?SmFuZSBXaGl0Y29tYmU=?= <jw42@gmail.com>",
        "From: jw42@gmail.com (Jane Whitcombe)",
        'From: "Jane Whitcombe (Northbank)" <jw42@gmail.com>',
        'From: "Jane Whitcombe | Northbank" <jw42@gmail.com>',
        "From: jw42@gmail.com\r\nReply-To: Jane Whitcombe <jane@elsewhere.example>",
    ],
)
def test_a_display_name_is_known_as_a_name_of_the_author(header: str) -> None:
    assert redacted("By the way, my name is Jane Whitcombe.", header) == "By the way, my name is Amber Heron."
    assert redacted("Best regards,\nJane\n", header) == "Best regards,\nAmber Heron\n"


def test_a_number_in_a_display_name_is_a_name_only_beside_its_words() -> None:
    header = 'From: "Jane Whitcombe 1987" <jw42@gmail.com>'
    assert redacted("In 1987 we had 12 cats.", header) == "In 1987 we had 12 cats."
    assert redacted("Until then,\nJane Whitcombe 1987\n", header) == "Until then,\nAmber Heron\n"


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (
            "Grace",
            "I thank her Grace for her grace. Yours, Grace",
            "I thank her Amber Heron for her grace. Yours, Amber Heron",
        ),
        ("Hope", "I hope so. Hope is good.\n\nHope\n", "I hope so. Hope is good.\n\nAmber Heron\n"),
        ("May", "In May we may meet.\nLove,\nMay", "In May we may meet.\nLove,\nAmber Heron"),
        ("Will", "Will you write? I will.\nWill", "Will you write? I will.\nAmber Heron"),
        ("Mark", "My mark is good, says Mark.", "My mark is good, says Amber Heron."),
        ("Sunshine", "The sunshine is back. Sunshine helps.", "The sunshine is back. Sunshine helps."),
        ("sunshine", "Hugs,\nSunshine", "Hugs,\nAmber Heron"),
        ("Faith Brown", "My faith in brown bread is firm.", "My faith in brown bread is firm."),
        ("王小明", "我叫王小明。", "我叫Amber Heron。"),
        ("Тамара Петрова", "Меня зовут Тамара Петрова.", "Меня зовут Amber Heron."),
    ],
)
def test_a_display_name_that_is_a_word_counts_only_where_it_stands_as_a_name(
    name: str, before: str, after: str
) -> None:
    assert redacted(before, f"From: {name} <jw42@gmail.com>") == after


@pytest.mark.parametrize(
    "name",
    [
        "Info",
        "Me",
        "iPhone",
        "my mail",
        "The Office",
        "Student",
        "jw42@gmail.com",
        "Gmail",
        "Private Mail",
        "-",
        "42",
        "x",
        "Amber Heron",
        "amber heron",
        "Quiet River",
        "School Library",
        "Reception",
        "no reply",
        "Samsung Galaxy",
    ],
)
def test_roles_brands_addresses_and_pseudonyms_teach_nothing(name: str) -> None:
    seen = read_routing_headers(f'From: "{name}" <jw42@gmail.com>\r\n\r\n'.encode())
    assert learned(KNOWN, seen) == KNOWN


def test_another_address_in_reply_to_is_an_address_of_the_author() -> None:
    header = "From: jw42@gmail.com\r\nReply-To: jane@elsewhere.example"
    assert redacted("Write to jane@elsewhere.example.", header) == f"Write to {AMBER.alias}."


@pytest.mark.parametrize(
    "address", ["quiet-river.p9d3w8@relay.example.org", "tom@gmx.de", "jw42@gmail.com", "", "nobody"]
)
def test_our_own_addresses_and_the_recipients_are_not_learned(address: str) -> None:
    seen = read_routing_headers(f"From: jw42@gmail.com\r\nReply-To: {address}\r\n\r\n".encode())
    assert learned(KNOWN, seen) == KNOWN


def test_the_name_given_to_the_alias_teaches_nothing() -> None:
    seen = read_routing_headers(
        b"From: jw42@gmail.com\r\nTo: My Mentor Anna <quiet-river.p9d3w8@relay.example.org>\r\n\r\n"
    )
    assert learned(KNOWN, seen) == KNOWN


def test_a_header_full_of_names_teaches_a_few() -> None:
    names = ", ".join(f"Name Number{chr(97 + n % 26)}{chr(97 + n // 26)} <a{n}@x.example>" for n in range(600))
    seen = read_routing_headers(f"From: jw42@gmail.com\r\nReply-To: {names}\r\n\r\n".encode())
    taught = learned(KNOWN, seen).author
    assert len(taught.learned) == 8
    assert len(taught.addresses) == 9
