"""A table fits the terminal, loses no character, and leaves out columns without a value."""

from __future__ import annotations

import pytest

from relay.cli.table import table, width

HEADINGS = ("ID", "ACCEPTED", "NOTHING", "REASON")
ROWS = [
    ("8b42334226fa", "2026-03-01T12:00:00Z", "", "a long reason that does not fit in one line of a narrow terminal"),
    ("ea2b92bb7dc5", "2026-03-01T12:00:00Z", "", "信" * 30),
]


@pytest.mark.parametrize("room", [60, 80, 100, 140])
def test_a_table_fits_the_terminal_and_loses_no_character(room: int) -> None:
    lines = list(table(HEADINGS, ROWS, room))
    assert max(map(width, lines)) <= room
    assert lines[0].split() == ["ID", "ACCEPTED", "REASON"]
    assert sorted("".join(lines).replace(" ", "")) == sorted(
        "".join((*HEADINGS, *ROWS[0], *ROWS[1])).replace(" ", "").replace("NOTHING", "")
    )
    assert "8b42334226fa" in lines[1]


def test_a_terminal_too_narrow_for_any_table_still_gets_one() -> None:
    assert max(map(width, table(HEADINGS, ROWS, 1))) <= 8 * 3 + 4


def test_facts_have_no_heading() -> None:
    assert list(table(("", ""), [("id", "41"), ("state", "held")], 80)) == ["id     41", "state  held"]
