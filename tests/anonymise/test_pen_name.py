"""A pen name is a human name that resembles neither the member, nor their partner, nor a name in use."""

from __future__ import annotations

import pytest

from relay.anonymise.pen_name import usable
from relay.message.confirmation.pen_name import pen_name_in
from relay.model import Identity

AMINA = Identity(("amina.hassan@home.example",), ("Amina Hassan", "Mimi"))


@pytest.mark.parametrize(
    "name", ["Zuri", "Rosa Luz", "Li", "Amber", "María José", "زهرة", "नेहा", "Anne-Sophie", "O’Neil"]
)
def test_a_human_name_can_be_chosen(name: str) -> None:
    assert usable(name, [AMINA], ["Quiet River"])


@pytest.mark.parametrize(
    "name",
    [
        "Amina",
        "amina",
        "Ámina",
        "Amin",
        "Aminah",
        "Hassan",
        "Hassane",
        "Mimi",
        "Mimi-Rose",
        "أمينة",
        "حسن",
        "अमीना",
        "Home",
    ],
)
def test_one_that_resembles_the_member_cannot(name: str) -> None:
    assert not usable(name, [Identity(("x@y.example",)), AMINA], [])


@pytest.mark.parametrize("name", ["quiet river", "QUIET  RIVER", "Quiét River"])
def test_one_that_is_in_use_cannot(name: str) -> None:
    assert not usable(name, [AMINA], ["Quiet River"])


@pytest.mark.parametrize(
    "name", ["", "x", "Call 0712", "zuri@home.example", "Zuri.", "a b c d", "z" * 31, "Zuri\nBcc", "😀", "--"]
)
def test_what_is_no_name_cannot(name: str) -> None:
    assert not usable(name, [AMINA], [])


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Pen name: Zuri", "Zuri"),
        ("PEN NAME : Zuri", "Zuri"),
        ("اسم مستعار: زهرة", "زهرة"),
        ("कलमी नाम: नेहा", "नेहा"),
        ("Name: Zuri", ""),
        ("The pen name: Zuri", ""),
        ("Pen name Zuri", ""),
    ],
)
def test_the_line_that_chooses_one(line: str, name: str) -> None:
    assert pen_name_in(line) == name
