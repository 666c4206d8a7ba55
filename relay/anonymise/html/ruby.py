"""Puts the readings of characters (ruby, HTML Standard 4.5.10) into brackets, because their elements are dropped."""

from __future__ import annotations

import re

_READING = re.compile(r"<rt\b[^<>]*+>", re.IGNORECASE)
# A reading ends with its element, or where another part of the ruby begins or ends.
_WHOLE = re.compile(
    rf"{_READING.pattern}(?P<words>[^<]*+(?>(?:<(?!/?(?:rt|rp|rb|rtc|ruby)\b)[^<]*+)*))(?:</rt\s*>)?", re.IGNORECASE
)
_BRACKETS = re.compile(r"<rp\b", re.IGNORECASE)


def with_readings_in_brackets(html: str) -> str:
    """The page with "漢(かん)" for a character with its reading; as it is where it has brackets of its own. Linear."""
    if _READING.search(html) is None or _BRACKETS.search(html):
        return html
    return _WHOLE.sub(r"(\g<words>)", html)
