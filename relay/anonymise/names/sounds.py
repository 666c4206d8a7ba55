"""What a word sounds like, whatever its script: a sequence of classes of consonants (sounds.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import regex
from anyascii import anyascii

from relay.anonymise.names.fold import skeleton_of

_TABLED = ("Latin", "Cyrillic", "Greek", "Hebrew", "Arabic", "Han")
# Scripts of which anyascii gives the sounds of a word well enough.
_ROMANISED = (
    "Hiragana", "Katakana", "Hangul", "Devanagari", "Bengali", "Gujarati", "Gurmukhi", "Telugu", "Kannada", "Malayalam",
    "Tamil", "Sinhala", "Thai", "Georgian", "Armenian",
)  # fmt: skip
_SCRIPTS = {name: regex.compile(rf"\p{{Script={name}}}") for name in (*_TABLED, *_ROMANISED)}
_VOWELS = {
    "Latin": "aeiouy", "Cyrillic": "аеёиоуыэюяєіїўјә", "Greek": "αεηιουω", "Hebrew": "אעהיו", "Arabic": "اأإآعيىئهة",
}  # fmt: skip
_DOUBLED = regex.compile(r"(\p{L})\1")
_MOST_READINGS = 24
_LONGEST_WORD = 24
_SHORT = 2


class Sound(NamedTuple):
    """How a word may sound: the ``readings`` as classes of consonants; and whether it begins with a ``vowel``."""

    readings: frozenset[str]
    vowel: bool

    def may_be(self, other: Sound) -> bool:
        """Whether both may be one name: they share a reading, and a short one begins alike."""
        shared = self.readings & other.readings
        return any(len(one) > _SHORT for one in shared) or (bool(shared - {""}) and self.vowel == other.vowel)


@lru_cache(maxsize=1)
def _tables() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """For each script the readings of its letters. Raises ValueError when the file is invalid."""
    read = tomllib.loads(files(__package__).joinpath("sounds.toml").read_text("utf-8"))
    if unknown := read.keys() - {*_TABLED, "Romanised"}:
        raise ValueError(f"sounds.toml: unknown scripts {sorted(unknown)}")
    return {
        script: {run: tuple(one.replace("-", "") for one in readings.split()) for run, readings in table.items()}
        for script, table in read.items()
    }


def load() -> None:
    """Read the table. Raises ValueError when it is invalid."""
    _tables()


def script_of(word: str) -> str:
    """The script of a word's first letter, if its sounds are known; "" otherwise."""
    return next((name for name, script in _SCRIPTS.items() if script.match(word)), "")


def sound_of(word: str) -> Sound | None:
    """How a word may sound; None in a script whose sounds are not known."""
    script = script_of(word)
    if not script or len(word) > _LONGEST_WORD:
        return None
    if script in ("Latin", "Cyrillic", "Greek", "Hebrew", "Arabic"):
        spelt, table, vowels = skeleton_of(word), _tables()[script], _VOWELS[script]
    else:
        # Thai writes some vowels before the consonant that they follow.
        spelt, table, vowels = (
            anyascii(word.lstrip("เแโใไ")).lower(),
            _tables()["Han" if script == "Han" else "Romanised"],
            "aeiouyw'",
        )
    return Sound(frozenset(_readings(_DOUBLED.sub(r"\1", spelt), table)), spelt[:1] in vowels + "hw")


def first_letters(sounds: Iterable[Sound], script: str) -> str:
    """The letters of an alphabet (Cyrillic, Greek) with which a word may begin that sounds like one of these."""
    heard = list(sounds)
    first = {reading[:1] for sound in heard for reading in sound.readings}
    table = _tables()[script]
    begin = {run[0] for run, readings in table.items() if any(not one or one[0] in first for one in readings)}
    return "".join(sorted(begin | set(_VOWELS[script])))


def _readings(spelt: str, table: Mapping[str, tuple[str, ...]]) -> set[str]:
    """All readings of the letters, the longest run of letters first."""
    found = {""}
    at = 0
    while at < len(spelt):
        run = next((spelt[at : at + size] for size in (4, 3, 2, 1) if spelt[at : at + size] in table), spelt[at])
        found = {before + one for before in sorted(found)[:_MOST_READINGS] for one in table.get(run, ("",))}
        at += len(run)
    return found
