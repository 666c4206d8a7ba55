"""All that is taken out of running text: of the letter itself, plain or formatted, and of files that are text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

from relay.anonymise.armour import armoured
from relay.anonymise.identities import Finding, Redactor

Finder = Callable[[str, Redactor], list[Finding]]


def _identities(text: str, redactor: Redactor) -> list[Finding]:
    return redactor.find(text)


# Where two find the same, the earlier one's replacement stands: of a key nothing stays, whoever it names.
FINDERS: tuple[Finder, ...] = (armoured, _identities)


def passages(text: str, redactor: Redactor) -> list[Finding]:
    """Every passage of ``text``, as a reader sees it, that must not stay; in order, none overlapping."""
    found = [finder(text, redactor) for finder in FINDERS]
    return found[0] if len(found) == 1 else _together(found)


def _together(found: Sequence[list[Finding]]) -> list[Finding]:
    """One finding for each place: those that overlap become one, with the words of the first finder's."""
    ranked = sorted(
        chain.from_iterable(((f.start, rank, f) for f in several) for rank, several in enumerate(found)),
        key=lambda item: item[:2],
    )
    out: list[tuple[int, Finding]] = []
    for _, rank, finding in ranked:
        if not out or finding.start >= out[-1][1].end:
            out.append((rank, finding))
            continue
        before, last = out[-1]
        words = last if before <= rank else finding
        out[-1] = (min(before, rank), Finding(last.start, max(last.end, finding.end), words.replacement, words.kind))
    return [finding for _, finding in out]
