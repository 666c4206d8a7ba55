"""Plain text in one form: lines that a program broke are joined, lines that a person ended stay."""

# ruff: noqa: E501 -- poems and tables stand here as they are typed

from __future__ import annotations

import time

import pytest

from relay.anonymise.unwrap import unwrapped

LONG = (
    "thank you for the draft, I read it twice on the train, and I think that the second half of chapter four is by "
    "far the best thing you have written so far; only the end comes too soon."
)


def wrapped(text: str, width: int, mark: str = "") -> str:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] += " " * bool(lines[-1]) + word
    return "\n".join(mark + line for line in lines)


@pytest.mark.parametrize("width", [65, 68, 70, 72, 74, 76, 78, 80])
def test_a_paragraph_is_the_same_at_every_width(width: int) -> None:
    assert unwrapped(f"Hello,\n\n{wrapped(LONG, width)}\n\nBye\n") == f"Hello,\n\n{LONG}\n\nBye\n"


@pytest.mark.parametrize(
    "text",
    [
        "Roses are red,\nviolets are blue,\nthis line of the poem is a good deal longer than the others are,\nand so on.\n",
        "def f(x):\n    return x + 1  # a comment that makes this line about seventy signs long now\n\n    # indented\n",
        "| a | b |\n|---|---|\n| 1 | a cell that is long enough to reach as far as a program would break it |\n| 2 | x |\n",
        "- the first point, which is long enough to reach as far as a program would break\n- the second\n* third\n",
        "The minutes of our last meeting, which I promised to send you long ago:\nhttps://ok.example/minutes\n",
        "Jane Example\n12 High Street\nTown\n",
        "-- \nx\n",
        "One long line that no program broke, for it is longer than eighty signs, as you may count yourself.\nNext.\n",
        "我们星期四四点钟可以谈谈第四章吗我们星期四四点钟可以谈谈第四章吗我们星期四四点钟可以谈谈第四章吗我们星期四四点钟可以谈谈\n第四章吗\n",
        "a\u00a0b ? 5\u00a0kg\n",
        "",
        "\n",
    ],
)
def test_line_ends_that_a_person_typed_stay(text: str) -> None:
    assert unwrapped(text) == text.strip("\n") + ("\n" if text.strip() else "")


def test_quotations_have_one_mark_and_keep_their_lines() -> None:
    assert unwrapped(">a\n> b\n>> c\n> > d\n> \nme  \n") == "> a\n> b\n>> c\n>> d\n>\nme\n"


def test_spaces_of_programs_become_spaces() -> None:
    assert unwrapped("a\u00a0 b\n\u00a0\n c\u00a0\u00a0d") == "a  b\n\n c  d"


def test_hostile_text_costs_no_time() -> None:
    started = time.process_time()
    for text in ("> " * 300_000, "\xa0 " * 300_000, ("x" * 70 + "\n") * 10_000, ">" * 500_000, " " * 500_000):
        unwrapped(text)
    assert time.process_time() - started < 4
