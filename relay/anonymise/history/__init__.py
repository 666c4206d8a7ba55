"""Removes names, addresses and times from quoted history: from attributions and header blocks of earlier letters."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from relay.anonymise.any_case import holds_any
from relay.anonymise.history.above import lines_above_quotations
from relay.anonymise.history.attribution import attributions
from relay.anonymise.history.blocks import HEADER, NAME, in_blocks
from relay.anonymise.history.candidate import Attribution
from relay.anonymise.history.groupwise import groupwise_lines
from relay.anonymise.history.joined import joined_lines
from relay.anonymise.history.language import DetectedLanguage, language_of_letter
from relay.anonymise.history.lines import Lines
from relay.anonymise.history.our_lines import MadeLines, language_of, our_line
from relay.anonymise.history.people import People
from relay.anonymise.history.reading_panes import pane_heads
from relay.anonymise.history.running_fields import in_running_lines
from relay.anonymise.identities import Finding, Redactor

QUOTED = frozenset({NAME, HEADER})
"""The kinds of findings in quoted history."""

_SIGNS = (":", "：", "՝", "﹕", "፦", "፡", "៖", " ---", "in message ", "in article ", " writes\n", " wrote\n", ">>>")
"""Every line that mail programs write above a quotation contains one of these."""

_Place = TypeVar("_Place", Finding, Attribution)


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
    running = list(in_running_lines(lines, people))
    if running:
        in_fields = sorted((*running, *_beside(running, in_fields)), key=_start)
    # A header field may end in a colon, like an attribution.
    made = redactor.of_letter(MadeLines)
    attributed = _beside(in_fields, list(_apart(sorted(_attributed(lines, people, removed, made), key=_start))))
    return sorted((*in_fields, *attributed), key=_start)


def _start(finding: Finding | Attribution) -> int:
    return finding.start


def _beside(first: Sequence[_Place], others: Iterable[_Place]) -> Iterator[_Place]:
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
    joined = list(joined_lines(lines))
    panes = list(pane_heads(lines))
    others = (*attributions(lines), *groupwise_lines(lines), *lines_above_quotations(lines))
    others = (*panes, *_beside(panes, sorted(others, key=_start))) if panes else others
    # To the others, an advertisement and the words before it would look like a name.
    for found in (*joined, *(_beside(joined, sorted(others, key=_start)) if joined else others)):
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
