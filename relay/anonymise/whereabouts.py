"""Finds where the author lives or works, and which institution they say they belong to (data: whereabouts.toml).

A street or a post box counts when words of the author's own are near ("I live at", "my address"); a description counts
when the author names an institution ("I work at Northbank", "I am the head of St Anne's School"). What is said about
others, and "I work at a bank", stays. Linear in the text: every repetition is bounded.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import regex

_BEFORE, _AFTER = 80, 40
"""Characters before and behind a street within which words of the author's own are looked for."""
_MOST = 50_000
"""Characters of a passage that are looked at; a person writes fewer."""
_INSTITUTION = (
    r"(?:the |der |die |das |dem |den |la |le |les |el |los |il |lo |o |a |os |as |het |de |l['’])?"
    r"{name}(?:[ \-](?:of|de|del|di|do|da|für|för|for|and|&|the|la) )?(?: ?{name}){0,5}"
)


@dataclass(frozen=True, slots=True)
class _Patterns:
    street: regex.Pattern[str]
    own: regex.Pattern[str]
    description: regex.Pattern[str]


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    data = tomllib.loads(files(__package__).joinpath("whereabouts.toml").read_text("utf-8"))
    parts = {key: data[key] for key in ("name", "small", "number", "unit")}

    def filled(pattern: str) -> str:
        for key, part in parts.items():
            pattern = pattern.replace("{" + key + "}", part)
        return pattern

    def either(patterns: Iterable[str]) -> str:
        return "|".join(map(filled, patterns))

    before_name = rf"\b(?i:{either(data['street_words'])}) " + filled(
        r"{small}(?:[\p{L}\d][\p{L}\p{M}'’.\-]{0,24} ?){1,4}?{unit}{number}"
    )
    box = rf"\b(?i:{either(data['post_boxes'])}) ?\d{{1,7}}"
    named = rf"\b(?i:{either(data['belongs'])}) {filled(_INSTITUTION)}"
    return _Patterns(
        regex.compile("|".join((either(data["streets"]), before_name, box))),
        regex.compile(either(data["own"]), regex.IGNORECASE),
        regex.compile(named + "|" + either(data["descriptions"])),
    )


def streets(passage: str) -> Iterator[tuple[int, int]]:
    """The streets and post boxes of the author in their own words, as ranges of ``passage``."""
    patterns = _patterns()
    for street in patterns.street.finditer(passage, 0, _MOST):
        start, end = street.start(), _without_stop(passage, street.end())
        own = None
        # In scripts without blanks the words before the street may be taken for a part of it.
        for own in patterns.own.finditer(passage, max(0, start - _BEFORE), end):
            start = max(start, own.end())
        paragraph_before = passage.rfind("\n\n", max(0, start - _BEFORE), start)
        after = passage[end : end + _AFTER].partition("\n\n")[0]
        if (own is not None and own.start() > paragraph_before) or patterns.own.search(after):
            yield start, end


def descriptions(passage: str) -> Iterator[tuple[int, int]]:
    """Where the author says to which institution they belong, as ranges of ``passage``."""
    for description in _patterns().description.finditer(passage, 0, _MOST):
        yield description.start(), _without_stop(passage, description.end())


def _without_stop(passage: str, end: int) -> int:
    """The end without a full stop: that of an abbreviation and that of a sentence look alike."""
    return end - 1 if passage[end - 1] == "." else end
