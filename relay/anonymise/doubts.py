"""Collects what a person has to decide about one letter before it leaves (relay.model.Doubt)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from relay.anonymise.identities import Finding
from relay.model import Doubt

MAX_WORDS = 80
"""Characters of the author's words that are shown again."""
MAX_DOUBTS = 200
"""Doubts of one letter: its author is shown a few, and decides about all."""


class Doubts:
    """The doubts of one letter, each once, in the order in which they were found. A redactor holds one for its letter
    (``redactor.of_letter(Doubts)``)."""

    def __init__(self) -> None:
        self._found: dict[Doubt, None] = {}
        self._file = ""

    @contextmanager
    def inside(self, file: str) -> Iterator[None]:
        """Doubts found in this context are about the attached file of this name. A file inside of another one is named
        by the outer one, which is the one that the author attached."""
        outer, self._file = self._file, self._file or file
        try:
            yield
        finally:
            self._file = outer

    def add(self, kind: str, words: str = "", page: int = 0) -> None:
        """Note a doubt about ``words`` of the author."""
        doubt = Doubt(kind, shown(words), self._file, page)
        if len(self._found) < MAX_DOUBTS and not self._is_met_again(doubt):
            self._found[doubt] = None

    def _is_met_again(self, doubt: Doubt) -> bool:
        """Whether it is a link that is here already: without its parameters it is read a second time."""
        if "://" not in doubt.words or "?" in doubt.words:
            return False
        return any(replace(one, words=one.words.partition("?")[0]) == doubt for one in self._found)

    def found(self, text: str, findings: Iterable[Finding]) -> None:
        """Note a doubt for each passage of ``text``."""
        for finding in findings:
            self.add(finding.kind, text[finding.start : finding.end])

    def all(self) -> tuple[Doubt, ...]:
        """Every doubt so far."""
        return tuple(self._found)


def shown(words: str) -> str:
    """The words on one line, printable, at most MAX_WORDS characters."""
    line = " ".join("".join(char if char.isprintable() else " " for char in words[: 4 * MAX_WORDS]).split())
    return line if len(line) <= MAX_WORDS else line[: MAX_WORDS - 1] + "…"
