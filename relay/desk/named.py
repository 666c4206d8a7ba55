"""Finds the pair that a member means by the words behind a command."""

from __future__ import annotations

from collections.abc import Sequence

from relay.message.confirmation.answer_line import folded_words
from relay.store import Part

_DIGITS = 5


def named_part(parts: Sequence[Part], words: str) -> Part | None:
    """The one of ``parts`` whose other member has the name ``words``, or that stands at this number in the list."""
    wanted = folded_words(words)
    numbers = [int(word) for word in wanted if word.isdecimal() and len(word) < _DIGITS]
    if len(numbers) == 1 and 1 <= numbers[0] <= len(parts):
        return parts[numbers[0] - 1]
    named = (part for part in parts if folded_words(part.pair.persona(part.side.other).name) == wanted)
    return next(named, None)
