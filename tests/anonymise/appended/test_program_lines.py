"""The line of a program, device or provider goes wherever it stands below a letter; words that resemble it stay."""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Callable
from importlib.resources import files

import pytest

from relay.anonymise.appended.languages import languages, parse_appended
from relay.anonymise.appended.program_lines import is_program_line

PROGRAMS = tomllib.loads((files("relay.anonymise.appended") / "programs.toml").read_text("utf-8"))
GOES = [
    *((one.code, line) for one in languages() for line in one.sent.goes),
    *(("", line) for line in PROGRAMS["goes"]),
]
STAYS = [
    *((one.code, line) for one in languages() for line in one.sent.stays),
    *(("", line) for line in PROGRAMS["stays"]),
]
Left = Callable[..., dict[str, tuple[str, str, str]]]


@pytest.mark.parametrize(("code", "line"), GOES)
def test_the_line_of_a_program_goes_as_if_it_had_never_been_there(code: str, line: str, left: Left) -> None:
    for place, (text, html, without) in left(line).items():
        assert (place, text, html) == (place, without, without)


@pytest.mark.parametrize(("code", "line"), STAYS)
def test_words_of_a_person_that_resemble_it_stay(code: str, line: str, left: Left) -> None:
    words = re.sub(r"\s", "", line)
    for place, (text, html, _) in left(line).items():
        assert (place, words in re.sub(r"\s", "", text), words in re.sub(r"\s", "", html)) == (place, True, True)


def test_forty_languages_and_more_are_known() -> None:
    assert len(languages()) >= 40


def test_a_file_with_an_unknown_key_or_without_examples_is_refused() -> None:
    text = (files("relay.anonymise.appended.languages") / "cs.toml").read_text("utf-8")
    assert parse_appended("cs", text).name == "Czech"
    with pytest.raises(ValueError, match="unknown keys"):
        parse_appended("cs", text + "\nmore = 1\n")
    with pytest.raises(ValueError, match="no examples"):
        parse_appended("cs", re.sub(r"stays = \[[^\]]*\]", "stays = []", text, count=1))


@pytest.mark.parametrize("piece", ["Sent from ", "iPhone", "から", "d'", "a-b-", "[ ", "https://x ", "Get. "])
def test_a_hostile_line_costs_little(piece: str) -> None:
    begun = time.process_time()
    is_program_line((piece * 1_000_000)[:1_000_000])
    for _ in range(100):
        is_program_line((piece * 240)[:240])
    assert time.process_time() - begun < 2
