"""Compares the text of a letter as written with the text that arrived: what stayed, what was taken out and why."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from relay.anonymise.identities import Finding, Redactor, replaced
from relay.anonymise.passages import passages
from relay.model import Known
from relay.refusals import Refusal

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_MOST_WORDS = 4000
"""Words of each text that are compared one by one: the time of the comparison grows with their square."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the text. ``kept`` stayed; else ``gone`` was taken out and ``put`` written in its place. ``why``: the
    kind of removal, "" where only the comparison shows the difference."""

    kept: str = ""
    gone: str = ""
    put: str = ""
    why: str = ""


def pieces(written: str, arrived: str, known: Known) -> tuple[Piece, ...]:
    """The text ``written`` in pieces, as ``arrived`` shows them.

    The finders of relay's own scrubbers say what must go and why. Only if that explains what arrived to the letter is
    it shown; otherwise both texts are compared word by word, without reasons.
    """
    found = _found(written, known)
    if _folded(replaced(written, found)) == _folded(arrived):
        return tuple(_explained(written, found))
    return tuple(_compared(written, arrived))


def _found(text: str, known: Known) -> list[Finding]:
    try:
        return passages(text, Redactor(known, text))
    except Refusal:
        return []


def _folded(text: str) -> str:
    """The text without differences in white space, which composing and parsing may make."""
    return " ".join(text.split())


def _explained(text: str, found: list[Finding]) -> Iterator[Piece]:
    at = 0
    for one in found:
        if one.start > at:
            yield Piece(kept=text[at : one.start])
        yield Piece(gone=text[one.start : one.end], put=one.replacement, why=one.kind)
        at = one.end
    if text[at:].strip():
        yield Piece(kept=text[at:])


def _compared(written: str, arrived: str) -> Iterator[Piece]:
    before, after = _WORDS.findall(written), _WORDS.findall(arrived)
    if max(len(before), len(after)) > _MOST_WORDS:
        yield Piece(gone=written, put=arrived)
        return
    for tag, start, end, begin, stop in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, put = "".join(before[start:end]), "".join(after[begin:stop])
        if tag == "equal" or _folded(gone) == _folded(put):
            yield Piece(kept=put)
        else:
            yield Piece(gone=gone, put=put)
