"""Folds text to a skeleton in which disguises of one word look alike, and remembers where each letter stood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

# Letters that Unicode does not decompose but people type either way (Soren for Søren), and Arabic letters that are
# written one for the other. The ideographic full stop is typed as a dot by CJK keyboards.
_ALIKE = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t",
    "ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك", "。": ".",
}  # fmt: skip

# Nobody sees these: fillers, joiners and selectors that are not of category Cf; the Arabic tatweel only stretches.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0\u0640")

_ASCII_PUNCTUATION = {code: None for code in range(128) if not chr(code).isalnum()}
_NOT_ALNUM = re.compile(r"[\W_]+")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")


def _accent(code: int) -> bool:
    """Is it a mark that people leave out: Latin accents, Hebrew points, Arabic vowel signs? (Thai and Indic vowel
    signs are no such marks: without them it is another word.)"""
    return (
        0x300 <= code <= 0x36F
        or 0x591 <= code <= 0x5C7
        or 0x610 <= code <= 0x61A
        or 0x64B <= code <= 0x65F
        or code == 0x670
        or 0x1AB0 <= code <= 0x1AFF
        or 0x1DC0 <= code <= 0x1DFF
        or 0x20D0 <= code <= 0x20FF
        or 0xFE00 <= code <= 0xFE0F
        or 0xFE20 <= code <= 0xFE2F
        or 0xE0100 <= code <= 0xE01EF
    )


@lru_cache(maxsize=4096)  # of single characters: it tells nothing of a text
def _fold_character(character: str) -> str:
    if character < "\x80":
        return character.lower()
    if character in _INVISIBLE or unicodedata.category(character) == "Cf":
        return ""
    whole = unicodedata.normalize("NFKC", character).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFKD", whole) if not _accent(ord(c)))
    bare = unicodedata.normalize("NFC", bare).casefold()
    return "".join(_ALIKE.get(c, c) for c in bare)


@lru_cache(maxsize=4096)
def _settled(character: str) -> bool:
    """Would what it folds to stay as it is if it was folded, or made small, once more?"""
    whole = _fold_character(character)
    return whole.lower() == whole and all(_fold_character(each) == each for each in whole)


@dataclass(slots=True)
class Folded:
    """A skeleton ``text``; ``index`` says for each of its characters where it stood (None: at the same place)."""

    original: str
    text: str
    index: Sequence[int] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of the skeleton's [start, end), with the accents that belong to its last letter."""
        index = self.index
        first, last = (start, end) if index is None else (index[start], index[end - 1] + 1)
        while last < len(self.original) and _accent(ord(self.original[last])):
            last += 1
        return first, last


def fold(text: str) -> Folded:
    """Fold: compatibility forms, case, accents, and everything invisible are gone. Linear in the text."""
    if text.isascii():
        return Folded(text, text.lower(), None)
    foreign = set("".join(_FOREIGN.findall(text)))
    skeleton = _skeleton(text, foreign)
    odd = [character for character in foreign if len(_fold_character(character)) != 1]
    if not odd:
        return Folded(text, skeleton, None)
    index: list[int] = []
    at = 0
    for place in sorted(place for character in odd for place in _places(text, character)):
        index.extend(range(at, place))
        index.extend([place] * len(_fold_character(text[place])))
        at = place + 1
    index.extend(range(at, len(text)))
    return Folded(text, skeleton, index)


def skeleton_of(text: str) -> str:
    """The skeleton alone."""
    return text.lower() if text.isascii() else fold(text).text


def _skeleton(text: str, foreign: set[str]) -> str:
    """The text with each of the ``foreign`` characters folded, and ASCII in small letters."""
    if not all(map(_settled, foreign)):
        return text.translate({ord(character): _fold_character(character) for character in set(text)})
    for character in foreign:
        # What one becomes no other becomes again: so all of them can be replaced one after the other.
        instead = _fold_character(character)
        if instead != character:
            text = text.replace(character, instead)
    return text.lower()


def _places(text: str, character: str) -> Iterator[int]:
    place = text.find(character)
    while place >= 0:
        yield place
        place = text.find(character, place + 1)


def letters(skeleton: str) -> str:
    """Only the letters and digits of a skeleton: what survives any disguise by punctuation."""
    if skeleton.isalnum():
        return skeleton
    if skeleton.isascii():
        return skeleton.translate(_ASCII_PUNCTUATION)
    return _NOT_ALNUM.sub("", skeleton)


def letters_at(skeleton: str) -> tuple[str, list[int]]:
    """The same, with the place of each letter in the skeleton."""
    places = [place for place, character in enumerate(skeleton) if character.isalnum()]
    return "".join([skeleton[place] for place in places]), places
