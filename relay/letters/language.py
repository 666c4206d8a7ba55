"""Language tags (BCP 47): the English name of a language, its formats for dates and numbers, its direction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from babel import Locale, UnknownLocaleError

FALLBACK = "en"
_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,15}")


def parents(tag: str) -> Iterator[str]:
    """A tag in lower case and the more general tags above it: ar-eg, ar. Yields nothing for text that is no tag."""
    rest = tag.lower() if _TAG.fullmatch(tag) else ""
    while rest:
        yield rest
        rest = rest.rpartition("-")[0]


def locale_of(tag: str, language: str) -> Locale:
    """The locale for dates and numbers in a letter in ``language``, for a reader with the tag ``tag``.

    The reader's country is respected when ``tag`` is a variant of ``language``.
    """
    first = next(iter(parents(tag)), "")
    wanted = first if first.partition("-")[0] == language.partition("-")[0] else language
    for one in (*parents(wanted), FALLBACK):
        # English without a country is international English (en-001), with the day before the month.
        found = _locale("en-001" if one == "en" else one)
        if found is not None:
            return found
    raise AssertionError("Babel always has English")


def name_of(tag: str) -> str:
    """The English name of a language with its tag, "Arabic (ar)"; the tag alone when Babel has no name."""
    for one in parents(tag):
        found = _locale(one)
        if found is not None and (name := found.get_display_name("en")):
            return f"{name} ({tag})"
    return tag


def name_in(tag: str, reader: Locale) -> str:
    """The name of a language in the reader's; the tag when there is none."""
    found = next((found for one in parents(tag) if (found := _locale(one)) is not None), None)
    return (found.get_display_name(reader) if found is not None else None) or tag


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
