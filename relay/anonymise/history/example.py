"""Tells a header that a letter shows as an example from one that a program wrote above an earlier letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from relay.anonymise.history.labels import Field
from relay.anonymise.history.lines import Line, Lines
from relay.anonymise.history.unmarked import Labelled
from relay.anonymise.names.fold import skeleton_of
from relay.anonymise.names.roles import PLACEHOLDER_WORDS, ROLE_WORDS

_PEOPLE = frozenset({Field.FROM, Field.TO, Field.COPY})
_BARE = re.compile(r"[\s*_]*<?(?P<local>[^\s<>@,;:]{1,64})@[^\s<>@,;:]{1,200}>?[\s*_]*\Z")
_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")
_PLACEHOLDERS = frozenset(map(skeleton_of, PLACEHOLDER_WORDS))
_ROLES = ROLE_WORDS | frozenset(
    str.split("info hr jobs job hiring recruiting recruitment bewerbung emploi empleo rh karriere firma company")
)


def is_example(lines: Lines, block: Sequence[Labelled], values: Sequence[str]) -> bool:
    """Whether a block of fields is an example: the line above announces it with a colon, and whoever it names is a bare
    address of a placeholder, and perhaps of a role. What may be a person's is taken for real, whatever stands above."""
    people = [value for field, value in zip(block, values, strict=True) if field.field in _PEOPLE]
    if not people or any(field.field is Field.RAW for field in block) or not _is_announced(lines, block[0].first):
        return False
    words = [_words_of(value) for value in people]
    return all(one and one <= _PLACEHOLDERS | _ROLES for one in words) and any(one <= _PLACEHOLDERS for one in words)


def _words_of(value: str) -> frozenset[str]:
    """The words before the sign of a bare address; none of anything else."""
    found = _BARE.match(value)
    return frozenset(_WORD.findall(_DIGITS.sub(" ", skeleton_of(found["local"])))) if found else frozenset()


def _is_announced(lines: Lines, first: int) -> bool:
    """Whether the nearest line above, in the same letter, is words that end in a colon."""
    above: Line | None = next((lines[n] for n in range(first - 1, max(-1, first - 4), -1) if not lines[n].blank), None)
    if above is None or above.depth != lines[first].depth:
        return False
    words = lines.text[above.body : above.end].rstrip(" \t\xa0*_")
    spoken = sum(1 for one, other in pairwise(words) if one.isalpha() and not other.isalpha())
    return words.endswith((":", "：", "፦", "៖")) and "@" not in words and (spoken >= 3 or not words.isascii())
