"""Compares the words of two versions of one text."""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+")


def says_all(made: str, written: str) -> bool:
    """Whether all words of ``written`` occur in ``made``, in order."""
    words = iter(_WORD.findall(made))
    return all(word[0] in words for word in _WORD.finditer(written))
