"""Takes people out of quoted history: out of attributions and out of the header blocks of earlier letters."""

from __future__ import annotations

from collections.abc import Iterator

from relay.anonymise.history.attribution import attributions
from relay.anonymise.history.blocks import HEADER, NAME, in_blocks
from relay.anonymise.history.lines import Lines
from relay.anonymise.history.people import People
from relay.anonymise.identities import Finding, Redactor

QUOTED = frozenset({NAME, HEADER})
"""The kinds of what is found here."""

_SIGNS = (":", "：", "﹕", " ----", "in message ", "in article ")
"""One of them is in every line that mail programs write above the words they quote."""


def find_history(text: str, redactor: Redactor) -> list[Finding]:
    """Every name, address and time zone in the lines that mail programs write above the words they quote, in order.

    The two people get their pseudonyms, everybody else is left out. Linear in the text.
    """
    if not any(sign in text for sign in _SIGNS):
        return []
    lines = Lines(text)
    people = People(text, redactor)
    found = sorted((*in_blocks(lines, people), *_attributed(lines, people)), key=lambda finding: finding.start)
    return list(_apart(found))


def _apart(found: list[Finding]) -> Iterator[Finding]:
    """Of those that overlap the first; none ends behind the next one's start."""
    end = 0
    for finding in found:
        if finding.start >= end:
            yield finding
            end = finding.end
        elif finding.end > end:
            yield Finding(end, finding.end, "", finding.kind)
            end = finding.end


def _attributed(lines: Lines, people: People) -> Iterator[Finding]:
    for attribution in attributions(lines):
        for start, end in attribution.names:
            if not people.harmless(start, end):
                yield Finding(start, end, people.instead(start, end), NAME)
        for start, end in attribution.zones:
            yield _without(lines.text, start, end)


def _without(text: str, start: int, end: int) -> Finding:
    """Take it out, and the blanks before it."""
    while start > 0 and text[start - 1] in " \t\xa0":
        start -= 1
    return Finding(start, end, "", HEADER)
