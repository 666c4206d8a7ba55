"""Redacts the visible text of a document, although the file splits it into many pieces."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from lxml import etree

from relay.anonymise.identities import Finding
from relay.refusals import CannotAnonymise


class Readable(Protocol):
    """A piece of text of any format, with its gap to the preceding one and the views in which it is visible."""

    text: str
    gap: str
    deleted: bool
    inserted: bool
    hidden: bool


Find = Callable[[str], list[Finding]]

PARAGRAPH = "\n\n"
_LEFT = "a document in this letter names one of you in a way that cannot be taken out; please leave the name out of it"


@dataclass(slots=True, eq=False)
class Piece:
    """One text in the tree: an element's text, or the text after it (``tail``). ``gap`` is what appears between the
    preceding piece and this one ("" when adjacent); the flags say in which views of the document it is visible."""

    element: etree._Element
    tail: bool = False
    gap: str = PARAGRAPH
    deleted: bool = False
    inserted: bool = False
    hidden: bool = False

    @property
    def text(self) -> str:
        """The current text."""
        return (self.element.tail if self.tail else self.element.text) or ""

    @text.setter
    def text(self, text: str) -> None:
        if self.tail:
            self.element.tail = text
        else:
            self.element.text = text


_VIEWS: tuple[Callable[[Readable], bool], ...] = (
    lambda piece: not piece.hidden and not piece.deleted,
    lambda piece: not piece.deleted,
    lambda piece: not piece.inserted,
    lambda piece: True,
)


def redact_pieces(pieces: Sequence[Readable], find: Find) -> int:
    """Replace what ``find`` finds, in each view: before and after tracked changes, with and without hidden text.
    Returns the number of findings. Raises CannotAnonymise when one cannot be removed."""
    count = 0
    done: list[list[Readable]] = []
    for view in _VIEWS:
        several = [piece for piece in pieces if view(piece)]
        if several not in done:
            count += _redact(several, find)
            done.append(several)
    return count


def _redact(pieces: Sequence[Readable], find: Find) -> int:
    count = 0
    for _ in range(3):
        texts, starts = _joined(pieces)
        found = find("".join(texts))
        if not found:
            return count
        count += len(found)
        _write(pieces, starts, found)
    raise CannotAnonymise(_LEFT)


def _joined(pieces: Sequence[Readable]) -> tuple[list[str], list[int]]:
    """The texts with the gaps between them, and the offset of each piece."""
    texts: list[str] = []
    starts: list[int] = []
    at = 0
    for piece in pieces:
        gap, text = piece.gap, piece.text
        texts += (gap, text)
        starts.append(at + len(gap))
        at += len(gap) + len(text)
    return texts, starts


def _write(pieces: Sequence[Readable], starts: Sequence[int], found: Sequence[Finding]) -> None:
    """Write each replacement into the first piece of a finding, and remove the rest of it from the following pieces."""
    edits: dict[int, list[tuple[int, int, str]]] = {}
    for finding in found:
        number = max(bisect_right(starts, finding.start) - 1, 0)
        replacement = finding.replacement
        while number < len(pieces) and starts[number] < finding.end:
            length = len(pieces[number].text)
            first = max(finding.start - starts[number], 0)
            last = min(finding.end - starts[number], length)
            if first < last:
                edits.setdefault(number, []).append((first, last, replacement))
                replacement = ""
            number += 1
    for number, changes in edits.items():
        text = pieces[number].text
        for first, last, replacement in reversed(changes):
            text = text[:first] + replacement + text[last:]
        pieces[number].text = text
