"""Writes the digits of every script as those of ASCII: programs write the clock in the digits of their user."""

from __future__ import annotations

_MOST_KEPT = 5_000


class _Table(dict[int, int]):
    """Maps each decimal digit (Unicode, General_Category Nd) to that of ASCII, and other characters to themselves."""

    def __missing__(self, code: int) -> int:
        character = chr(code)
        made = ord("0") + int(character) if character.isdecimal() else code
        if len(self) < _MOST_KEPT:
            self[code] = made
        return made


_ASCII = _Table()


def ascii_digits(text: str) -> str:
    """``text`` with digits of ASCII ("٢١:١٤" is "21:14"), as long as before, sign by sign."""
    return text if text.isascii() else text.translate(_ASCII)
