"""Finds the links in running text that have to change, and what stands in their place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from relay.anonymise import tokens
from relay.anonymise.identities import Finding, Redactor, replaced
from relay.anonymise.links.clean import Link, cleaned
from relay.anonymise.links.owners import by_program, shows_owner
from relay.anonymise.links.read import Reading, read_link
from relay.anonymise.links.services import may_show_gateway
from relay.anonymise.links.written import Written, links_in
from relay.anonymise.signature_blocks import Rows, own_passages

GONE = "[…]"
"""What stands in the place of a link that leads nowhere any more."""

_APART = "\n\nж\n\n"  # a word as separator, so that no name is found across two links


class LinksInText(NamedTuple):
    """``changed``: the links that are wrapped, tracked or name somebody, with what stands in their place; ``owned``:
    those in the author's own words that show their owner, with the link as it will stand there. Each in order, none
    overlapping."""

    changed: list[Finding]
    owned: list[Finding]


def find(text: str, redactor: Redactor, named: Sequence[Finding] | None = None) -> LinksInText:
    """Everything in the links of a text. ``named`` is what the redactor finds in it, where that is known.

    Kinds of what changed: "tracking" where a link leads where it led, "broken-link" where it may not, and "link" for
    such a one in quoted words. Kinds of what shows its owner: those of owners.py. Linear in the text.
    """
    if "://" not in text and not may_show_gateway(text):
        return LinksInText([], [])
    named = redactor.find(text) if named is None else named
    starts = [finding.start for finding in named]
    changed: list[tuple[Written, Reading]] = []
    owned: dict[int, Finding] = {}
    is_own = in_own_words(text, redactor)
    for written in links_in(text):
        first = bisect_left(starts, written.start)
        reading = read_link(written.url)
        if reading.changed or (first < len(named) and named[first].end <= written.end):
            changed.append((written, reading))
        owner = None if reading.closed else shows_owner(reading.url, redactor)
        if owner and is_own(written.start):
            owned[written.start] = Finding(written.start, written.end, reading.url, owner.kind)
    telling = _telling([reading.url for _, reading in changed], redactor)
    out: list[Finding] = []
    for (written, reading), tells in zip(changed, telling, strict=True):
        link = cleaned(reading, redactor) if tells else Link(reading.url or None, reading)
        missed = link.broken and reading.is_missed_in(text) and not by_program(reading.url)
        out += _finding(written, link, redactor, missed=missed and is_own(written.start))
        if link.broken:
            owned.pop(written.start, None)  # what is left of it shows nobody
    return LinksInText(out, list(owned.values()))


def _telling(urls: Sequence[str], redactor: Redactor) -> list[bool]:
    """Whether each link may hold an identity. All are searched in one pass, because most hold none."""
    text = _APART.join(urls)
    found = [*redactor.find(text), *tokens.find(text, redactor)] if urls else []
    begins = list(accumulate((len(url) + len(_APART) for url in urls), initial=0))
    telling = [False] * len(urls)
    for finding in found:
        last = bisect_right(begins, max(finding.start, finding.end - 1)) - 1
        for at in range(bisect_right(begins, finding.start) - 1, min(last + 1, len(urls))):
            telling[at] = True
    return telling


def in_own_words(text: str, redactor: Redactor) -> Callable[[int], bool]:
    """A function that says of a place in the text whether the author's own words are there, or what they quote."""

    return _OwnWords(text, redactor.of_letter(Rows)).hold


class _OwnWords:
    """The author's own words in a text, found on first use: most texts have no link to ask for."""

    def __init__(self, text: str, rows: Rows) -> None:
        self._text, self._rows = text, rows

    @cached_property
    def _ranges(self) -> list[tuple[int, int]]:
        return list(own_passages(self._text, self._rows))

    def hold(self, place: int) -> bool:
        """Whether they stand at ``place``."""
        at = bisect_right(self._ranges, place, key=lambda one: one[0]) - 1
        return at >= 0 and place < self._ranges[at][1]


def _finding(written: Written, link: Link, redactor: Redactor, *, missed: bool) -> Iterator[Finding]:
    target = link.reading.url
    words = link.url if link.url is not None else replaced(target, redactor.find(target))
    if not words or " " in words:
        words = GONE  # a host with a pseudonym in it leads nowhere
    kind = "tracking"
    if link.broken:
        kind = "broken-link" if missed else "link"
    yield Finding(written.start, written.end, words, kind)
