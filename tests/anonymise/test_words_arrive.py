"""Whole letters through the rebuild: what somebody wrote in an unusual place arrives, every word of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest

from relay.operations.preview import Preview, preview

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HEAD = (
    "From: Miriam Holt <miriam.holt@nordquell.example>\r\nTo: amber-heron.preview@relay.example\r\n"
    "Subject: A letter\r\nMIME-Version: 1.0\r\n"
)


def arrived(body: str | bytes, media_type: str = "text/plain; charset=utf-8", encoding: str = "8bit") -> Preview:
    """The letter with this body as it would arrive."""
    head = f"{HEAD}Content-Type: {media_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    octets = body.replace("\n", "\r\n").encode() if isinstance(body, str) else body
    return preview(head.encode() + octets, NOW)


def seen(html: str) -> str:
    """The words of a page."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


ANSWER = "I will come on Friday and bring the book."
MARKS = [
    'class="gmail_signature"', 'id="ms-outlook-mobile-signature"', 'class="moz-signature"', 'id="AppleMailSignature"',
]  # fmt: skip


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize(
    "written",
    [
        *(ANSWER, "Je viendrai vendredi avec le livre.", "我星期五会来，还会带那本书。"),
        *("मैं शुक्रवार को किताब लेकर आऊँगा।", "Я приду в пятницу и принесу книгу."),
        "I wrote this below my line. Will you read it?</div><div>milk</div><div>The exam is on Friday, I am nervous.",
        "Dear Amber,<br>a short one today.<br>Bread is 3 euro now.<br>Best wishes",
    ],
)
def test_what_was_typed_into_a_signature_element_arrives(mark: str, written: str) -> None:
    found = arrived(f"<div>Hello, thank you.</div><div {mark}><div>{written}</div></div>", "text/html; charset=utf-8")
    assert not found.refused
    for line in seen(written.replace("<br>", "\n")).split("\n"):
        assert line in seen(found.html) and line in " ".join(found.text.split())


@pytest.mark.parametrize("mark", MARKS)
def test_a_sentence_among_the_marks_of_a_signature_goes_with_it(mark: str) -> None:
    block = "Miriam Holt<br>Nordquell AG<br>+49 30 1234567<br>Be kind. You never know who you meet."
    found = arrived(f"<div>Hello, thank you.</div><div {mark}>{block}</div>", "text/html; charset=utf-8")
    assert seen(found.html) == "Hello, thank you."


def test_a_table_of_apple_notes_arrives() -> None:
    table = "<table><tbody><tr><td><div>Monday</div></td><td><div>Maths</div></td></tr></tbody></table>"
    found = arrived(f"<div>Plan</div><div><object>{table}</object></div>", "text/html; charset=utf-8")
    assert seen(found.html) == "Plan Monday Maths"
    assert "Monday" in found.text and "Maths" in found.text
