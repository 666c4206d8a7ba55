"""Tells whether an answer is a letter that its author wrote anew, or words about it."""

from __future__ import annotations

from unicodedata import category

_LOOKED_AT = 4096  # characters of each
_TOGETHER = 12  # letters and digits in a row, in any script, across words
_SHARE = 0.3
"""How much of the shorter one must stand in the other. Words about a letter share its topic, but few of its clauses."""
_FEWEST = 24


def is_written_again(answer: str, letter: str) -> bool:
    """Whether ``answer`` is another version of ``letter``: both without quotations."""
    one, other = _rows(answer), _rows(letter)
    shorter = min(len(one), len(other))
    return shorter >= _FEWEST and len(one & other) >= _SHARE * shorter


def _rows(text: str) -> set[str]:
    letters = "".join(char for char in text[:_LOOKED_AT].casefold() if category(char)[0] in "LMN")
    return {letters[at : at + _TOGETHER] for at in range(len(letters) - _TOGETHER + 1)}
