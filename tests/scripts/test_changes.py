"""The demonstration's comparison of two letters marks what differs, and nothing that was only wrapped anew."""

from __future__ import annotations

from lab.changes import GONE, NEW, SAME, paragraphs, rows


def test_a_text_that_was_only_wrapped_anew_is_unchanged() -> None:
    before = "Three of us work at the pottery now. We sell at two markets and in one\nshop, and it goes well.\n\nJane\n"
    after = "Three of us work at the pottery now. We sell at two markets and in one shop, and it goes well.\n\nJane"
    assert all(style == SAME for left, right in rows(before, after) for _, style in left + right)


def test_a_name_of_two_words_is_one_change() -> None:
    ((left, right),) = rows("I am Jane Whitcombe, a potter.", "I am Amber Heron, a potter.")
    assert [text for text, style in left if style == GONE] == ["Jane Whitcombe"]
    assert [text for text, style in right if style == NEW] == ["Amber Heron"]


def test_short_lines_lists_and_quotes_keep_their_line_ends() -> None:
    text = "> quoted\nKind regards,\nJane\n* one\n* two"
    assert paragraphs(text) == text.split("\n")
    assert paragraphs("flowed \ntext\n\n\nafter") == ["flowed text", "", "after"]
