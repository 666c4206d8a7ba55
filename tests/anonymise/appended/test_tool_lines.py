"""The line of an assistant, translator, scanner or ticket system goes below a letter; words that resemble it stay."""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Callable
from importlib.resources import files

import pytest

from relay.anonymise.appended.tool_lines import is_tool_line

TABLE = tomllib.loads((files("relay.anonymise.appended") / "tools.toml").read_text("utf-8"))
SPOKEN = {code: one for code, one in TABLE.items() if isinstance(one, dict)}
Left = Callable[..., dict[str, tuple[str, str, str]]]


@pytest.mark.parametrize("line", [line for one in SPOKEN.values() for line in one["goes"]])
def test_the_line_of_a_tool_goes_as_if_it_had_never_been_there(line: str, left: Left) -> None:
    for place, (text, html, without) in left(line).items():
        assert (place, text, html) == (place, without, without)


@pytest.mark.parametrize("line", [line for one in SPOKEN.values() for line in one["stays"]])
def test_words_of_a_person_that_resemble_it_stay(line: str, left: Left) -> None:
    words = re.sub(r"\s", "", line)
    for place, (text, html, _) in left(line).items():
        assert (place, words in re.sub(r"\s", "", text), words in re.sub(r"\s", "", html)) == (place, True, True)


def test_thirty_languages_and_more_are_known() -> None:
    assert len(SPOKEN) >= 30


@pytest.mark.parametrize("piece", ["Drafted with ", "Gemini ", "DeepL.com", "(", "で翻訳しました", "d'"])
def test_a_hostile_line_costs_little(piece: str) -> None:
    begun = time.process_time()
    is_tool_line((piece * 1_000_000)[:1_000_000])
    for _ in range(100):
        is_tool_line((piece * 240)[:240])
    assert time.process_time() - begun < 2
