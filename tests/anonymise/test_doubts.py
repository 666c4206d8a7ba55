"""Doubts: each once, in order, on one line, about the file that the author attached."""

from __future__ import annotations

from relay.anonymise.doubts import MAX_DOUBTS, MAX_WORDS, Doubts, shown
from relay.model import Doubt


def test_a_doubt_is_noted_once_with_the_outermost_file() -> None:
    doubts = Doubts()
    doubts.add("phone", "0700 1")
    with doubts.inside("all.zip"), doubts.inside("inner.txt"):
        doubts.add("phone", "0700 1")
        doubts.add("phone", "0700 1")
    doubts.add("name", "Hope", page=2)
    assert doubts.all() == (Doubt("phone", "0700 1"), Doubt("phone", "0700 1", "all.zip"), Doubt("name", "Hope", "", 2))


def test_words_are_shown_on_one_short_printable_line() -> None:
    assert shown("a\r\n b\x1b[31m\u202e c") == "a b [31m c"
    assert len(shown("x" * 10_000)) == MAX_WORDS


def test_a_letter_has_no_more_doubts_than_anybody_reads() -> None:
    doubts = Doubts()
    for number in range(MAX_DOUBTS + 50):
        doubts.add("phone", str(number))
    assert len(doubts.all()) == MAX_DOUBTS


def test_a_link_is_shown_once_though_it_is_met_again_without_its_parameters() -> None:
    doubts = Doubts()
    for link in ("https://files.example/d/1?usp=sharing", "https://files.example/d/1", "https://files.example/d/2"):
        doubts.add("share-link", link)
    doubts.add("link", "https://files.example/?id=1")
    doubts.add("link", "https://files.example/?id=2")
    assert [one.words for one in doubts.all()] == [
        "https://files.example/d/1?usp=sharing",
        "https://files.example/d/2",
        "https://files.example/?id=1",
        "https://files.example/?id=2",
    ]
