"""How names are written in each language: one TOML file per language (see README.md)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.resources import files

from relay.anonymise.names.fold import skeleton_of
from relay.anonymise.names.languages.phrases import Phrase, phrase

KEYS = frozenset(
    str.split("""
    name scripts often greetings closings introductions titles names_too behind before endings beginnings also_written
    capital_nouns apostrophe words articles compounds proper organisations surnames examples
    """)
)


@dataclass(frozen=True, slots=True)
class Example:
    """An example in the language: ``text`` by somebody ``known_as`` becomes ``becomes``, with "{}" for the
    pseudonym."""

    known_as: tuple[str, ...]
    text: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Language:
    """One language. All words are folded; ``words`` and ``proper`` are long, and stored as one string separated by
    blanks. ``code`` is its BCP 47 tag and file name. ``as_written`` are its ordinary and proper words unfolded, for the
    leak check. ``endings`` map an ending of a registered name to the endings that replace it; ``beginnings`` likewise.
    ``also_written`` maps letters inside a name to their variants. ``apostrophe``: only behind a name
    an ending is written with an apostrophe. ``compounds`` are first halves of names, each with
    its other forms; ``names_too`` are titles that are names elsewhere."""

    code: str
    name: str
    scripts: frozenset[str]
    often: frozenset[str]
    greetings: tuple[Phrase, ...]
    closings: frozenset[str]
    introductions: tuple[Phrase, ...]
    titles: tuple[Phrase, ...]
    names_too: frozenset[str]
    before: frozenset[str]
    behind: frozenset[str]
    endings: tuple[tuple[str, tuple[str, ...]], ...]
    beginnings: tuple[tuple[str, tuple[str, ...]], ...]
    also_written: tuple[tuple[str, tuple[str, ...]], ...]
    capital_nouns: bool
    apostrophe: bool
    words: str
    proper: str
    organisations: frozenset[str]
    surnames: frozenset[str]
    articles: frozenset[str]
    compounds: tuple[frozenset[str], ...]
    as_written: str
    examples: tuple[Example, ...] = field(repr=False, default=())

    def without_lists(self) -> Language:
        """Without the lists that the lexicon stores with less memory, and without examples."""
        none: frozenset[str] = frozenset()
        return replace(self, words="", proper="", as_written="", organisations=none, surnames=none, examples=())


def parse_language(code: str, text: str) -> Language:
    """Parse one file. Raises ValueError when a key is unknown or missing, or a phrase has no place for the name."""
    table = tomllib.loads(text)
    unknown = table.keys() - KEYS
    if unknown:
        raise ValueError(f"{code}: unknown keys {sorted(unknown)}")
    articles = table.get("articles", "").split()
    written = " ".join(table.get(key, "") for key in ("words", "proper", "often"))
    return Language(
        code=code,
        name=table["name"],
        scripts=frozenset(table["scripts"].split()),
        often=_words(table["often"]),
        greetings=tuple(map(phrase, table["greetings"])),
        closings=frozenset(map(skeleton_of, table["closings"])),
        introductions=tuple(map(phrase, table["introductions"])),
        titles=tuple(map(phrase, table.get("titles", ()))),
        names_too=_words(table.get("names_too", "")),
        before=_words(table.get("before", "")),
        behind=_words(table.get("behind", "")),
        endings=_table(table.get("endings", {})),
        beginnings=_table(table.get("beginnings", {})),
        also_written=_table(table.get("also_written", {})),
        capital_nouns=table.get("capital_nouns", False),
        apostrophe=table.get("apostrophe", False),
        words=skeleton_of(" ".join((table.get("words", ""), *_with(articles, table.get("words", ""))))),
        proper=skeleton_of(table.get("proper", "")),
        organisations=_words(table.get("organisations", "")),
        surnames=_words(table.get("surnames", "")),
        articles=_words(table.get("articles", "")),
        compounds=tuple(map(_words, table.get("compounds", ()))),
        as_written=" ".join((written, *_with(articles, written))),
        examples=tuple(
            Example(tuple(one["known_as"]), one["text"], one["becomes"]) for one in table.get("examples", ())
        ),
    )


@lru_cache(maxsize=1)
def languages() -> tuple[Language, ...]:
    """Every language with a file, ordered by code."""
    found = sorted((one for one in files(__name__).iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)
    return tuple(parse_language(one.name.removesuffix(".toml"), one.read_text("utf-8")) for one in found)


def _with(articles: list[str], words: str) -> Iterator[str]:
    return (article + word for article in articles for word in words.split())


def _words(text: str) -> frozenset[str]:
    return frozenset(skeleton_of(word) for word in text.split())


def _table(rows: dict[str, str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((skeleton_of(key), _ends(instead)) for key, instead in rows.items())


def _ends(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys("" if end == "-" else skeleton_of(end) for end in text.split()))
