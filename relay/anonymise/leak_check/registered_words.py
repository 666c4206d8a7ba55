"""Splits registered names into words, and classifies words by the language files, for the leak check."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from relay.anonymise.leak_check.firm_edges import has_long_edge, load_edges, resembles_edge, without_edges
from relay.anonymise.leak_check.letters_alone import letters, signs
from relay.anonymise.names.languages import languages
from relay.anonymise.names.roles import CONJUNCTIONS
from relay.anonymise.names.vocabulary import Vocabulary

_APART = re.compile(r"\s*[|/()\[\]•;]\s*|\s+[-–—]\s+")
_SIGN = re.compile("[&+,]")
_PARTICLES = frozenset(
    str.split("""
    van von der den dem des del della dalla delle degli dei dos das bin ibn ben bint abu abd zum zur ter ten the and
    und och san santa saint mac ould oglu kizi بن ابن بنت ابو بو عبد בן בת אבן אבו
    """)
)


@lru_cache(maxsize=512)
def bare(word: str) -> str:
    """The letters of one word of a name; cached because many rules ask for them."""
    return letters(word)


def written_words(name: str) -> Iterator[tuple[tuple[str, ...], bool]]:
    """The words of each name in a registered text, without titles and particles, and whether it is an employer's."""
    for piece in _APART.split(name):
        head, _, tail = piece.partition(",")
        words = _untitled(head.split())
        if len(words) == 1:
            words += _untitled(tail.split())
        if words:
            firm = "&" in piece or any(map(_of_firm, words)) or has_long_edge(piece.split())
            yield tuple(words), len(words) > 1 and firm


def connected_words(name: str) -> Iterator[tuple[str, ...]]:
    """The words of each employer's name that has "and", "&" or "+", without its legal form: with each word that means
    "and", and with none."""
    for piece in _APART.split(name):
        words = without_edges(_SIGN.sub(r" \g<0> ", piece).split())
        while words and _connects(words[-1]):  # "GmbH & Co. KG"
            words.pop()
        if any(map(_connects, words[1:])):
            for one in ("", *sorted(CONJUNCTIONS)):
                spelt = (one if _connects(word) else word for word in words)
                yield tuple(word for word in spelt if bare(word))


def bare_firms(name: str) -> Iterator[tuple[str, ...]]:
    """The words of each name in a registered text without the legal forms at its ends, where it has such, and no
    "and"."""
    for piece in dict.fromkeys((name, *_APART.split(name))):
        words = piece.split()
        left = without_edges(words)
        if len(left) < len(words) and not any(map(_connects, _SIGN.sub(r" \g<0> ", " ".join(left)).split())):
            yield tuple(word for word in left if bare(word))


def _connects(word: str) -> bool:
    return word.casefold() in CONJUNCTIONS


def _of_firm(word: str) -> bool:
    """Whether it is a word of employers' and schools' names, with or without an article (L'Atelier)."""
    return not resembles_edge(word) and any(bare(one) in _organisations() for one in (word, re.split("['’]", word)[-1]))


def _untitled(words: list[str]) -> list[str]:
    """Without titles, initials and particles; unchanged when nothing would be left."""
    titles = _titles()
    kept = [
        word
        for word in words
        if (len(bare(word)) > 1 or not word[0].isupper())
        and bare(word) not in titles
        and not (word.endswith(".") and word.isascii())
        and not (bare(word) in _PARTICLES and not word[0].isupper())
    ]
    return kept or [word for word in words if signs(word)]


def load_words() -> None:
    """Load the word lists of all languages that the needles need."""
    load_edges()
    for read in (_ordinary_words, places_and_months, _organisations, short_surnames, _surnames, _titles):
        read()


def is_ordinary(word: str) -> bool:
    """Whether it is an ordinary word, a place or a month in any language."""
    return (len(word) < 3 and word.isascii()) or word in _ordinary_words()


@lru_cache(maxsize=1)
def _ordinary_words() -> Vocabulary:
    """The ordinary words, places and months of all languages."""
    return Vocabulary((one.code, map(letters, one.as_written.split())) for one in languages())


@lru_cache(maxsize=1)
def places_and_months() -> Vocabulary:
    return Vocabulary(("", map(letters, one.proper.split())) for one in languages())


@lru_cache(maxsize=1)
def _organisations() -> Vocabulary:
    return Vocabulary(("", map(letters, one.organisations)) for one in languages())


@lru_cache(maxsize=1)
def short_surnames() -> frozenset[str]:
    return frozenset(word for one in languages() for word in map(letters, one.surnames) if word.isascii())


@lru_cache(maxsize=1)
def _titles() -> frozenset[str]:
    phrases = (each for one in languages() for title in one.titles for each in (title.before, title.behind))
    return frozenset(letters(phrase) for phrase in phrases if phrase)


@lru_cache(maxsize=1)
def _surnames() -> Vocabulary:
    """The surnames that are not in Latin letters."""
    return Vocabulary(("", (word for word in map(letters, one.surnames) if not word.isascii())) for one in languages())


def is_name_alone(word: str) -> bool:
    """Whether a word of an employer's name identifies the employer without the other words."""
    least = 3 if word.isascii() else 2
    return len(word) >= least and not any(
        word in each for each in (_ordinary_words(), places_and_months(), _organisations(), _surnames())
    )


def unspaced(word: str) -> bool:
    """Whether it is in a script without blanks between words, and long enough not to match by chance."""
    first = word[:1]
    name = unicodedata.name(first, "") if first else ""
    if name.startswith(("CJK", "HIRAGANA", "KATAKANA")):
        return len(word) > 1
    return name.startswith(("THAI", "LAO", "KHMER", "MYANMAR")) and len(word) > 3


def is_hangul(word: str) -> bool:
    """Whether it is Korean, where particles follow a name without a blank."""
    return unicodedata.name(word[:1] or " ", "").startswith("HANGUL")
