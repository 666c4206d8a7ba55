"""A line that tells when, where or in which zone a letter was sent goes below a letter; words that resemble it stay."""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Callable
from importlib.resources import files

import pytest

from relay.anonymise.appended.stamps import is_stamp

STAMPS = tomllib.loads((files("relay.anonymise.appended") / "stamps.toml").read_text("utf-8"))
Left = Callable[..., dict[str, tuple[str, str, str]]]


@pytest.mark.parametrize("line", [line for one in STAMPS.values() for line in one["goes"]])
def test_the_stamp_of_a_program_goes_as_if_it_had_never_been_there(line: str, left: Left) -> None:
    for place, (text, html, without) in left(line).items():
        assert (place, text, html) == (place, without, without)


@pytest.mark.parametrize("line", [line for one in STAMPS.values() for line in one["stays"]])
def test_words_of_a_person_that_resemble_it_stay(line: str, left: Left) -> None:
    words = re.sub(r"\s", "", line)
    for place, (text, html, _) in left(line).items():
        assert (place, words in re.sub(r"\s", "", text), words in re.sub(r"\s", "", html)) == (place, True, True)


@pytest.mark.parametrize("piece", ["Sent at 21:14 ", "21:14", "Europe/Prague ", "(", "+01:00 ", "から送信"])
def test_a_hostile_line_costs_little(piece: str) -> None:
    begun = time.process_time()
    is_stamp((piece * 1_000_000)[:1_000_000])
    for _ in range(100):
        is_stamp((piece * 160)[:160])
    assert time.process_time() - begun < 2
