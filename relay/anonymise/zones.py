"""Time zones as people and programs write them beside a time of day (zones.toml): "CET", "+0100", "Europe/Prague",
"(Central European Time)", "Mitteleuropäische Normalzeit"."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from relay.anonymise.any_case import small

_TABLE: dict[str, Any] = tomllib.loads(files(__package__).joinpath("zones.toml").read_text("utf-8"))

ABBREVIATIONS = frozenset(_TABLE["abbreviations"].split())
"""In small letters; programs write them in capitals."""

IN_CAPITALS = "|".join(
    ("[A-Z]{1,4}T", *sorted(word.upper() for word in ABBREVIATIONS if not word.endswith("t") and len(word) > 1))
)
"""A pattern for what may be such an abbreviation in capitals: most end in T."""

LABELS = tuple(small(label) for several in _TABLE["labels"].values() for label in several)
"""What stands before a zone, in small letters: "time zone"."""

OFFSET = r"[+\-−]\d{1,2}(?::?\d\d)?"
"""A pattern for an offset from UTC: "+1", "+0100", "−03:30"."""

UTC = rf"(?:GMT|UTC)(?:[ ]?{OFFSET})?"
"""A pattern for UTC, with an offset or without."""


def _any_of(words: Iterable[str]) -> str:
    """A pattern for one of these words, the longest first."""
    return "|".join(map(re.escape, sorted(set(words), key=lambda word: (-len(word), word))))


LONG_NAMES = (
    r"(?<![^\W\d_])(?:"
    + _any_of(form.format(area) for one in _TABLE["long"].values() for area in one["areas"] for form in one["forms"])
    + r")(?![A-Za-zÀ-ɏЀ-ӿ])"
)
"""A pattern for a long name of a zone; any case."""

_AREA = rf"[(\[]?(?:{_any_of(_TABLE['areas'].split())})/[A-Z][A-Za-z_+\-]{{1,30}}(?:/[A-Z][A-Za-z_]{{1,30}})?[)\]]?"
_NAMED = rf"\((?=[^()\n]{{0,60}}(?i:{_any_of(_TABLE['times'].split())}))[^\W\d_][^()\n@]{{2,70}}\)"

NAMED = re.compile(rf"[ \t]{{0,2}}\n?(?:> ?){{0,9}}[ \t]{{0,2}}(?:{_AREA}|{_NAMED})")
"""A zone of the tz database, or one in brackets by its name, with the blanks, line end and quote marks before it."""
