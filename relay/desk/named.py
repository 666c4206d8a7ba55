"""Finds the pair that a member means by the words behind a command."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from relay.message.confirmation.answer_line import folded_words
from relay.store import Part

_DIGITS = 5
_ALIKE = 0.75


def nearly_named(parts: Sequence[Part], words: str) -> bool:
    """Whether ``words`` are nearly the name of the other member in one of ``parts``, or a part of it: then it is asked
    about."""
    wanted = folded_words(words)
    names = [folded_words(part.pair.persona(part.side.other).name) for part in parts]
    said = " ".join(wanted)
    alike = any(SequenceMatcher(None, said, " ".join(name)).ratio() >= _ALIKE for name in names)
    return bool(wanted) and (alike or any(set(wanted) <= set(name) for name in names))


def named_part(parts: Sequence[Part], words: str) -> Part | None:
    """The one of ``parts`` whose other member has the name ``words``, or that stands at this number in the list."""
    wanted = folded_words(words)
    numbers = [int(word) for word in wanted if word.isdecimal() and len(word) < _DIGITS]
    if len(numbers) == 1 and 1 <= numbers[0] <= len(parts):
        return parts[numbers[0] - 1]
    named = (part for part in parts if folded_words(part.pair.persona(part.side.other).name) == wanted)
    return next(named, None)
