"""A letter that came as text alone leaves as text and HTML of the same words."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.anonymise.html.blocks import written
from relay.anonymise.html.canonical_html import canonical
from relay.anonymise.html.from_text import MAX_LINES, MAX_TEXT, text_blocks
from relay.anonymise.html.visible import visible
from relay.model import Message


def page(text: str) -> str:
    return written(text_blocks(text))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One.\n\nTwo.\n", "<p>One.</p>\n<p>Two.</p>"),
        ("One\ntwo\n\n\n\nthree", "<p>One<br>two</p>\n<p>three</p>"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        ("see https://ok.example/x.", '<p>see <a href="https://ok.example/x">https://ok.example/x</a>.</p>'),
        ("name  age\ntom   three\n", "<pre>name  age\ntom   three</pre>"),
        ("def f(x):\n    return x\n\nSo.", "<p>def f(x):<br>&nbsp;&nbsp;&nbsp;&nbsp;return x</p>\n<p>So.</p>"),
        ("One.  Two.  Three.\nFour.  Five.", "<p>One. Two. Three.<br>Four. Five.</p>"),
        ("   An indented beginning\nof prose.", "<p>&nbsp;&nbsp;&nbsp;An indented beginning<br>of prose.</p>"),
        ("مرحبا", '<p dir="rtl">مرحبا</p>'),
        ("", ""),
        ("\n \n", ""),
    ],
)
def test_paragraphs_lines_columns_and_code_are_as_they_were_typed(text: str, html: str) -> None:
    assert page(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("> a\n> b\n\nc", "<blockquote><p>a<br>b</p></blockquote>\n<p>c</p>"),
        ("> a\n>\n> b", "<blockquote><p>a</p>\n<p>b</p></blockquote>"),
        ("> a\n\n> b", "<blockquote><p>a</p>\n<p>b</p></blockquote>"),
        (">> a\n> b", "<blockquote><blockquote><p>a</p></blockquote>\n<p>b</p></blockquote>"),
        ("> > a\n>b", "<blockquote><blockquote><p>a</p></blockquote>\n<p>b</p></blockquote>"),
        ("> a\nno.\n> b", "<blockquote><p>a</p></blockquote>\n<p>no.</p>\n<blockquote><p>b</p></blockquote>"),
    ],
)
def test_marks_of_quotation_become_quotations_and_answers_stay_between_them(text: str, html: str) -> None:
    assert page(text) == html


def test_lines_that_a_program_broke_are_joined_in_quotations_as_well() -> None:
    words = "thank you for the draft, I read it twice on the train, and I think that the second half of it is best."
    assert page(f"> {words[:70].rpartition(' ')[0]}\n> {words[:70].rpartition(' ')[2]}{words[70:]}") == (
        f"<blockquote><p>{words}</p></blockquote>"
    )


@given(st.text("ab >\n\t-.<&é", max_size=60))
@settings(max_examples=300)
def test_the_page_shows_every_word_of_the_text_and_is_canonical(text: str) -> None:
    made = page(text)
    assert canonical(made) == made
    assert visible(made).split() == text.replace(">", " ").split() or ">" in visible(made)


def test_both_parts_of_a_letter_say_the_same(relayed: Callable[[bytes], Message]) -> None:
    letter = relayed(b"From: jane.whitcombe@northbank.example\r\nTo: q\r\nSubject: s\r\n\r\nDear Tom,\r\n\r\nyes.\r\n")
    assert (letter.text, letter.html) == ("Dear Tom,\n\nyes.\n", "<p>Dear Tom,</p>\n<p>yes.</p>\n")


def test_a_text_nobody_reads_on_a_page_is_left_as_text_alone(relayed: Callable[[bytes], Message]) -> None:
    head = b"From: jane.whitcombe@northbank.example\r\nTo: q\r\nSubject: s\r\n\r\n"
    assert relayed(head + b"yes yes\r\n" * (MAX_LINES + 1)).html is None
    assert relayed(head + b"yes yes " * (MAX_TEXT // 8 + 1) + b"\r\n").html is None


@pytest.mark.parametrize(
    "text",
    [
        ("x\n" + ">" * 50 + "x\n") * 9_400,
        ">" * MAX_TEXT,
        "words in a line of it\n" * MAX_LINES,
        "a@b." * (MAX_TEXT // 4),
        "https://a/ " * (MAX_TEXT // 11),
        "a  b  c    d\te\n" * MAX_LINES,
    ],
    ids=range(6),
)
def test_the_work_grows_with_the_length_of_the_text(text: str) -> None:
    started = time.process_time()
    page(text)
    assert time.process_time() - started < 5
