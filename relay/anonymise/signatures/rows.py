"""Cuts a text into lines, and says of each row of words what it says by itself, found out once for a whole letter."""

from __future__ import annotations

import re
from typing import NamedTuple

from relay.anonymise.anycase import any_case, small
from relay.anonymise.signatures.footers import is_footer_line
from relay.anonymise.signatures.languages import ORIGIN_LABELS
from relay.anonymise.signatures.marks import MAX_LINE, contacts, ends_block, is_closing, is_prose, marks

PICTURE = "\ufffc"
"""Stands for a picture in the text of a formatted letter (Unicode: object replacement character)."""

_MOST_ROWS = 5000

_QUOTE = re.compile(r"[ \t\xa0]{0,3}(?:>[ \t]{0,2})+")
_STROKES = frozenset("-_=*~#─—–‐.")
"""One of them begins every rule, ruled title and delimiter."""
_RULE = re.compile(r"[-_=*~#─—–‐. ]{4,200}")
_RULED_TITLE = re.compile(r"[-_=*‐–—]{2,40}[ \t]*[^\W\d_][^\n]{1,58}?[ \t]*[-_=*‐–—]{4,40}")
_STRICT = re.compile(r"[ \t]*--[ \xa0]\s*")
_LOOSE = re.compile(r"-{1,3}|[–—]{1,3}|[-_=*~–—]{3,100}")
_ORIGIN = any_case(rf"\**(?:{ORIGIN_LABELS})\**[ \t\xa0]?[:：]\**[ \t\xa0]*\S")
_LABELLED = re.compile(r"\**[^\W\d][^\d:：\n]{0,24}[:：]")
_DIGIT = re.compile(r"\d")


class Row:
    """A line by itself, wherever it stands: its quote ``level``, and its ``words`` without quote marks and the blanks
    around them.

    ``is_rule``: a line drawn across the page. ``is_ruled_title``: "-- Original Message --". ``delimits``, ``strictly``:
    a signature may, or does, begin below (RFC 3676 4.3: "-- " is not "--"). ``is_closing``: a closing formula.
    ``may_introduce``: it may be the first line of what introduces quoted history.
    """

    __slots__ = (
        *("_contacts", "_ends_block", "_is_footer", "_is_prose", "_marks"),
        *("delimits", "is_closing", "is_rule", "is_ruled_title", "level", "may_introduce", "strictly", "words"),
    )

    def __init__(self, row: str) -> None:
        quote = _QUOTE.match(row)
        inner = row[quote.end() :] if quote else row
        self.level = quote[0].count(">") if quote else 0
        self.words = words = inner.strip()
        self.is_rule = self.is_ruled_title = self.strictly = self.delimits = False
        if words and words[0] in _STROKES:
            self.is_rule = bool(_RULE.fullmatch(words))
            self.is_ruled_title = is_ruled_title(words)
            self.strictly = bool(_STRICT.fullmatch(inner))
            self.delimits = len(words) <= 100 and (self.strictly or bool(_LOOSE.fullmatch(words)))
        self.is_closing = bool(words) and is_closing(words)
        self.may_introduce = 0 < len(words) <= MAX_LINE and (
            self.is_ruled_title or self.is_rule or has_digit(words) or is_origin(words)
        )
        self._marks = self._contacts = -1
        self._ends_block: bool | None = None
        self._is_footer: bool | None = None
        self._is_prose: bool | None = None

    @property
    def marks(self) -> int:
        """See marks.marks."""
        if self._marks < 0:
            self._marks = marks(self.words)
        return self._marks

    @property
    def contacts(self) -> int:
        """See marks.contacts."""
        if self._contacts < 0:
            self._contacts = contacts(self.words)
        return self._contacts

    @property
    def ends_block(self) -> bool:
        """See marks.ends_block."""
        if self._ends_block is None:
            self._ends_block = ends_block(self.words)
        return self._ends_block

    @property
    def is_footer(self) -> bool:
        """See footers.is_footer_line."""
        if self._is_footer is None:
            self._is_footer = is_footer_line(self.words)
        return self._is_footer

    @property
    def is_prose(self) -> bool:
        """See marks.is_prose."""
        if self._is_prose is None:
            self._is_prose = is_prose(self.words)
        return self._is_prose


class Rows(dict[str, Row]):
    """The rows of one letter. Most of them stand in its plain text, in its page and in what is made of that."""

    def __missing__(self, row: str) -> Row:
        if len(self) >= _MOST_ROWS:
            self.clear()
        made = self[row] = Row(row)
        return made


class Line(NamedTuple):
    """One line of a text at [begin, end), without its line end; ``words`` and ``level`` are those of its ``row``."""

    begin: int
    end: int
    level: int
    words: str
    row: Row


def lines_of(text: str, rows: Rows) -> list[Line]:
    """The lines of the text, in order; of many empty ones in a row, the first two."""
    lines: list[Line] = []
    begin = empty = 0
    for written in text.split("\n"):
        end = begin + len(written)
        empty = 0 if written else empty + 1
        if empty <= 2:
            row = rows[written]
            lines.append(Line(begin, end, row.level, row.words, row))
        begin = end + 1
    return lines


def is_ruled_title(words: str) -> bool:
    """Is this a title between two rules ("-- Original Message --")?"""
    return bool(_RULED_TITLE.fullmatch(words))


def is_origin(words: str) -> bool:
    """Is this the first field of a block of header fields ("From: …")?"""
    return (":" in words or "：" in words) and bool(_ORIGIN.match(small(words[:MAX_LINE])))


def is_labelled(words: str) -> bool:
    """Is this a line of such a block, or none at all?"""
    return not words or bool(_LABELLED.match(words))


def has_digit(words: str) -> bool:
    """Is there a digit in it?"""
    return bool(_DIGIT.search(words))
