"""Removes names, addresses and times from quoted history: from attributions and header blocks of earlier letters."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from relay.anonymise.any_case import holds_any
from relay.anonymise.history.above import lines_above_quotations
from relay.anonymise.history.attribution import attributions
from relay.anonymise.history.blocks import HEADER, NAME, in_blocks
from relay.anonymise.history.groupwise import groupwise_lines
from relay.anonymise.history.joined import joined_lines
from relay.anonymise.history.language import DetectedLanguage, language_of_letter
from relay.anonymise.history.lines import Lines
from relay.anonymise.history.ours import MadeLines, language_of, our_line
from relay.anonymise.history.people import People
from relay.anonymise.identities import Finding, Redactor

QUOTED = frozenset({NAME, HEADER})
"""The kinds of findings in quoted history."""

_SIGNS = (":", "：", "՝", "﹕", "፦", "፡", "៖", " ---", "in message ", "in article ", " writes\n", ">>>")
"""Every line that mail programs write above a quotation contains one of these."""


def find_history(text: str, redactor: Redactor, removed: Sequence[Finding] = ()) -> list[Finding]:
    """Every name, address and time in the lines that mail programs write above a quotation, in order.

    An attribution is replaced by one line of ours; the pair's members get their pseudonyms, everybody else is dropped.
    ``removed`` are signatures, footers and notices: their language is not the letter's. Linear in the text.
    """
    if not holds_any(text, _SIGNS):
        return []
    lines = Lines(text)
    people = People(text, redactor)
    in_fields = list(_apart(sorted(in_blocks(lines, people), key=_start)))
    # A header field may end in a colon, like an attribution.
    made = redactor.of_letter(MadeLines)
    attributed = _beside(in_fields, list(_apart(sorted(_attributed(lines, people, removed, made), key=_start))))
    return sorted((*in_fields, *attributed), key=_start)


def _start(finding: Finding) -> int:
    return finding.start


def _beside(first: list[Finding], others: list[Finding]) -> Iterator[Finding]:
    """Those of the others that overlap none of the first. Both are in order."""
    ends = [finding.end for finding in first]
    for finding in others:
        at = bisect_right(ends, finding.start)
        if at == len(first) or first[at].start >= finding.end:
            yield finding


def _apart(found: list[Finding]) -> Iterator[Finding]:
    """Without overlaps: of two findings that overlap the first is kept, and the rest of the second is removed too."""
    end = 0
    for finding in found:
        if finding.start >= end:
            yield finding
            end = finding.end
        elif finding.end > end:
            yield Finding(end, finding.end, "", finding.kind)
            end = finding.end


def _attributed(lines: Lines, people: People, removed: Sequence[Finding], made: MadeLines) -> Iterator[Finding]:
    """A line that contains a time or an address is replaced by one of ours, which is noted in ``made``; in other lines
    only the names are."""
    language: DetectedLanguage | None = None
    for found in (*joined_lines(lines), *attributions(lines), *groupwise_lines(lines), *lines_above_quotations(lines)):
        if found.revealing:
            language = language or language_of_letter(lines, removed)
            line = our_line(language_of(found.verbs, found.words, language), people.who_wrote(found))
            if lines.text[found.start : found.end] != line:
                made.add(line)
                named = any(not people.harmless(start, end) for start, end in found.names)
                yield Finding(found.start, found.end, line, NAME if named else HEADER)
            continue
        for start, end in found.names:
            if not people.harmless(start, end):
                yield Finding(start, end, people.instead(start, end), NAME)
