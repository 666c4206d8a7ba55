"""What joins the name of a firm without a blank: legal forms, words of trades (trades.toml), endings of places."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from relay.anonymise.names.legal_forms import forms_of


class JoinedForms(NamedTuple):
    """The words of all countries, the longest first."""

    forms: tuple[str, ...]
    trades: tuple[str, ...]
    places: tuple[str, ...]


@lru_cache(maxsize=1)
def joined_forms() -> JoinedForms:
    """Read the words. Raises ValueError when a file is invalid."""
    countries = tomllib.loads(files(__package__).joinpath("trades.toml").read_text("utf-8")).values()

    def every(kind: str) -> tuple[str, ...]:
        return _longest_first(word for country in countries for word in country.get(kind, "").split())

    return JoinedForms(_longest_first(forms_of("joined")), every("trades"), every("places"))


def _longest_first(words: Iterable[str]) -> tuple[str, ...]:
    composed = {unicodedata.normalize("NFKC", word) for word in words}
    return tuple(sorted(composed, key=lambda word: (-len(word), word)))
