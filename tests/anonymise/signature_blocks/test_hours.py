"""Below the formula and the name, what says where somebody's clock stands or when they work goes; words to the reader
stay."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from importlib.resources import files

import pytest

from relay.model import Message

Arrive = Callable[..., Message]
TABLE = tomllib.loads((files("relay.anonymise.signature_blocks") / "hours.toml").read_text("utf-8"))
HOURS = [word.strip() for line in TABLE["hours"].strip().split("\n") for word in line.partition(":")[2].split("|")]


def below_name(arrives: Arrive, lines: str, kind: str = "plain") -> str:
    """What arrives of these lines below formula and name."""
    words = f"Dear friend,\n\nthank you for your words about bowls.\n\nBest wishes,\nJane\n{lines}"
    text = arrives(words, kind).text or ""
    above, formula, below = text.partition("Best wishes,")
    assert "about bowls" in above and formula
    return below.replace("Amber Heron", "").strip()


@pytest.mark.parametrize("kind", ["plain", "html"])
@pytest.mark.parametrize(
    "line",
    [
        "Lisbon · GMT+0", "Prague (CET)", "UTC+1", "Lisbon, Portugal (UTC+00:00)", "São Paulo | BRT", "GMT",
        "Working hours: 9–17 CET", "My working hours are 9-15 CET", "I work part-time (Mon–Thu, 9:00–14:00)",
        "Time zone: Europe/Prague", "Timezone: GMT+1", "Zeitzone: MEZ", "Múi giờ: GMT+7", "🌍 Nairobi (EAT)",
    ],
)  # fmt: skip
def test_the_place_of_the_clock_goes(line: str, kind: str, arrives: Arrive) -> None:
    assert below_name(arrives, line, kind).strip("🌍 ") == ""


@pytest.mark.parametrize("words", [f"{word.capitalize()}: 9–17" for word in HOURS])
def test_hours_of_work_in_every_language(words: str, arrives: Arrive) -> None:
    assert below_name(arrives, words) == ""


@pytest.mark.parametrize(
    "line",
    [
        "Tuesday 15:00 CET works for me", "Shall we talk at 15:00 CET?", "I have been to the GMT museum",
        "see you at the library", "I start at the university in May", "My group meets on Monday",
        "All the best from the working hours of a potter", "I will be in Prague, CET, all week", "READ IT LATER",
    ],
)  # fmt: skip
def test_words_to_the_reader_stay(line: str, arrives: Arrive) -> None:
    assert below_name(arrives, f"\n{line}") == line


@pytest.mark.parametrize("line", ["Vellmark School of Pottery", "I work at Vellmark School", "Vellmark University"])
def test_an_employer_goes_as_before(line: str, arrives: Arrive) -> None:
    assert "Vellmark" not in below_name(arrives, line)
