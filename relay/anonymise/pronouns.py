"""Pronouns by which a text speaks of its writer and to its reader, in some sixty languages (pronouns.toml)."""

from __future__ import annotations

import tomllib
from importlib.resources import files

_MOST_READ = 500  # characters

_TABLE: dict[str, str] = tomllib.loads(files(__package__).joinpath("pronouns.toml").read_text("utf-8"))

FIRST_PERSON = frozenset(_TABLE["first_and_second"].split())
"""Pronouns of the first and second person."""

_SINGULAR = frozenset(_TABLE["singular"].split())
_WITHIN_WORDS = tuple(_TABLE["singular_within_words"].split())
_EDGES = " .,:;!?\"'’“”«»()。、，：؛،؟।"


def speaks_of_oneself(words: str) -> bool:
    """Whether a line holds a pronoun of the first person singular, with a blank around it or in a language without."""
    short = words[:_MOST_READ].casefold().replace("’", "'")
    return any(word.strip(_EDGES) in _SINGULAR for word in short.split()) or any(one in short for one in _WITHIN_WORDS)
