"""The forms of one word of a name that the leak check searches: umlauts, stems, common beginnings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import regex

from relay.anonymise.leak_check.registered_words import bare, is_hangul

SHORTEST_STEM, _SHORTEST_STEM_OF_OTHERS = 6, 4
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue",
                         "Å": "Aa", "Ø": "Oe"})  # fmt: skip
_DIGRAPHS = {"ae": "ä", "oe": "ö", "ue": "ü"}
_WRITTEN_UMLAUT = re.compile(r"([aou])e|aa")
_RUN = regex.compile(r"[\p{L}\p{M}]+")


def spellings_of(word: str) -> Iterator[str]:
    """A word with its umlauts dropped, and with umlauts as two letters, however it is registered."""
    yield bare(word)
    yield bare(word.translate(UMLAUTS))
    plain = bare(word)
    if len(plain) > 4 and plain.isascii():
        yield _WRITTEN_UMLAUT.sub(lambda two: two[1] or "a", plain)


@lru_cache(maxsize=256)
def umlaut_forms(word: str) -> tuple[str, str, str]:
    """The letters of a word as written, with umlauts as two letters, and as one."""
    return bare(word), bare(word.translate(UMLAUTS)), _WRITTEN_UMLAUT.sub(lambda two: two[1] or "a", bare(word))


def stems_of(word: str) -> Iterator[str]:
    """The beginnings of inflected forms: the whole word, and of a longer one all but its last letter."""
    if len(word) >= (SHORTEST_STEM if word.isascii() else _SHORTEST_STEM_OF_OTHERS) or is_hangul(word):
        yield word
    if len(word) >= _SHORTEST_STEM_OF_OTHERS and word.endswith("σ"):
        yield word[:-1]
    if len(word) > SHORTEST_STEM:
        yield word[:-1]
        if word.endswith("nen"):
            yield word[:-3] + "s"  # Finnish: Virtanen, Virtaselle


@lru_cache(maxsize=256)
def common_beginnings(word: str) -> tuple[str, ...]:
    """The common beginning of all forms of a word, for each way to write its umlauts."""
    found = []
    for written in dict.fromkeys((word, word.translate(UMLAUTS), *_umlauts(word))):
        run = max(_RUN.findall(written), key=len, default="")
        if len(run) > 1:
            found.append(run[:-1] if len(run) > SHORTEST_STEM else run)
    return tuple(found)


def _umlauts(word: str) -> Iterator[str]:
    """A word with two-letter umlauts written as umlauts."""
    if word.isascii():
        yield re.sub("ae|oe|ue", lambda two: _DIGRAPHS[two[0]], word)
