"""Finds words in which Latin letters stand beside letters of other alphabets, for the leak check: "Оdette".

Independent of the finder's table of letters that look alike: any letter of another alphabet may stand for any letter.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

# Greek to Armenian, Georgian, Cherokee, Coptic, Lisu, Cherokee again.
_OTHERS = "\u0370-\u058f\u10a0-\u10ff\u13a0-\u13ff\u2c80-\u2cff\ua4d0-\ua4ff\uab70-\uabbf"
_BESIDE = re.compile(rf"[{_OTHERS}](?:(?<=[A-Za-z].)|(?=[A-Za-z]))")
_WORD = re.compile(r"[^\W\d_]+")
_OTHER = re.compile(f"[{_OTHERS}]")
_SHORTEST, _LEAST_LATIN = 4, 2


def mixes_a_name(text: str, words: Collection[str]) -> bool:
    """Whether a word of the text mixes alphabets, and its Latin letters are those of one of ``words`` (letters only,
    small) at the same places."""
    return not text.isascii() and any(_fits(mixed, word) for mixed in _mixed(text) for word in words)


def _mixed(text: str) -> Iterator[str]:
    """The words of a text that mix alphabets, with a blank for each letter that is not Latin."""
    end = 0
    for found in _BESIDE.finditer(text):
        if found.start() < end:
            continue
        start = found.start()
        while start > end and text[start - 1].isalpha():
            start -= 1
        word = _WORD.match(text, start)
        if word:
            end = word.end()
            yield _OTHER.sub(" ", word[0]).lower()


def _fits(mixed: str, word: str) -> bool:
    if len(mixed) != len(word) or len(word) < _SHORTEST or len(word) - mixed.count(" ") < _LEAST_LATIN:
        return False
    return all(one in (" ", other) for one, other in zip(mixed, word, strict=True))
