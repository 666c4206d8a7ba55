"""Reads the day until which somebody is away, as people write it in any language that relay knows.

    2027-02-09, ٢٠٢٧/٠٢/٠٩      a year, a month, a day, with digits of any script
    9 February, 9 de febrero     a day and the name of a month (CLDR), with or without a year: the next such day
    25/12                        only one of the two can be the month
    Monday                       the next one

Only what can be read in one way is read: "9/2" is the second of September to some.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from babel import Locale
from babel.localedata import locale_identifiers

from relay.message.confirmation.answer_line import INVISIBLE, folded_words
from relay.message.desk.read_command import without_until
from relay.message.digits import ascii_digits

_LONGEST = 200  # characters that are examined
_MOST_AHEAD = timedelta(days=366)
_LEAP_YEARS = 8  # at most between two 29 February
_MONTHS = 12
_JOINT = 3  # letters of a word that may stand between day and month: of, de, ya

_NUMERIC = re.compile(r"(?<!\d)(\d{1,4}) ?([-/.]) ?(\d{1,2})(?: ?\2 ?(\d{1,4}))?(?!\d)")
_BASIC = re.compile(r"(?<!\d)(20\d\d)(\d\d)(\d\d)(?!\d)")  # ISO 8601, without hyphens
_ORDINAL = re.compile(r"(?<=\d)[a-z]{1,2}(?![a-z])")
_DASHES = str.maketrans({**dict.fromkeys("‐‑‒–—−", "-"), "؍": "/"})

Words = tuple[str, ...]


class DateFault(StrEnum):
    """Why no day was read: there is none, none that is certain, two that are possible, one that is over, or one that is
    more than a year ahead."""

    MISSING = "missing"
    UNCLEAR = "unclear"
    AMBIGUOUS = "ambiguous"
    PAST = "past"
    FAR = "far"


def read_date(text: str, today: date, languages: Sequence[str]) -> date | DateFault:
    """The day that ``text`` names, after ``today`` and within a year. Names of months and days are looked up in
    ``languages`` (of CLDR), in their order."""
    plain = _plain(without_until(text))
    if not plain:
        return DateFault.MISSING
    reader = _Reader(today, _calendar(tuple(languages)))
    numeric = [*_BASIC.finditer(plain), *_NUMERIC.finditer(plain)]
    if not numeric:
        return reader.in_words(_tokens(plain))
    rest = _tokens(f"{plain[: numeric[0].start()]} {plain[numeric[0].end() :]}")
    if len(numeric) > 1 or any(one.isdecimal() for one in rest):
        return DateFault.UNCLEAR
    return reader.in_digits(numeric[0], rest)


@dataclass(frozen=True, slots=True)
class _Calendar:
    """The names of months, and of the days of the week from Monday (0) on, folded."""

    months: Mapping[Words, int]
    days: Mapping[Words, int]

    def month_at(self, words: Words, place: int) -> tuple[int, int]:
        """The month whose name begins at ``place``, and how many words that name has; (0, 0) for none."""
        for length in (2, 1):
            month = self.months.get(words[place : place + length], 0) if place >= 0 else 0
            if month:
                return month, length
        return 0, 0

    def day(self, word: str) -> int | None:
        """The day of the week that ``word`` means; None for none, or when it means a month, too."""
        return None if (word,) in self.months else self.days.get((word,))


class _Named(NamedTuple):
    """A day of a month. ``place``: of its number among the words."""

    day: int
    month: int
    place: int


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the words of one line on the day ``today``."""

    today: date
    calendar: _Calendar

    def in_digits(self, found: re.Match[str], rest: Words) -> date | DateFault:
        """The day that a date in digits means; ``rest``: the other words of the line."""
        if found.re is _BASIC:
            year, month, day = map(int, found.groups())
            return self._checked(year, month, day, rest)
        first, _, second, last = found.groups()
        if len(first) == 4 and last is not None and len(last) <= 2:
            return self._checked(int(first), int(second), int(last), rest)
        whole = len(first) <= 2 and (last is None or len(last) in (2, 4))
        if not whole or any(self.calendar.month_at(rest, place)[0] for place in range(len(rest))):
            return DateFault.UNCLEAR  # "9-20 February" is a span
        small, large = sorted((int(first), int(second)))
        if large <= _MONTHS and small != large:
            return DateFault.AMBIGUOUS
        return self._checked(_year(last), small, large, rest)

    def in_words(self, words: Words) -> date | DateFault:
        """The day in ``words``, which hold no date in digits alone."""
        if len(words) == 1 and (weekday := self.calendar.day(words[0])) is not None:
            return self.today + timedelta(days=(weekday - self.today.weekday() - 1) % 7 + 1)
        named = list(self._named(words))
        if len(named) != 1:
            return DateFault.UNCLEAR
        (found,) = named
        years = [(at, word) for at, word in enumerate(words) if word.isdecimal() and at != found.place]
        if any(len(word) != 4 and (len(word) != 2 or at < found.place) for at, word in years) or len(years) > 1:
            return DateFault.UNCLEAR
        rest = tuple(word for word in words if not word.isdecimal())
        return self._checked(_year(years[0][1]) if years else 0, found.month, found.day, rest)

    def _named(self, words: Words) -> Iterator[_Named]:
        """Each number with the month that stands behind it, or else before it: "9 feb 27" is the ninth."""
        numbers = [place for place, word in enumerate(words) if word.isdecimal() and len(word) <= 2]
        behind = {place: at for place in numbers if (at := self._month_behind(words, place)) >= 0}
        before = {place: at for place in numbers if (at := self._month_before(words, place)) >= 0}
        for place in numbers:
            at = behind.get(place, before.get(place, -1))
            if at >= 0 and (place in behind or at not in behind.values()):
                yield _Named(int(words[place]), self.calendar.month_at(words, at)[0], place)

    def _month_behind(self, words: Words, place: int) -> int:
        """Where the month begins that stands behind the number at ``place``; -1 for none."""
        joined = place + 2 if place + 2 < len(words) and _joins(words[place + 1]) else place + 1
        return next((at for at in (place + 1, joined) if self.calendar.month_at(words, at)[0]), -1)

    def _month_before(self, words: Words, place: int) -> int:
        """The same for a month before that number."""
        ends = (place, place - 1) if place > 1 and _joins(words[place - 1]) else (place,)
        places = ((end - length, length) for end in ends for length in (2, 1))
        return next((at for at, length in places if self.calendar.month_at(words, at)[1] == length), -1)

    def _checked(self, year: int, month: int, day: int, rest: Words) -> date | DateFault:
        """That day, or the next such day when ``year`` is 0, if it is after today and within a year, and a day of the
        week in ``rest`` is its own."""
        today = self.today
        years = [year] if year else range(today.year, today.year + _LEAP_YEARS + 1)
        days = [one for each in years if (one := _day(each, month, day)) is not None]
        if not days:
            return DateFault.UNCLEAR
        meant = next((one for one in days if one >= today), days[-1])
        named = {weekday for word in rest if len(word) > _JOINT and (weekday := self.calendar.day(word)) is not None}
        if named and named != {meant.weekday()}:
            return DateFault.UNCLEAR
        if meant <= today:
            return DateFault.PAST
        return DateFault.FAR if meant - today > _MOST_AHEAD else meant


def _joins(word: str) -> bool:
    return len(word) <= _JOINT and not word.isdecimal()


def _year(number: str | None) -> int:
    return 0 if number is None else int(number) + (2000 if len(number) == 2 else 0)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _plain(text: str) -> str:
    """``text`` with ASCII digits, in lower case, without direction marks and ordinal endings."""
    text = unicodedata.normalize("NFKC", INVISIBLE.sub("", text)[:_LONGEST]).casefold()
    return _ORDINAL.sub("", ascii_digits(text).translate(_DASHES)).strip()


def _tokens(plain: str) -> Words:
    """The words and numbers of ``plain``, folded."""
    pieces = re.findall(r"\d+|[^\d\s]+", plain)
    return tuple(word for piece in pieces for word in ((piece,) if piece.isdecimal() else _folded(piece)))


def _folded(text: str) -> Words:
    decomposed = (unicodedata.normalize("NFD", word) for word in folded_words(text))
    return tuple("".join(char for char in word if not "\u0300" <= char <= "\u036f") for word in decomposed)


@lru_cache(maxsize=16)
def _calendar(languages: tuple[str, ...]) -> _Calendar:
    """The names in ``languages``, also those of single countries: شباط and فبراير are both February."""
    months: dict[Words, int] = {}
    days: dict[Words, int] = {}
    for locale in _locales(languages):
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                _add(months, locale.months[context][width])
                _add(days, locale.days[context][width])
    return _Calendar(months, days)


def _add(names: dict[Words, int], of_locale: Mapping[int, str]) -> None:
    for number, name in of_locale.items():
        if folded := _folded(name):
            names.setdefault(folded, number)


def _locales(languages: Sequence[str]) -> Iterator[Locale]:
    """For each language its own locale, then those of its countries."""
    known = sorted(locale_identifiers(), key=lambda one: (len(one), one))
    for language in languages:
        tag = language.partition("-")[0]
        yield from (Locale.parse(one) for one in known if one == tag or one.startswith(f"{tag}_"))
