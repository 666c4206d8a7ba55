"""Finds the moments that programs write: a time of day with its date or time zone, "Tue, 3 Feb 2026 21:14 (UTC+1)"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from relay.anonymise.history.parts import Parts, tells_time, tells_year
from relay.anonymise.history.tokens import MAX_LINE, Kind, tokens
from relay.anonymise.zones import IN_CAPITALS, NAMED, OFFSET, UTC
from relay.message.clock import CLOCK, HALF, HAS_CLOCK, HOURS

TELLS_MORE = re.compile(
    rf"[0-9](?:[0-9]{{3}}|[./\-][0-9])|UTC|GMT|[+\-−][0-9]|(?:{IN_CAPITALS})\b|/[A-Z]|[0-9]Z\b|[年년]"
)
"""A quick test whether a year, a short date or a time zone may stand beside it: without, it may be a person's."""

# Places behind an offset: "(UTC+01:00) Amsterdam, Berlin".
_CITY = r"[^\W\d_]{2,20}(?:[ .'’-]{1,2}[^\W\d_a-zà-ÿ][^\W\d_]{0,20}){0,3}"
_CITIES = re.compile(rf"[)\]][ \t](?![^\W\d_a-zà-ÿ][^\W\d_]*[ \t][a-zà-ÿ]){_CITY}(?:, {_CITY}){{0,8}}|[)\]]")
# Of ISO 8601, and on the next line, also at the end of a sentence.
_GLUED = re.compile(
    r"[+\-−]\d\d(?::?\d\d)?(?!\d)|Z\b"
    r"|\s{0,2}(?:>[> ]{0,9})?(?:(?:GMT|UTC)[+\-−]\d\d?(?::?\d\d)?|[+\-−]\d\d:?\d\d)(?!\d)"
)
_UNTIL = re.compile(rf"[ ]?[~～〜–—-][ ]?(?:[^\W\d_]{{1,2}})?{HOURS}(?:分|분|[ ]?{HALF}\.?)?")
_DOTS = str.maketrans("⋅·•∙|", ",,,,,")
"""Signs between the day and the hours."""
_OFFSET = re.compile(rf"(?:{UTC}|[ ]?{OFFSET})\Z")


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment at [start, end), with the preposition before it ("on", "am"). ``dated``: it has a year; ``zoned``: a
    time zone, or a place in one."""

    start: int
    end: int
    dated: bool
    zoned: bool


def moment_in(text: str, start: int, end: int) -> Moment | None:
    """The most complete moment in text[start:end], of which the last 400 characters are read; None without a clock."""
    start = max(start, end - MAX_LINE)
    if HAS_CLOCK.search(text, start, end) is None:
        return None
    piece = text[start:end].translate(_DOTS)
    several = list(tokens(piece, 0, len(piece), {}))
    date = Parts(piece, several).date
    if not date:
        return None
    first, last = several[date[0]], several[date[-1]]
    says = piece[first.start : last.end]
    if not (tells_time(says) or CLOCK.search(says)):
        return None
    until = _UNTIL.match(piece, last.end)
    stop, zoned = _with_zone(piece, until.end() if until else last.end)
    zoned = zoned or any(several[n].kind is Kind.ZONE for n in date)
    return Moment(start + first.start, start + stop, tells_year(says), zoned)


def zone_in(text: str) -> tuple[int, int] | None:
    """Where a time zone of the tz database stands ("Europe/Prague"), or one in brackets by its name."""
    found = NAMED.search(text)
    return found.span() if found else None


def _with_zone(text: str, stop: int) -> tuple[int, bool]:
    """Where the moment ends with the place of its zone, and whether it has one."""
    if glued := _GLUED.match(text, stop):
        return glued.end(), True
    if placed := NAMED.match(text, stop):
        return placed.end(), True
    closing = _CITIES.match(text, stop) if text[stop : stop + 1] in (")", "]") else None
    opened = text.rfind("(", max(0, stop - 40), stop)
    if closing and opened >= 0:
        offset = _OFFSET.search(text[opened + 1 : stop]) is not None
        return (closing.end() if offset else stop + 1), offset
    return stop, False
