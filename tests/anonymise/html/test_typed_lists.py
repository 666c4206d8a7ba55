"""Lines that were typed as a list become one; lines of a conversation and what only looks like a list stay."""

from __future__ import annotations

import time

import pytest

from relay.anonymise.html.blocks import written
from relay.anonymise.html.canonical_html import canonical_blocks
from relay.anonymise.html.from_text import text_blocks
from relay.anonymise.html.typed_lists import with_lists
from relay.message.read.html_to_text import well_formed_to_text


def page(text: str) -> str:
    return written(with_lists(text_blocks(text)))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("- a\n- b", "<ul><li>a</li>\n<li>b</li></ul>"),
        ("* a\n* b", "<ul><li>a</li>\n<li>b</li></ul>"),
        ("• a\n• b", "<ul><li>a</li>\n<li>b</li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li>\n<li>b</li></ol>"),
        ("Two:\n- a\n- b\nSo.", "<p>Two:</p>\n<ul><li>a</li>\n<li>b</li></ul>\n<p>So.</p>"),
        ("   - a\n   - b", "<ul><li>a</li>\n<li>b</li></ul>"),
        ("- a\n  goes on\n- b", "<ul><li>a goes on</li>\n<li>b</li></ul>"),
        ("- a\n  - b\n  - c\n- d", "<ul><li>a\n<ul><li>b</li>\n<li>c</li></ul></li>\n<li>d</li></ul>"),
        ("> - a\n> - b", "<blockquote><ul><li>a</li>\n<li>b</li></ul></blockquote>"),
        ("- أ\n- ب", '<ul dir="rtl"><li>أ</li>\n<li>ب</li></ul>'),
    ],
)
def test_two_lines_with_a_mark_and_more_are_a_list(text: str, html: str) -> None:
    assert page(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "- one alone",
        "- Are you coming?\n- No.",
        "- “Stay.”\n- “No!”",
        "2. a\n3. b",
        "1) a\n2) b",
        "-5 degrees\n-7 degrees",
        "1990. A year.\n1991. Another.",
        "a - b\nc - d",
        "-- \nx",
    ],
)
def test_what_only_looks_like_a_list_stays_as_it_was_typed(text: str) -> None:
    assert "<li>" not in page(text)


def test_lists_that_were_typed_in_an_editor_are_lists_as_well() -> None:
    typed = "<div>Two:</div><div>- a</div><div>- <b>b</b></div>"
    html = written(with_lists(canonical_blocks(typed)))
    assert html == "<p>Two:</p>\n<ul><li>a</li>\n<li><b>b</b></li></ul>"


def test_the_text_of_a_list_is_what_was_typed() -> None:
    text = "Two:\n\n- a\n  - b\n  - c\n- d\n\n1. e\n2. f\n"
    assert well_formed_to_text(page(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "- a\n" * 20_000,
        ("- a\n" * 99 + "- b?\n") * 200,
        "".join(" " * (2 * (n % 40)) + "- a\n" for n in range(20_000)),
        "1. a\n" * 20_000,
    ],
    ids=range(4),
)
def test_the_work_grows_with_the_number_of_lines(text: str) -> None:
    blocks = text_blocks(text)
    started = time.process_time()
    with_lists(blocks)
    assert time.process_time() - started < 3
