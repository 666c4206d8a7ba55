"""The page's own words: one file a language beside this module, words/LANGUAGE.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel.units import format_unit

from relay.letters.language import FALLBACK, locale_of, parents, right_to_left
from relay.mentoring.validation import Person, Request

_FOLDER = Path(__file__).parent / "words"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language. ``page``: name to sentence; ``reasons``: kind of removal (relay.model.Removal) to what
    was taken out, in a few words; ``name``: the language's own name."""

    language: str
    name: str
    page: Mapping[str, str]
    reasons: Mapping[str, str]
    people: Mapping[str, Mapping[str, str]]

    @property
    def direction(self) -> str:
        """The value of the HTML attribute dir."""
        return "rtl" if right_to_left(self.language) else "ltr"

    def request(self) -> Request:
        """The made-up pair of this language."""
        mentor, mentee = (self._person(self.people[side]) for side in ("mentor", "mentee"))
        return Request(mentor, mentee, "", self.language)

    def size(self, octets: int) -> str:
        """A size, such as "2 kB"."""
        locale = locale_of(self.language, self.language)
        if octets < 1000:
            return format_unit(octets, "digital-byte", "long", locale=locale)
        return format_unit(round(octets / 1000), "digital-kilobyte", "short", locale=locale)

    def _person(self, given: Mapping[str, str]) -> Person:
        return Person(given["address"], known_as=(given["name"], given["employer"]))


def languages() -> tuple[str, ...]:
    """The tags of all languages, in order."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


def words_in(tag: str) -> Words:
    """The words of the language nearest to ``tag``, else of English."""
    return _read(next((one for one in parents(tag) if one in languages()), FALLBACK))


@lru_cache
def _read(language: str) -> Words:
    file = tomllib.loads((_FOLDER / f"{language}.toml").read_text("utf-8"))
    return Words(language, file["name"], file["page"], file["reasons"], file["people"])
