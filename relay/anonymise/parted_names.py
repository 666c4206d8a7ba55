"""Finds names that are parted by a blank: a header field was folded within them (RFC 5322 2.2.3): "Whit combe"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from relay.anonymise.identities import Finding, Redactor

_AROUND = 80  # characters on each side
_MOST = 40
_SHORTEST = 5  # letters; "Ann a" is no Anna


def parted_names(text: str, blanks: Iterable[tuple[int, int]], redactor: Redactor) -> list[Finding]:
    """Mentions of the author in the text with one of these ``blanks`` (start, end) inside of one of their words, in
    order and apart from each other. Looks at the first forty blanks."""
    found: list[Finding] = []
    for start, end in islice(blanks, _MOST):
        found += (one for one in _across(text, start, end, redactor) if not found or one.start >= found[-1].end)
    return found


def _across(text: str, start: int, end: int, redactor: Redactor) -> Iterator[Finding]:
    first = max(0, start - _AROUND)
    before, behind = text[first:start], text[end : end + _AROUND]
    if not (before and behind) or before[-1].isspace() or behind[0].isspace():
        return
    for one in redactor.find(before + behind):
        if one.start < len(before) < one.end and one.end - one.start >= _SHORTEST:
            yield replace(one, start=first + one.start, end=first + one.end + end - start)
