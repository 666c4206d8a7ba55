"""Splits a line into words, numbers, addresses and punctuation, classified by their possible role in an attribution."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from relay.anonymise.history.dates import AFTER_A_TIME, DATE_WORDS
from relay.anonymise.history.words import BEFORE_NAMES, GLUED, IN_DATES, VERBS
from relay.anonymise.names.fold import skeleton_of
from relay.anonymise.zones import ABBREVIATIONS, LONG_NAMES, OFFSET
from relay.message.clock import NUMBER

MAX_LINE = 400
"""Of a longer line only the end is read: it is a paragraph, and no mail program writes such attributions."""

_SIGN = r"\s<>()\[\]{}\"“”„«»‹›,;:：﹕،，、/|*…—@。！？።፣፤፦፡៖၊။\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff"
_CJK = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_CASED = "A-Za-z\u00c0-\u024f\u0370-\u052f"
_TOKEN = re.compile(
    rf"(?P<address>[^{_SIGN}]{{1,80}}@[^{_SIGN}]{{1,120}})"
    r"|(?P<zone>(?:[A-Z][a-z.]{1,15} ){1,3}(?:Standard|Daylight|Summer) Time\b"
    rf"|(?<=[\d.mMhr,)][ \t\xa0])(?:{LONG_NAMES})"
    rf"|(?<![\w+\-−])(?:GMT|UTC|UT|Z)?{OFFSET}(?![\d.]))"
    rf"|(?P<number>{NUMBER})"
    rf"|(?P<glued>{'|'.join(GLUED)})"
    rf"|(?P<cjk>(?:(?!{'|'.join(GLUED)})[{_CJK}])+)"
    rf"|(?P<word>(?:(?![{_CJK}])[^\d{_SIGN}])+(?:(?<=[{_CASED}])\d(?:(?![{_CJK}])[^{_SIGN}])*)?)"
    r"|(?P<sign>[^\s\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff])",
    re.IGNORECASE,
)
_LATIN = re.compile(f"[{_CASED}]-?\\Z")
_ORDINAL = re.compile(r"(?:st|nd|rd|th|er|e|º|ª|h|am|pm)\b", re.IGNORECASE)
_EDGES = ".'’`׳\u05f3\u05f4\u0970\u200c_-–"


# Thai, Lao, Burmese, Ethiopic and Khmer: words are not, or not always, separated by blanks.
_RUN_TOGETHER = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1200-\u137f\u1780-\u17ff]")
_LONGEST_WORD = 16


# A day or a year in letters: ט״ז, תשפ״ו.
_HEBREW_NUMBER = re.compile(r"[א-ת]?(?:[טיכל]\"[א-ט]|תש[א-ת]{0,2}\"[א-ת])")


class Kind(Enum):
    """The possible role of a token."""

    NUMBER = auto()
    DATE = auto()
    VERB = auto()
    ROLE = auto()
    ZONE = auto()
    ADDRESS = auto()
    SIGN = auto()
    OTHER = auto()


class Token(NamedTuple):
    """A piece of a line at [start, end); ``word`` is folded, without the dots of an abbreviation."""

    kind: Kind
    start: int
    end: int
    word: str

    def is_after(self) -> bool:
        """Whether it may follow the time and belong to it."""
        return self.word in AFTER_A_TIME


def tokens(text: str, start: int, end: int, met: dict[str, tuple[Kind, str]]) -> Iterator[Token]:
    """The tokens of text[start:end], in order. ``met`` caches the words of one text. Linear."""
    dated = -1  # where the last word of a date ends
    for found in _TOKEN.finditer(text, max(start, end - MAX_LINE), end):
        group = found.lastgroup
        first, last = found.span()
        if group == "address":
            yield Token(Kind.ADDRESS, first, last, found[0])
        elif group == "zone":
            yield Token(Kind.ZONE, first, last, found[0])
        elif group == "number":
            glued = _LATIN.search(text, max(0, first - 2), first) or (
                _LATIN.match(text[last : last + 1]) and not _ORDINAL.match(text, last)
            )
            if glued and dated == first and text[first - 1] == "-":  # Maltese "fil-14:05"
                glued = None
            yield Token(Kind.OTHER if glued else Kind.NUMBER, first, last, found[0])
        elif group == "sign":
            yield Token(Kind.SIGN, first, last, found[0])
        else:
            written = found[0]
            if written not in met:
                met[written] = _word(written)
            kind, word = met[written]
            dated = last if kind is Kind.DATE else -1
            yield Token(kind, first, last, word)


def _word(written: str) -> tuple[Kind, str]:
    word = skeleton_of(written).strip(_EDGES)
    if not word:
        kind = Kind.SIGN
    elif '"' in word and _HEBREW_NUMBER.fullmatch(word):
        kind = Kind.NUMBER
    elif word in ABBREVIATIONS and written.isupper():
        kind = Kind.ZONE
    elif word in VERBS:
        kind = Kind.VERB
    elif word in DATE_WORDS or word in IN_DATES or word in AFTER_A_TIME:
        kind = Kind.DATE
    elif word in BEFORE_NAMES:
        kind = Kind.ROLE
    elif _RUN_TOGETHER.match(word) and _is_of_dates(word):
        kind = Kind.DATE
    else:
        kind = Kind.OTHER
    return kind, word


def _is_of_dates(word: str) -> bool:
    """Whether it consists of words of a date, joined ("เมื่อ" "วันจันทร์" "ที่")."""
    at = 0
    while at < len(word):
        for end in range(min(len(word), at + _LONGEST_WORD), at, -1):
            if word[at:end] in IN_DATES or word[at:end] in DATE_WORDS:
                at = end
                break
        else:
            return False
    return True
