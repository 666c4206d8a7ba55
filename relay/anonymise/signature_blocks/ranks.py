"""Words of rank, trade and employers in signature blocks, and closing formulas, in the languages that have files."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

from relay.anonymise.appended.tokens import Vocabulary, tokens
from relay.anonymise.names.lexicon import lexicon

_SHORTEST, _LONGEST = 4, 12
"""Shorter words of employers are words of other languages, too; the usual ones are in marks.py."""


@lru_cache(maxsize=1)
def _ranks() -> Vocabulary:
    table = tomllib.loads(files(__package__).joinpath("ranks.toml").read_text("utf-8"))
    return Vocabulary((word, "rank") for row in table.values() for word in row["ranks"].split())


def load() -> None:
    """Read the words. Raises ValueError when the file is invalid."""
    _ranks()
    closing_formulas()


def has_rank(text: str) -> bool:
    """Whether a short text holds a word of rank or trade ("riaditeľka", "ผู้จัดการ")."""
    return any(kinds for kinds, _ in _ranks().segments(tokens(text)))


def has_organisation(text: str) -> bool:
    """Whether a short text holds a word of an employer's name ("škola", "บริษัท")."""
    known = lexicon().organisations
    return any(
        token.folded in known
        if not token.unspaced
        else any(token.folded[:size] in known or token.folded[-size:] in known for size in range(2, _LONGEST))
        for token in tokens(text)
        if len(token.folded) >= _SHORTEST or token.unspaced
    )


@lru_cache(maxsize=1)
def closing_formulas() -> frozenset[str]:
    """The closing formulas of all languages, folded; those of a few letters are words, too, and left out."""
    return frozenset(
        formula
        for one in lexicon().languages.values()
        for formula in one.closings
        if len(formula) >= _SHORTEST or not formula.isascii()
    )
