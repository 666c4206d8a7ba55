"""Counts what a scrubber removes, by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from relay.anonymise.identities import Finding, Redactor, replaced
from relay.model import Removal


class Tally:
    """One scrubber's counts for one letter."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def __bool__(self) -> bool:
        return bool(self._counts)

    def add(self, kind: str, count: int = 1) -> None:
        """Count ``count`` more removals of a kind."""
        if count:
            self._counts[kind] = self._counts.get(kind, 0) + count

    def found(self, findings: Iterable[Finding]) -> None:
        """Count findings by their kind."""
        for finding in findings:
            self.add(finding.kind)

    def redacted(self, redactor: Redactor, text: str) -> str:
        """The text with its identities replaced, each counted."""
        findings = redactor.find(text)
        self.found(findings)
        return replaced(text, findings)

    def removals(self) -> tuple[Removal, ...]:
        """The counts, in the order in which each kind first occurred."""
        return tuple(Removal(kind, count) for kind, count in self._counts.items())


def merged(removals: Iterable[Removal]) -> tuple[Removal, ...]:
    """One Removal per kind, counts added up, in the order in which each kind first occurred."""
    counts: Counter[tuple[str, str]] = Counter()
    for removal in removals:
        counts[removal.kind, removal.detail] += removal.count
    return tuple(Removal(kind, count, detail) for (kind, detail), count in counts.items())
