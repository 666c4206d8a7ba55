"""Finds names split across cells of a file: the given name in one cell, the family name in another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple
from unicodedata import combining, normalize

from relay.anonymise.identities import Finding, Redactor
from relay.anonymise.names.fold import skeleton_of
from relay.anonymise.names.lexicon import lexicon
from relay.model import Known

# What surrounds a cell: blanks, quotation marks, and a delimiter of the file.
_BORDERS = {
    "table": (re.compile(r"(?:^|[,;\t|\r\n])[ \"']*\Z"), re.compile(r"[ \"']*(?:[,;\t|\r\n]|\Z)")),
    "json": (re.compile(r"\"[ ]*\Z"), re.compile(r"[ ]*\"")),
    "markup": (re.compile(r"[>\"'][ \r\n]*\Z"), re.compile(r"[ \r\n]*[<\"']")),
    "code": (re.compile(r"[\"'`][ ]*\Z"), re.compile(r"[ ]*[\"'`]")),
    "settings": (re.compile(r"[=:\"'][ \"']*\Z"), re.compile(r"[ \"']*(?:[\r\n,]|\Z)")),
}
_BEFORE = 12
# The distance within which parts of one name count: a record has several fields.
_NEAR = 240
_BESIDE = 4


class _Cell(NamedTuple):
    """A cell at [start, end) that is exactly one ``word`` of a registered name."""

    start: int
    end: int
    word: str


def find(text: str, kind: str, redactor: Redactor) -> list[Finding]:
    """Cells that are exactly one word of the author's name, if it is found alone or another word of the same name
    is in a cell nearby; in order. Linear in the text."""
    if kind not in _BORDERS:
        return []
    names = _names(redactor.known)
    cells = sorted(_holding(text, kind, names))
    persona = redactor.known.author_persona.name
    texts = {text[cell.start : cell.end] for cell in cells}
    # "May" and "grace" are cells of many tables; "Whitcombe" can only be a name.
    alone = {
        cell: not (cell.islower() or _is_ordinary(skeleton_of(cell))) and bool(redactor.find(cell)) for cell in texts
    }
    return [
        Finding(cell.start, cell.end, persona, "name")
        for at, cell in enumerate(cells)
        if alone[text[cell.start : cell.end]] or _has_company(cells, at, names, text if kind == "table" else "")
    ]


def _is_ordinary(word: str) -> bool:
    """Whether a folded word is an ordinary or proper word of any language. (Names of two Latin letters are: Al, An,
    Do.)"""
    known = lexicon()
    return known.ordinary_in(word, None) or known.proper_in(word, None) or (len(word) <= 2 and word.isascii())


def _holding(text: str, kind: str, names: tuple[tuple[str, ...], ...]) -> Iterator[_Cell]:
    before, behind = _BORDERS[kind]
    forms = {form: word for name in names for word in name for form in _forms(word)}
    for form, word in forms.items():
        at = text.find(form)
        while at >= 0:
            end = at + len(form)
            if behind.match(text, end) and before.search(text[max(0, at - _BEFORE) : at]):
                yield _Cell(at, end, word)
            at = text.find(form, end)


def _forms(word: str) -> Iterator[str]:
    """A word as registered, in lower case and capitals, composed and decomposed, with and without accents."""
    bare = "".join(sign for sign in normalize("NFKD", word) if not combining(sign))
    for each in (word, bare):
        for form in (each, each.lower(), each.upper(), each.title()):
            yield normalize("NFC", form)
            yield normalize("NFD", form)


def _has_company(cells: Sequence[_Cell], at: int, names: tuple[tuple[str, ...], ...], rows: str) -> bool:
    """Whether another word of the same name is nearby; with ``rows``, in the same row."""
    cell = cells[at]
    beside = cells[max(0, at - _BESIDE) : at + _BESIDE + 1]
    words = {
        other.word
        for other in beside
        if abs(other.start - cell.start) <= _NEAR
        and "\n" not in rows[min(cell.start, other.start) : max(cell.start, other.start)]
    }
    return any(cell.word in name and not (words - {cell.word}).isdisjoint(name) for name in names)


@lru_cache(maxsize=1)
def _names(known: Known) -> tuple[tuple[str, ...], ...]:
    """The words of each registered name that has several."""
    names = (re.split(r"[\s,;./]+", name) for name in (*known.author.known_as, *known.author.learned))
    return tuple(words for words in (tuple(word for word in name if len(word) > 1) for name in names) if len(words) > 1)
