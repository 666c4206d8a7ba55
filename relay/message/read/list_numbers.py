"""The numbers of a list's items as a page shows them (HTML Standard 4.4.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_VALUES = (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1)
_ROMAN = tuple(zip(_VALUES, str.split("m cm d cd c xc l xl x ix v iv i"), strict=True))


@dataclass(slots=True)
class Numbers:
    """Counts the items of one list. ``sign`` is "1", "a", "A", "i" or "I"."""

    number: int = 1
    sign: str = "1"

    @classmethod
    def of(cls, attributes: Mapping[str, str | None]) -> Numbers:
        """The numbers of an ``ol`` element with these attributes."""
        sign = attributes.get("type") or "1"
        return cls(_whole(attributes.get("start") or "", 1), sign if sign in ("a", "A", "i", "I") else "1")

    def next(self, value: str) -> str:
        """The number of the next item; ``value`` is what the item says of it itself, or ""."""
        number = _whole(value, self.number)
        self.number = number + 1
        if self.sign == "1" or number < 1:
            return str(number)
        told = _letters(number) if self.sign in "aA" else _roman(number)
        return told.upper() if self.sign.isupper() else told


def _whole(value: str, otherwise: int) -> int:
    value = value.strip()
    digits = value.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 7):
        return otherwise
    return int(value)


def _letters(number: int) -> str:
    out = ""
    while number > 0:
        number, letter = divmod(number - 1, 26)
        out = chr(ord("a") + letter) + out
    return out


def _roman(number: int) -> str:
    if number > 3999:
        return str(number)
    out = ""
    for value, sign in _ROMAN:
        while number >= value:
            out += sign
            number -= value
    return out
