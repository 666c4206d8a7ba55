"""The marks say what was taken out and why, and never more than what arrived shows."""

from __future__ import annotations

from relay.model import Identity, Known, Persona
from relay.show.changes import Piece, pieces

KNOWN = Known(
    Identity(("jane@real.example",), ("Jane Doe",)),
    Persona("Quiet River", "quiet-river.x@relay.example"),
    Identity(("omar@home.example",), ("Omar Said",)),
    Persona("Amber Heron", "amber-heron.y@relay.example"),
)

WRITTEN = "Jane Doe wrote this. Answer to jane@real.example.\n"


def test_each_change_has_its_reason() -> None:
    found = pieces(WRITTEN, "Quiet River wrote this. Answer to quiet-river.x@relay.example.", KNOWN)
    assert [(one.gone, one.put, one.why) for one in found if one.gone] == [
        ("Jane Doe", "Quiet River", "name"),
        ("jane@real.example", "quiet-river.x@relay.example", "address"),
    ]
    assert "".join(one.kept + one.gone for one in found) == WRITTEN


def test_what_the_finders_do_not_explain_is_shown_without_a_reason() -> None:
    found = pieces("I am Jane Doe. See you.", "I am Quiet River. Until then.", KNOWN)
    assert {one.why for one in found} == {""}
    assert "".join(one.kept + one.put for one in found) == "I am Quiet River. Until then."


def test_an_unchanged_letter_is_one_piece() -> None:
    assert pieces("Good morning.\n", "Good morning.\n\n", KNOWN) == (Piece(kept="Good morning.\n"),)


def test_two_long_different_texts_are_not_compared_word_by_word() -> None:
    written, arrived = "a b " * 5000, "c d " * 5000
    assert pieces(written, arrived, KNOWN) == (Piece(gone=written, put=arrived),)
