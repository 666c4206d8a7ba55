"""What lists, scanners, providers and firms put below a letter goes as a whole; prose about them stays."""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Callable
from importlib.resources import files

import pytest

from relay.anonymise.appended.service_lines import is_service_line, may_hold_service_line
from relay.anonymise.appended.tokens import words_of

TABLE = tomllib.loads((files("relay.anonymise.appended") / "services.toml").read_text("utf-8"))
Left = Callable[..., dict[str, tuple[str, str, str]]]


@pytest.mark.parametrize("footer", TABLE["goes"])
def test_the_footer_of_a_service_goes_as_if_it_had_never_been_there(footer: str, left: Left) -> None:
    for place, (text, html, without) in left(footer).items():
        assert (place, text, html) == (place, without, without)


@pytest.mark.parametrize("words", TABLE["stays"])
def test_prose_about_services_stays(words: str, left: Left) -> None:
    bare = re.sub(r"\s", "", words)
    for place, (text, html, _) in left(words).items():
        assert (place, bare in re.sub(r"\s", "", text), bare in re.sub(r"\s", "", html)) == (place, True, True)


@pytest.mark.parametrize(
    "piece", ["mailing list ", "avast ", "to unsubscribe ", "a@b ", "https://x ", "listinfo", "* "]
)
def test_a_hostile_line_costs_little(piece: str) -> None:
    begun = time.process_time()
    is_service_line((piece * 1_000_000)[:1_000_000])
    for _ in range(20):
        is_service_line((piece * 720)[:720])
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("letter", ["ـ", "ʹ", "ʻ", "ˈ"])
def test_a_letter_that_folds_to_nothing_is_no_word_of_a_line(letter: str) -> None:
    assert not may_hold_service_line(words_of(f"{letter} and {letter}"))
