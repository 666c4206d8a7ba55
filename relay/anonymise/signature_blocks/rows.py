"""Splits a text into lines, and classifies each distinct row of words once per letter."""

from __future__ import annotations

import re
from typing import NamedTuple

from relay.anonymise.appended.subject_tags import is_label
from relay.anonymise.history.labels import Field, field_of
from relay.anonymise.signature_blocks.footers import is_footer_line
from relay.anonymise.signature_blocks.formulas import is_closing, stands_apart
from relay.anonymise.signature_blocks.marks import contacts, marks, names_meetings, shows_page
from relay.anonymise.signature_blocks.prose import is_prose
from relay.anonymise.signature_blocks.words_of_lines import MAX_LINE
from relay.message.clock import HOURS

PICTURE = "\ufffc"
"""Stands for a picture in the text of a formatted letter (Unicode: object replacement character)."""

SITE = "\u2063"
"""Stands behind words of a formatted letter that are linked to the first page of a site (invisible separator)."""
_MOST_SITES = 2

_MOST_ROWS = 5000

_QUOTE = re.compile(r"[ \t\xa0]{0,3}(?:>[ \t]{0,2})+")
_STROKES = frozenset("-_=*~#─—–‐.")
"""Every rule, ruled title and delimiter begins with one of them."""
_RULE = re.compile(r"[-_=*~#─—–‐. ]{4,200}")
_LONGEST_TITLE = 60
_RULED_TITLE = re.compile(r"[-_=*‐–—]{2,40}[ \t]*[^\W\d_][^\n]{1,58}?[ \t]*[-_=*‐–—]{4,40}")
# "---- On Mon, 2 Feb 2026 19:12:04 +0100 Amber <amber@example.org> wrote ----"
_RULED_INTRODUCTION = re.compile(rf"-{{3,8}} ?(?=[^\n]{{0,220}}{HOURS})[^\n]{{59,220}} ?-{{3,8}}")
_STRICT = re.compile(r"[ \t]*--[ \xa0]\s*")
_DELIMITER = re.compile(r"-{1,3}|[–—]{1,3}|[-_=*~–—]{3,100}")
_ORIGIN = re.compile(r"\**(?P<label>[^\s*:：][^*:：]{0,30}?)\**[ \t\xa0]?[:：]\**[ \t\xa0]*\S")
_ORIGINS = frozenset({Field.FROM, Field.SENT, Field.DATE})
_LABELLED = re.compile(r"\**[^\W\d][^\d:：\n]{0,24}[:：]")
_DIGIT = re.compile(r"\d")


class LineFacts:
    """What the words of a line are by themselves, regardless of their place.

    ``is_rule``: a horizontal rule. ``is_ruled_title``: "-- Original Message --". ``delimits``: a signature block may
    begin below. ``is_closing``: a closing formula. ``may_introduce``: it may begin an introduction of quoted history.
    The other facts are computed on first use. ``sites``: how many of its words are linked to the first page of a site.
    """

    # Class attributes hold the usual values; only exceptions are stored per line.
    is_rule = is_ruled_title = delimits = False
    _marks = _contacts = -1
    _ends_block: bool | None = None
    _is_footer: bool | None = None
    _is_prose: bool | None = None
    _is_label: bool | None = None
    _names_meetings: bool | None = None

    def __init__(self, words: str, sites: int = 0) -> None:
        self._words = words
        self._sites = sites
        if words[:1] in _STROKES:
            self.is_rule = bool(_RULE.fullmatch(words))
            self.is_ruled_title = is_ruled_title(words)
            self.delimits = len(words) <= 100 and bool(_DELIMITER.fullmatch(words))
        self.is_closing = bool(words) and is_closing(words)
        self.may_introduce = 0 < len(words) <= MAX_LINE and (
            self.is_ruled_title or self.is_rule or has_digit(words) or is_origin(words)
        )

    @property
    def marks(self) -> int:
        """See marks.marks."""
        if self._marks < 0:
            self._marks = marks(self._words) + self._sites
        return self._marks

    @property
    def contacts(self) -> int:
        """See marks.contacts."""
        if self._contacts < 0:
            self._contacts = contacts(self._words) + self._sites
        return self._contacts

    @property
    def shows_page(self) -> bool:
        """See marks.shows_page."""
        return shows_page(self._words)

    @property
    def ends_block(self) -> bool:
        """Whether this is certainly no line of a signature block."""
        if self._ends_block is None:
            self._ends_block = stands_apart(self._words) or self.is_prose
        return self._ends_block

    @property
    def is_footer(self) -> bool:
        """See footers.is_footer_line."""
        if self._is_footer is None:
            self._is_footer = is_footer_line(self._words)
        return self._is_footer

    @property
    def is_label(self) -> bool:
        """See subject_tags.is_label."""
        if self._is_label is None:
            self._is_label = is_label(self._words)
        return self._is_label

    @property
    def names_meetings(self) -> bool:
        """See marks.names_meetings."""
        if self._names_meetings is None:
            self._names_meetings = names_meetings(self._words)
        return self._names_meetings

    @property
    def is_prose(self) -> bool:
        """See prose.is_prose."""
        if self._is_prose is None:
            self._is_prose = is_prose(self._words)
        return self._is_prose


class Row(NamedTuple):
    """A line without its context: its quote ``level``, its ``words`` without quote marks and surrounding blanks, the
    ``facts`` about its words, and ``strictly``: it is the strict signature delimiter "-- ", not "--" (RFC 3676
    4.3)."""

    level: int
    words: str
    strictly: bool
    facts: LineFacts


class Rows(dict[str, Row]):
    """The rows of one letter, cached, because most occur in its plain text, in its HTML and in the text generated from
    the HTML, with different blanks or quote marks around the same words."""

    def __init__(self) -> None:
        super().__init__()
        self._facts: dict[str, LineFacts] = {}

    def __missing__(self, written: str) -> Row:
        if len(self) >= _MOST_ROWS:
            self.clear()
            self._facts.clear()
        quote = _QUOTE.match(written) if ">" in written else None
        inner = written[quote.end() :] if quote else written
        key = words = inner.strip()
        facts = self._facts.get(key)
        if SITE in words:
            words = words.replace(SITE, "").strip()
        if facts is None:
            facts = self._facts[key] = LineFacts(words, min(key.count(SITE), _MOST_SITES))
        strictly = words == "--" and bool(_STRICT.fullmatch(inner))
        row = self[written] = Row(quote[0].count(">") if quote else 0, words, strictly, facts)
        return row


class Line(NamedTuple):
    """One line of a text at [begin, end), without its line end; the rest as in its Row."""

    begin: int
    end: int
    level: int
    words: str
    strictly: bool
    facts: LineFacts


def lines_of(text: str, rows: Rows) -> list[Line]:
    """The lines of the text, in order; of several empty ones in a row, the first two."""
    lines: list[Line] = []
    begin = empty = 0
    for written in text.split("\n"):
        end = begin + len(written)
        empty = 0 if written else empty + 1
        if empty <= 2:
            lines.append(Line(begin, end, *rows[written]))
        begin = end + 1
    return lines


def is_ruled_title(words: str) -> bool:
    """Whether this is a title or an introduction between two rules ("-- Original Message --")."""
    if _RULED_TITLE.fullmatch(words):
        return True
    return len(words) > _LONGEST_TITLE and words.endswith("---") and bool(_RULED_INTRODUCTION.fullmatch(words))


def is_origin(words: str) -> bool:
    """Whether this is the first field of a header block ("From: …")."""
    head = _ORIGIN.match(words[:MAX_LINE]) if ":" in words or "：" in words else None
    return head is not None and field_of(head["label"]) in _ORIGINS


def is_labelled(words: str) -> bool:
    """Whether this is a field of such a block, or empty."""
    return not words or bool(_LABELLED.match(words))


def has_digit(words: str) -> bool:
    """Whether it contains a digit."""
    return bool(_DIGIT.search(words))
