"""Words of rank, trade and employers in signature blocks, and closing formulas, in the languages that have files."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

from relay.anonymise.any_case import any_case, small
from relay.anonymise.appended.hints import Hints
from relay.anonymise.appended.tokens import Token, Vocabulary, tokens
from relay.anonymise.names.lexicon import lexicon

_SHORTEST, _LONGEST = 4, 12
"""Shorter words of employers are words of other languages, too; the usual ones are in employers.toml."""


@lru_cache(maxsize=1)
def _titles() -> re.Pattern[str]:
    table = tomllib.loads(files(__package__).joinpath("titles.toml").read_text("utf-8"))
    words, parts = (
        "|".join(re.escape(word).replace("…", r"\w{2,6}") for several in table[key].values() for word in several)
        for key in ("words", "parts")
    )
    return any_case(rf"\b(?:{words})\b|{parts}")


@lru_cache(maxsize=1)
def _ranks() -> tuple[Vocabulary, Hints]:
    table = tomllib.loads(files(__package__).joinpath("ranks.toml").read_text("utf-8"))
    words = [word for row in table.values() for word in row["ranks"].split()]
    return Vocabulary((word, "rank") for word in words), Hints(words)


def load() -> None:
    """Read the words. Raises ValueError when the file is invalid."""
    _ranks()
    _titles()
    closing_formulas()
    opening_words()


def names_rank(text: str) -> bool:
    """Whether a short text holds a word of rank or trade ("Director", "riaditeľka", "ผู้จัดการ")."""
    if _titles().search(small(text)):
        return True
    ranks, hints = _ranks()
    return bool(hints.count(text)) and any(kinds for kinds, _ in ranks.segments(tokens(text)))


def has_organisation(text: str) -> bool:
    """Whether a short text holds a word of an employer's name beside another ("Škola Horák", "บริษัท ช่างปั้น"). Alone it is
    a word: "Library"."""
    found = tokens(text)
    return any(_is_organisation(token, alone=len(found) == 1) for token in found)


def _is_organisation(token: Token, *, alone: bool) -> bool:
    known, word = lexicon().organisations, token.folded
    if not token.unspaced:
        return not alone and len(word) >= _SHORTEST and word in known
    sizes = range(2, min(_LONGEST, len(word) if alone else len(word) + 1))
    return any(word[:size] in known or word[-size:] in known for size in sizes)


@lru_cache(maxsize=1)
def closing_formulas() -> frozenset[str]:
    """The closing formulas of all languages, folded; those of a few letters are words, too, and left out."""
    return frozenset(
        formula
        for one in lexicon().languages.values()
        for formula in one.closings
        if len(formula) >= _SHORTEST or not formula.isascii()
    )


@lru_cache(maxsize=1)
def opening_words() -> frozenset[str]:
    """The words with which letters begin in all languages, before a name, folded: "ciao", "grazie", "नमसकार"."""
    return frozenset(
        phrase.before.strip(" ,،、")
        for one in lexicon().languages.values()
        for phrase in one.greetings
        if not phrase.behind
    )


@lru_cache(maxsize=1)
def opening_ends() -> tuple[str, ...]:
    """The words with which greetings end in some languages, behind a name, folded: "المحترم"."""
    spoken = lexicon().languages.values()
    ends = (phrase.behind.strip(" ,،、") for one in spoken for phrase in one.greetings if not phrase.before)
    return tuple(dict.fromkeys(filter(None, ends)))
