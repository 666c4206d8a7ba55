"""The readings of characters stand in brackets, and names in them go."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from relay.anonymise.html.ruby import with_readings_in_brackets
from relay.model import Message


@pytest.mark.parametrize(
    ("written", "arrives"),
    [
        ("<ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby>", "漢(かん)字(じ)"),
        ("<ruby>漢<rt>かん<rt></ruby>x", "漢(かん)()x"),
        ("<RUBY>漢<RT CLASS=a><b>か</b>ん</RUBY>と", "漢(<b>か</b>ん)と"),
        ("<ruby>漢<rp>（</rp><rt>かん</rt><rp>）</rp></ruby>", "漢（かん）"),
        ("<p>rt &lt;rt&gt;</p>", "<p>rt &lt;rt&gt;</p>"),
    ],
)
def test_readings_stand_in_brackets(written: str, arrives: str) -> None:
    html = with_readings_in_brackets(written)
    for tag in ("ruby", "rp", "rt"):
        for sign in (f"<{tag}>", f"</{tag}>", f"<{tag.upper()}>", f"</{tag.upper()}>"):
            html = html.replace(sign, "")
    assert html == arrives


def raw(html: str) -> bytes:
    head = "From: jane.whitcombe@northbank.example\nSubject: bowls\nContent-Type: text/html; charset=utf-8\n\n"
    return f"{head}{html}".encode()


def test_a_name_in_a_reading_goes(relayed: Callable[[bytes], Message]) -> None:
    message = relayed(raw("<p>Here is <ruby>B<rt>Jane</ruby>, <ruby>W<rt>Whitcombe</rt></ruby>.</p>"))
    assert message.text == "Here is B(Amber Heron), W(Amber Heron).\n"
    assert message.html == "<p>Here is B(Amber Heron), W(Amber Heron).</p>\n"


def test_a_character_and_its_reading_arrive(relayed: Callable[[bytes], Message]) -> None:
    assert relayed(raw("<p>読む<ruby>本<rt>ほん</rt></ruby>です</p>")).text == "読む本(ほん)です\n"


@pytest.mark.parametrize("piece", ["<rt>", "<rt", "<rt><b>", "<rt><"])
def test_hostile_readings_cost_no_more_than_their_length(piece: str) -> None:
    started = time.process_time()
    with_readings_in_brackets(piece * 200_000)
    assert time.process_time() - started < 4
