"""A number with its noun, as in "1 letter" and "3 letters"."""

from __future__ import annotations


def counted(number: int, one: str, more: str = "") -> str:
    """The number and the noun, with the verb behind it if there is one: counted(1, "pair has", "pairs have").

    Without ``more`` the noun gets an s.
    """
    return f"{number} {one if number == 1 else more or f'{one}s'}"
