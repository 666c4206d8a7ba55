"""Finds the language that somebody names: by its tag, or by its name in any language that relay writes in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from babel import Locale

from relay.letters.language import locale_of, parents
from relay.message.confirmation.answer_line import folded_words

_MOST_WORDS = 12
_LONGEST = 3  # words in a name
# "हिन्दी" and "हिंदी": a nasal before another consonant is written as a letter or as a dot.
_NASAL = re.compile("[ङञणनम]\N{DEVANAGARI SIGN VIRAMA}(?=[क-ह])")
_ARTICLE = "ال"

Name = tuple[str, ...]


def language_named(text: str, languages: Sequence[str]) -> str:
    """The tag (BCP 47) of the one of ``languages`` that ``text`` names, perhaps among other words. "" when it names
    none of them, or several.

    A tag may be more exact than the language: "fr-CA" is itself where there is "fr".
    """
    tag = text.strip().replace("_", "-")
    if any(one in languages for one in parents(tag)):
        return tag
    words, names = _folded(text)[:_MOST_WORDS], _names(tuple(languages))
    whole = names.get(words)
    found = {whole} if whole else {names[one] for one in _phrases(words) if one in names}
    return found.pop() if len(found) == 1 else ""


def own_name(tag: str) -> str:
    """The name of a language in itself, as it stands in a list: "Français"."""
    name = locale_of(tag, tag).languages.get(tag.partition("-")[0].lower(), tag)
    return f"{name[:1].upper()}{name[1:]}"


def _phrases(words: Name) -> Iterator[Name]:
    for length in range(1, _LONGEST + 1):
        yield from (words[start : start + length] for start in range(len(words) - length + 1))


@lru_cache(maxsize=4)
def _names(languages: tuple[str, ...]) -> Mapping[Name, str]:
    """Folded name → tag, by what CLDR calls ``languages`` and their variants in each of them."""
    found: dict[Name, str] = {}
    for language in languages:
        for tag, name in Locale.parse(language, sep="-").languages.items():
            if tag.partition("_")[0] in languages:
                found.setdefault(_folded(name), tag.replace("_", "-"))
    return found


def _folded(text: str) -> Name:
    """The words of ``text`` without case, accents, signs that are optional, and the Arabic article."""
    return tuple(_plain(word) for word in folded_words(text))


def _plain(word: str) -> str:
    letters = (char for char in unicodedata.normalize("NFD", word) if not "\u0300" <= char <= "\u036f")
    return _NASAL.sub("\N{DEVANAGARI SIGN ANUSVARA}", "".join(letters)).removeprefix(_ARTICLE)
