"""Ways of writing names: one TOML file a language, which says what may stand around a name (see README.md)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

from relay.anonymise.names.fold import skeleton_of
from relay.anonymise.names.ways.phrases import Phrase, phrase

KEYS = frozenset(
    str.split("""
    name scripts often greetings closings introductions titles behind before endings capital_nouns
    words proper organisations surnames examples articles compounds also_names
    """)
)


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence of the language: ``text`` of somebody ``known_as`` so becomes ``becomes``, "{}" for the pseudonym."""

    known_as: tuple[str, ...]
    text: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Language:
    """One language. All words are folded. ``code`` is its BCP 47 tag, the file's name. ``as_written`` are its
    ordinary and proper words unfolded, for the leak check. ``compounds`` are first halves of names, each with its other
    forms; ``also_names`` titles that are names elsewhere. ``endings`` lead from the end of
    a name as it is registered to the ends that take its place."""

    code: str
    name: str
    scripts: frozenset[str]
    often: frozenset[str]
    greetings: tuple[Phrase, ...]
    closings: frozenset[str]
    introductions: tuple[Phrase, ...]
    titles: tuple[Phrase, ...]
    before: frozenset[str]
    behind: frozenset[str]
    endings: tuple[tuple[str, tuple[str, ...]], ...]
    capital_nouns: bool
    words: frozenset[str]
    proper: frozenset[str]
    organisations: frozenset[str]
    surnames: frozenset[str]
    articles: frozenset[str]
    compounds: tuple[frozenset[str], ...]
    also_names: frozenset[str]
    as_written: frozenset[str]
    examples: tuple[Example, ...] = field(repr=False, default=())


def language(code: str, text: str) -> Language:
    """Read one file. Raises ValueError when a key is unknown or missing, or a phrase has no place for the name."""
    table = tomllib.loads(text)
    unknown = table.keys() - KEYS
    if unknown:
        raise ValueError(f"{code}: unknown keys {sorted(unknown)}")
    return Language(
        code=code,
        name=table["name"],
        scripts=frozenset(table["scripts"].split()),
        often=_words(table["often"]),
        greetings=tuple(map(phrase, table["greetings"])),
        closings=frozenset(map(skeleton_of, table["closings"])),
        introductions=tuple(map(phrase, table["introductions"])),
        titles=tuple(map(phrase, table.get("titles", ()))),
        before=_words(table.get("before", "")),
        behind=_words(table.get("behind", "")),
        endings=tuple((skeleton_of(end), _ends(instead)) for end, instead in table.get("endings", {}).items()),
        capital_nouns=table.get("capital_nouns", False),
        words=_words(table.get("words", "")),
        proper=_words(table.get("proper", "")),
        organisations=_words(table.get("organisations", "")),
        surnames=_words(table.get("surnames", "")),
        articles=_words(table.get("articles", "")),
        compounds=tuple(map(_words, table.get("compounds", ()))),
        also_names=_words(table.get("also_names", "")),
        as_written=frozenset(" ".join(table.get(key, "") for key in ("words", "proper", "often")).split()),
        examples=tuple(
            Example(tuple(one["known_as"]), one["text"], one["becomes"]) for one in table.get("examples", ())
        ),
    )


@lru_cache(maxsize=1)
def languages() -> tuple[Language, ...]:
    """Every language there is a file for, in the order of their codes."""
    found = sorted((one for one in files(__name__).iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)
    return tuple(language(one.name.removesuffix(".toml"), one.read_text("utf-8")) for one in found)


def _words(text: str) -> frozenset[str]:
    return frozenset(skeleton_of(word) for word in text.split())


def _ends(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys("" if end == "-" else skeleton_of(end) for end in text.split()))
