"""Takes the legal forms off the ends of an employer's name, for the leak check: "Maju Jaya" of "PT Maju Jaya Tbk".

Independent of the finder: compares the letters alone, word by word, and asks neither for dots nor for capitals.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from relay.anonymise.leak_check.letters_alone import letters
from relay.anonymise.names.legal_forms import forms_of

_MOST_OF_FORM = 9  # words
_SIGN_WITHIN = re.compile(r"\w[&+]\w")  # A&B is no AB
_CONSONANTS = re.compile("[b-df-hj-np-tv-xz]+")
_LONG = 3  # letters; shorter ones may be a person's initials


@lru_cache(maxsize=1)
def _edges() -> tuple[frozenset[str], frozenset[str]]:
    """The letters of the legal forms that begin a name, and of those that end one."""
    either = {letters(form) for form in forms_of("any", "dotted", "capitals")}
    before, full = (set(map(letters, forms_of(kind))) for kind in ("before", "full"))
    return frozenset((either | before) - {""}), frozenset((either | full) - {""})


@lru_cache(maxsize=1)
def _forms() -> frozenset[str]:
    """The letters of all of them."""
    return frozenset.union(*_edges())


def load_edges() -> None:
    """Read the forms. Raises ValueError when the file is invalid."""
    _forms()


def without_edges(words: Sequence[str]) -> list[str]:
    """The words of a name without the legal forms at its ends; at least one word."""
    beginnings, ends = _edges()
    left = [*words]
    while size := _size(left[::-1], ends, backwards=True):
        left = left[:-size]
    while size := _size(left, beginnings, backwards=False):
        left = left[size:]
    return left


def has_long_edge(words: Sequence[str]) -> bool:
    """Whether a legal form ends the name that is no initials: "sp. z o.o."."""
    size = _size([*words][::-1], _edges()[1], backwards=True)
    return size > 1 and len(letters("".join(words[-size:]))) > _LONG


def is_edge(word: str) -> bool:
    """Whether a word of a name is a legal form by itself, and written as one: not as a name is ("Sá", "Sia")."""
    bare = letters(word)
    if bare not in _forms():
        return False
    named = word.istitle() and len(bare) <= _LONG and not _CONSONANTS.fullmatch(bare)
    return not named or word.strip(".,") in forms_of("capitals")


def resembles_edge(word: str) -> bool:
    """Whether a word has the letters of a legal form, and is written as a name is: "Sá", "Sia"."""
    return word.istitle() and not is_edge(word) and letters(word) in _forms()


def _size(words: Sequence[str], forms: frozenset[str], *, backwards: bool) -> int:
    """The number of words at the beginning that are a form, the most of them."""
    for size in range(min(_MOST_OF_FORM, len(words) - 1), 0, -1):
        some = words[:size]
        if _SIGN_WITHIN.search(some[0]):
            return 0
        if letters(some[0]) and letters("".join(some[::-1] if backwards else some)) in forms:
            return size
    return 0
