"""Languages: what a tag (BCP 47) is called, how it writes dates, numbers and plurals, and which way it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from babel import Locale, UnknownLocaleError

FALLBACK = "en"
_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,15}")


def parents(tag: str) -> Iterator[str]:
    """A tag in lower case and what it is a kind of, the nearest first: ar-eg, ar. Nothing for what is no tag."""
    rest = tag.lower() if _TAG.fullmatch(tag) else ""
    while rest:
        yield rest
        rest = rest.rpartition("-")[0]


def locale_of(tag: str, language: str) -> Locale:
    """How a letter in ``language`` writes dates and numbers for a reader whose own tag is ``tag``: as their country
    does, when that is a form of the same language."""
    first = next(iter(parents(tag)), "")
    wanted = first if first.partition("-")[0] == language.partition("-")[0] else language
    for one in (*parents(wanted), FALLBACK):
        # English without a country is the world's, where the day goes before the month.
        found = _locale("en-001" if one == "en" else one)
        if found is not None:
            return found
    raise AssertionError("Babel knows English")


def name_of(tag: str) -> str:
    """What a language is called in English, with its tag: "Arabic (ar)"; the tag alone where nobody knows."""
    for one in parents(tag):
        found = _locale(one)
        if found is not None and (name := found.get_display_name("en")):
            return f"{name} ({tag})"
    return tag


def right_to_left(language: str) -> bool:
    """Whether the language is written from right to left."""
    found = next((found for one in parents(language) if (found := _locale(one)) is not None), None)
    return found is not None and found.text_direction == "rtl"


@lru_cache(maxsize=256)
def _locale(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
