"""A number agrees with its noun."""

from __future__ import annotations

import pytest

from relay.operations.counted import counted


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 deliveries are"), (1, "1 delivery is"), (2, "2 deliveries are")],
)
def test_one_is_singular_and_all_others_are_plural(number: int, said: str) -> None:
    assert counted(number, "delivery is", "deliveries are") == said


def test_without_a_plural_the_noun_gets_an_s() -> None:
    assert (counted(1, "letter"), counted(0, "letter")) == ("1 letter", "0 letters")
