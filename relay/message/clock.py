"""Patterns of a time of day: "21:14", "21.14", "21h14", "21時14", "9 pm", in the digits of any script."""

from __future__ import annotations

import re

_SIGNS = ":：∶.٫hH"
_WORDS = "时時点點시"

SEPARATORS = _SIGNS + _WORDS
"""What parts hours and minutes, as the inside of a character class: colons (of CJK, and the sign of ratios that Polish
programs write), the full stop and the Arabic decimal separator, "h", and the Chinese, Japanese and Korean "hour"."""

NUMBER = rf"\d+(?:[./\-‐–−T{_SIGNS}]\d+|[年月日{_WORDS}分秒년월일분초]\d*)*"
"""A number, or several in one word: a date or a time of day, "2026-02-03T21:14", "2026年2月3日"."""

HALF = r"[aApP]\.?[mM]\b"
"""Half of the day in English: "pm", "P.M"."""

HOURS = rf"\d{{1,2}}[{SEPARATORS}]\d\d(?!\d)"
"""Hours and minutes. A short date with full stops, "03.02.26", begins like that, too."""

HOURS_APART = rf"\d{{1,2}}[{SEPARATORS}]\s?\d\d(?!\d)"
"""The same, with a blank or a line end behind the separator: "21時 14"."""

LIKE_HOURS = re.compile(rf"(?<!\d){HOURS}")

# It begins with a class of signs, by which a search skips a text quickly.
LIKE_HOURS_APART = re.compile(HOURS_APART)

SECONDS = re.compile(r"(?<![\d:.])\d{1,2}([:：∶.٫])\d{2}\1\d{2}(?![\d.])")
"""A time of day with seconds, as people do not write it."""

CLOCK = re.compile(
    rf"(?<![\d.])\d{{1,2}}(?:[{SEPARATORS.replace('.', '')}][ ]?\d\d|\.\d\d(?!\.?\d)|\s?(?:{HALF}|[hH]\b))"
)
"""A time of day that is no date: "21:14", "9pm", "21 h"."""

HAS_CLOCK = re.compile(rf"\d(?:[{SEPARATORS}]|\s?(?:{HALF}|[hH]\b))")
"""A quick test: every time of day has such a sign."""
_HAS_CLOCK_IN_ASCII = re.compile(HAS_CLOCK.pattern.replace(r"\d", "[0-9]"), re.ASCII)


def may_hold_clock(text: str) -> bool:
    """A quick test whether a text may hold a time of day: False is certain."""
    return (_HAS_CLOCK_IN_ASCII if text.isascii() else HAS_CLOCK).search(text) is not None
