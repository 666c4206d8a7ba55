"""Makes formulas in text tables harmless (OWASP, "CSV Injection"): the cell begins with an apostrophe, and is text.

Only cells that may call something are changed. Numbers, telephone numbers, words after a dash, and formulas that only
compute stay. Every program chooses its own separator, so each of the usual ones is taken for one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from relay.anonymise.attachments.acting.formulas import functions
from relay.anonymise.identities import Finding

# What begins a formula, also full-width; a cell of blanks and signs before it still does.
_TRIGGER = re.compile(r"(?<![^\s,;|\"'\u200b\ufeff])[=+\-@\uff1d\uff0b\uff0d\uff20]")
_ANY_TRIGGER = re.compile(r"[=+\-@\uff1d\uff0b\uff0d\uff20]")
_SEPARATORS = ",;\t|"
_BREAKS = "\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_NUMBER = re.compile(r"[+\-]?[\d\s().,/:%'-]{0,40}(?=[,;\t|\r\n\"]|\Z)")
_DECLARED = re.compile(r"\ufeff?\"?sep=(.)\"?", re.IGNORECASE)
_QUOTES = re.compile(r'"+')
_BANG = re.compile(r"[!#]")
_QUOTED_PLACE = re.compile(r"['\]]\s{0,3}[!#]")
_PLACE = re.compile(r"[\\/:\[\]]")
_PIPE = re.compile(r"\|")
_LONGEST_NAME, _LONGEST_LINK, _LONGEST_CELL = 100, 1000, 16_384


def harmless_cells(text: str) -> list[Finding]:
    """An apostrophe before the formula of each cell that may call something, in order. Linear in the text."""
    dangers = sorted({*_calls(text), *_links(text)})
    if not dangers:
        return []
    cells = _Cells(text)
    found: list[Finding] = []
    for trigger in cells.triggers():
        at = trigger.start()
        number = bisect_left(dangers, at)
        if number == len(dangers) or _NUMBER.match(text, at):
            continue
        if cells.holds(at, dangers[number]):
            found.append(Finding(at, at + 1, "'" + trigger[0], "formula"))
    return found


def _calls(text: str) -> Iterator[int]:
    """The places of functions that are not known only to compute."""
    computing = functions().computing
    at = text.find("(")
    while at >= 0:
        end = at
        while end and text[end - 1] in " \t\xa0" and at - end < _LONGEST_NAME:
            end -= 1
        start = end
        while start and end - start < _LONGEST_NAME and (text[start - 1].isalnum() or text[start - 1] in "._"):
            start -= 1
        name = text[start:end].upper()
        if name and not name[0].isdecimal() and name not in computing:
            yield end - 1
        elif name in computing and start and text[start - 1] == "@":
            # The way of Lotus 1-2-3 to write a formula, which nobody writes today.
            yield start
        at = text.find("(", at + 1)


def _links(text: str) -> Iterator[int]:
    """The places of DDE links (cmd|'/c calc'!A1) and of references to other files ('\\\\host\\[a.xls]b'!A1)."""
    bangs = [bang.start() for bang in _BANG.finditer(text)]
    for pipe in _PIPE.finditer(text) if bangs else ():
        number = bisect_left(bangs, pipe.start())
        if number < len(bangs) and bangs[number] - pipe.start() <= _LONGEST_LINK:
            yield pipe.start()
    for end in _QUOTED_PLACE.finditer(text):
        if end[0].startswith("]") or _PLACE.search(text, max(0, end.start() - 300), end.start()):
            yield end.start()


class _Cells:
    """The cells of a table, with every usual separator. Searches are bounded by the longest cell."""

    def __init__(self, text: str) -> None:
        self._text = text
        declared = _DECLARED.match(text)
        self._separators = _SEPARATORS + (declared[1] if declared else "")
        # A run of an odd number of quotes ends a quoted cell.
        self._closing = [run.start() for run in _QUOTES.finditer(text) if (run.end() - run.start()) % 2]
        self._in_use = (",", ";", *("\t" for _ in text[:4096].split("\t")[1:2]))

    def triggers(self) -> Iterator[re.Match[str]]:
        """Every sign that begins a formula, where a cell may begin."""
        return (_TRIGGER if self._separators == _SEPARATORS else _ANY_TRIGGER).finditer(self._text)

    def holds(self, at: int, danger: int) -> bool:
        """Whether a cell begins at ``at``, apart from blanks and quotes, and holds the place ``danger``."""
        if danger - at > _LONGEST_CELL or self._text[max(0, at - 1) : at] == "'":
            # No formula is as long; behind an apostrophe stands text.
            return False
        start, quoted = at, False
        while start and self._begins_not(sign := self._text[start - 1]):
            if not (sign.isspace() or sign in "\"'\u200b\ufeff"):
                return False
            quoted = quoted or sign == '"'
            start -= 1
        if quoted:
            number = bisect_left(self._closing, at)
            return number == len(self._closing) or danger < self._closing[number]
        return self._holds_unquoted(at, danger, self._text[start - 1] if start else "")

    def _begins_not(self, sign: str) -> bool:
        return sign not in self._separators and sign not in _BREAKS

    def _holds_unquoted(self, at: int, danger: int, before: str) -> bool:
        if any(self._text.find(sign, at, danger) >= 0 for sign in "\r\n"):
            return False
        separators = (before,) if before and before in self._separators else self._in_use
        return any(self._text.find(each, at, danger) < 0 for each in separators)
