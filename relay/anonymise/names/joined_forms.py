"""The words of joined_forms.toml: legal forms without a blank before or behind, trades, endings of places."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple


class JoinedForms(NamedTuple):
    """The words of all countries, the longest first."""

    forms: tuple[str, ...]
    trades: tuple[str, ...]
    places: tuple[str, ...]


@lru_cache(maxsize=1)
def joined_forms() -> JoinedForms:
    """Read the words. Raises ValueError when the file is invalid."""
    countries = tomllib.loads(files(__package__).joinpath("joined_forms.toml").read_text("utf-8")).values()

    def every(kind: str) -> tuple[str, ...]:
        words = {word for country in countries for word in _composed(country.get(kind, "")).split()}
        return tuple(sorted(words, key=lambda word: (-len(word), word)))

    return JoinedForms(every("forms"), every("trades"), every("places"))


def _composed(words: str) -> str:
    return unicodedata.normalize("NFKC", words)
