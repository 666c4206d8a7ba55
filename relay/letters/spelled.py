"""Writes days and spans of time as a sentence of a language has them, where CLDR has only the form for a list.

French writes the first of a month as an ordinal: 1er mars 2026. An Arabic dual has another end behind a word that
governs it: خلال يومين, within two days.
"""

from __future__ import annotations

from datetime import date

from babel import Locale
from babel.dates import format_date
from babel.units import format_unit

_SUBJECT, _GOVERNED = "ان", "ين"  # ends of an Arabic dual


def spelled_day(day: date, locale: Locale) -> str:
    """A date such as "12 March 2025"."""
    if locale.language == "fr" and day.day == 1:
        return str(format_date(day, "d'er' MMMM y", locale=locale))
    return str(format_date(day, "long", locale=locale))


def spelled_span(number: int, unit: str, locale: Locale) -> str:
    """A duration such as "3 days". ``unit``: of CLDR, such as day or hour."""
    span = str(format_unit(number, unit, "long", locale=locale))
    if locale.language == "ar" and number == 2 and span.endswith(_SUBJECT):
        return span.removesuffix(_SUBJECT) + _GOVERNED
    return span
