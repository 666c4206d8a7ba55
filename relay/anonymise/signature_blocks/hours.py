"""Recognises lines of a signature that say by which clock its author lives: "Lisbon · GMT+0", "Hours: 9–17 CET"."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

from relay.anonymise.any_case import holds_any, small
from relay.anonymise.zones import ABBREVIATIONS, LABELS

_DIGIT = re.compile(r"\d")
# A zone alone, or behind a place: "(UTC+01:00)", "Prague (CET)", "Lisbon GMT+0".
_ZONED = re.compile(
    r"[\W_]{0,4}(?P<place>[^\W\d_][^\d:;!?(]{0,40}[ ,:])?[\s(\[]*"
    r"(?:(?:GMT|UTC)(?:[ ]?[+\-−–±][ ]?\d{1,2}(?::?\d\d)?)?|(?P<letters>[A-Z]{3,5}))[\s)\]]*\Z"
)
_MOST_WORDS = 4  # of a place


@lru_cache(maxsize=1)
def _words() -> tuple[str, ...]:
    """The words for hours of work, in small letters."""
    lines = tomllib.loads(files(__package__).joinpath("hours.toml").read_text("utf-8"))["hours"].strip().split("\n")
    return tuple(small(word.strip()) for line in lines for word in line.partition(":")[2].split("|"))


def load() -> None:
    """Read the words. Raises ValueError when the file is invalid."""
    _words()


def tells_hours(part: str, low: str) -> bool:
    """Whether a part of a line is a time zone, with a place or alone, or tells hours of work. ``low`` is it in small
    letters. Bounded work."""
    if _is_zone(part):
        return True
    if low.startswith(LABELS):
        return True
    return _DIGIT.search(part) is not None and (holds_any(low, _words()) or holds_any(low, LABELS))


def _is_zone(part: str) -> bool:
    """Whether it ends in a zone, and nothing but a place is before it."""
    if not part[-1:].isalnum() and part[-1:] not in ")]":
        return False
    found = _ZONED.match(part)
    if found is None or (found["letters"] and found["letters"].lower() not in ABBREVIATIONS):
        return False
    place = (found["place"] or "").strip(" ,:").split()
    # People, too, write "I am in Lisbon, GMT": a place has capitals.
    return len(place) <= _MOST_WORDS and all(not word[:1].islower() or len(word) < 3 for word in place)
