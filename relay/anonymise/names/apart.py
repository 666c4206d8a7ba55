"""Finds a word of a name that stands in pieces: Ji-woo or Ji Woo of Jiwoo, and a word broken at the end of a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from relay.anonymise.names.fold import Folded
from relay.anonymise.names.lexicon import lexicon
from relay.anonymise.names.vocabulary import Codes

_SHORTEST = 5
_BREAK = re.compile(r"-[ \t]?(?:\n[> \t]{0,8})?")
_HYPHEN = r"(?:-(?:[ \t]?\n[> \t]{0,8})?)?"


def written_apart(folded: Folded, stem: str, spoken: Callable[[], Codes | None]) -> Iterator[tuple[int, int]]:
    """Where the letters ``stem`` stand with hyphens inside, or as two words with capitals. Not where the pieces are
    words by themselves: "Her Man" is not Herman, "just-in-time" not Justin. ``spoken``: the text's languages. Ranges of
    the skeleton. For each stem linear in the text."""
    text = folded.text
    if len(stem) < _SHORTEST or not stem.isalpha():
        return
    if "-" in text:
        for one in _hyphenated(stem).finditer(text):
            if one.end() - one.start() > len(stem) and not _are_words(_BREAK.split(one[0]), spoken()):
                yield one.span()
    if " " in text:
        for cut in range(2, len(stem) - 1):
            for start in _occurrences(text, f"{stem[:cut]} {stem[cut:]}"):
                if _has_capitals(folded, start, start + cut + 1) and not _are_words((stem[:cut], stem[cut:]), None):
                    yield start, start + len(stem) + 1


def _occurrences(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _has_capitals(folded: Folded, *places: int) -> bool:
    return all(folded.original[folded.span(at, at + 1)[0]].isupper() for at in places)


def _are_words(pieces: Sequence[str], spoken: Codes | None) -> bool:
    known = lexicon()
    return all(known.ordinary_in(piece, spoken) for piece in pieces)


@lru_cache(maxsize=512)
def _hyphenated(stem: str) -> re.Pattern[str]:
    return re.compile(_HYPHEN.join(stem))
