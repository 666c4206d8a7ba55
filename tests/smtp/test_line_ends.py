"""A bare CR or LF is found wherever it is, also where the lines around it are equally long."""

from __future__ import annotations

import random
import re

import pytest

from relay.smtp import line_ends
from relay.smtp.line_ends import has_bare

LINES = b"".join(b"%076d\r\n" % number for number in range(40))


def slowly(octets: bytes, start: int, end: int) -> bool:
    lone = re.compile(rb"(?<!\r)\n|\r(?!\n)")
    return any(
        start <= found.start() < end if found[0] == b"\n" else start - 1 <= found.start() < end - 1
        for found in lone.finditer(octets)
    )


@pytest.mark.parametrize("block", [7, 78, 79, 500, 10_000])
def test_each_place_of_equally_long_lines_is_looked_at(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_ends, "_BLOCK", block)
    assert not has_bare(LINES, 0, len(LINES))
    for at in range(0, len(LINES), 3):
        for sign in (b"\r", b"\n", b"x"):
            broken = LINES[:at] + sign + LINES[at + 1 :]
            assert has_bare(broken, 0, len(broken)) is slowly(broken, 0, len(broken)), (at, sign)


def test_it_says_what_a_slow_search_says(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(1)
    for _ in range(20_000):
        octets = b"".join(chance.choices((b"\r\n", b"a", b"ab", b"\n", b"\r"), (6, 6, 4, 1, 1), k=chance.randrange(12)))
        start, end = sorted(chance.choices(range(len(octets) + 1), k=2))
        monkeypatch.setattr(line_ends, "_BLOCK", chance.choice((1, 2, 3, 5, 100)))
        assert has_bare(octets, start, end) is slowly(octets, start, end), (octets, start, end)
