"""A quick test whether a text may hold one of many phrases: by the first letters of its words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from relay.anonymise.any_case import holds_any
from relay.anonymise.appended.tokens import tokens
from relay.anonymise.names.fold import skeleton_of

_START, _LONG, _MANY = 4, 6, 9
_BREAKS = re.compile(r"[\s\"'’‘`“”„«»<>.,;:!?()\[\]{}|/\\@&_=+*#~-]+|[–—]")


class Hints:
    """Each phrase shows by the first letters of its longest word; in scripts without blanks by itself."""

    def __init__(self, phrases: Iterable[str]) -> None:
        read = {phrase: found for phrase in phrases if (found := tokens(phrase))}
        several = list(read.values())
        spaced = [phrase for phrase, one in read.items() if not one[0].unspaced]
        # As tokens() joins its words, and as they stand apart: "Y-tunnus" is one word there.
        firsts = {_BREAKS.split(max((token.folded for token in read[phrase]), key=len))[0] for phrase in spaced}
        firsts |= {max(_BREAKS.split(_low(phrase)), key=len) for phrase in spaced}
        # More letters of a long word, because four are those of many words ("note", "last").
        self._starts = frozenset(first[:_START] for first in firsts if len(first) < _LONG)
        self._long_starts = frozenset(first[:_LONG] for first in firsts if len(first) >= _LONG)
        self._unspaced = tuple(
            dict.fromkeys("".join(token.folded for token in one) for one in several if one[0].unspaced)
        )

    def count(self, text: str) -> int:
        """How many phrases may be in the text; one in a script without blanks counts as many. 0 is certain."""
        low = _low(text)
        words = _BREAKS.split(low)
        found = ({word[:_START] for word in words} & self._starts) | (
            {word[:_LONG] for word in words} & self._long_starts
        )
        # Korean has blanks within such a phrase; tokens() joins the words around them.
        return len(found) + (_MANY if not low.isascii() and holds_any("".join(low.split()), self._unspaced) else 0)


def _low(text: str) -> str:
    return text.lower() if text.isascii() else skeleton_of(text)
