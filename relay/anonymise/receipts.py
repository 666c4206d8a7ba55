"""Finds what receipts and delivery reports tell that stand in a text: when and by whom a mail was read.

"Your message to Anna was read on Monday, 3 February 2026 9:14 PM (UTC+1)." becomes "Your message … was read."; a line
"Delivered: Tue, 3 Feb 2026 21:14 +0100" goes. A mail that is one itself is no letter (message/automatic/receipts.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from relay.anonymise.any_case import holds_any
from relay.anonymise.history.labels import Field, field_of
from relay.anonymise.identities import Finding
from relay.anonymise.moments import TELLS_MORE, moment_in
from relay.message.automatic.receipts import (
    Sentence,
    is_label,
    may_begin_sentence,
    may_hold_sentence,
    reader_at,
    reader_hints,
    sentences,
)
from relay.message.clock import LIKE_HOURS_APART
from relay.message.digits import ascii_digits

_KIND = "quoted-header"
_BLANKS = re.compile(r"\s+(?:>[>\s]*)?")
_MARKS = re.compile(r"[>\s]*")
_SAME = {"\u2019": "'", "İ": "i"}
_MOST_LINES, _MOST = 4, 600
_COLON = re.compile(r"(?<=[^\W\d])[ ]?[:：][*_]{0,2}[ \t]*(?=\S)|(?<=[*_)])[:：][*_]{0,2}[ \t]*(?=\S)")
_LABEL = re.compile(r"(?:(?:\A|\n)[ \t>*_✓✔•·-]*|\t| {2,}|[;|,]\s?)(?P<label>[^\W\d_][^\n:：|;,\t]{1,40}?)[*_]{0,2}\Z")
_LONGEST_LABEL = 60
_PAUSE = re.compile(r"[,.;!?]")
_NEAR = 30  # characters between what was said and the moment
_FAR = 160  # with the name of the reader between them
_READER = re.compile(r"[\s>:：]*(?P<name>[^\n;]{2,120}?)\s*(?=[.。]?\s*(?:\n|\Z)|[.。]\s|;)")


class _Flat(NamedTuple):
    """A piece of text as phrases are compared, and the offset in the text of each of its signs."""

    words: str
    at: list[int]


def find(text: str) -> list[Finding]:
    """The moments in sentences and lines of receipts, and whom they name; in order. Linear."""
    text = ascii_digits(text)
    if LIKE_HOURS_APART.search(text) is None:
        return list(_readers(text))
    found: list[Finding] = []
    done = 0
    for clock in LIKE_HOURS_APART.finditer(text):
        if clock.start() >= done:
            start, done = _around(text, clock.start(), done)
            found += _in_piece(text, start, done, clock.start())
    return found or list(_readers(text))


def _readers(text: str) -> Iterator[Finding]:
    """Whom receipts without a moment name: "the mail that you sent to anna@…"."""
    done = 0
    place = text.find("@")
    while place >= 0:
        start, done = _around(text, place, done)
        if holds_any(_compared(text[start:done]), reader_hints()):
            flat = _flat(text, start, done)
            at = reader_at(flat.words)
            named = _READER.match(text, flat.at[at], done) if at >= 0 else None
            if named:
                yield Finding(named.start("name"), named.end("name"), "…", _KIND)
        place = text.find("@", done)


def _compared(piece: str) -> str:
    """For a quick test: in small letters, with single blanks."""
    return " ".join(piece.replace(">", " ").replace("\u2019", "'").replace("İ", "i").casefold().split())


def _around(text: str, place: int, lowest: int) -> tuple[int, int]:
    """The lines around a time of day: up to three above and one below, of the same paragraph."""
    start = text.rfind("\n", lowest, place) + 1 or lowest
    for _ in range(_MOST_LINES - 1):
        above = max(text.rfind("\n", lowest, max(start - 1, lowest)) + 1, lowest)
        if above >= start or not text[above:start].strip("> \t\r\n") or place - above > _MOST:
            break
        start = above
    end = text.find("\n", place)
    end = len(text) if end < 0 else end
    below = text.find("\n", end + 1)
    below = len(text) if below < 0 else below
    if text[end:below].strip("> \t\r\n"):
        end = below
    return max(start, place - _MOST), min(end, place + _MOST)


def _in_piece(text: str, start: int, end: int, place: int) -> Iterator[Finding]:
    if TELLS_MORE.search(text, start, end) is None:
        return
    lines = list(_in_lines(text, start, end))
    yield from lines
    if lines:
        return
    # Outlook's "was read on …" may stand directly below the fields of the mail.
    for begin in dict.fromkeys((start, max(start, text.rfind("\n", 0, place) + 1))):
        may_hold = may_hold_sentence if begin == start else may_begin_sentence
        if not may_hold(_compared(text[begin:end])):
            continue
        flat = _flat(text, begin, end)
        for said in sentences(flat.words):
            found = list(_in_sentence(text, end, flat, said)) if _is_near(said) else []
            if found:
                yield from found
                return


def _is_near(said: Sentence) -> bool:
    """Whether what it is about and what it says are in one piece."""
    return all(later[0] >= earlier[1] for earlier, later in pairwise(said.pieces))


def _flat(text: str, start: int, end: int) -> _Flat:
    """text[start:end] in small letters, with one blank for each line end and its quote marks."""
    words: list[str] = []
    places: list[int] = []
    first = _MARKS.match(text, start, end)
    at = first.end() if first else start
    while at < end:
        blank = _BLANKS.match(text, at, end)
        if blank:
            words.append(" ")
        else:
            low = text[at].casefold()
            words.append(_SAME.get(text[at]) or (low if len(low) == 1 else text[at]))
        places.append(at)
        at = blank.end() if blank else at + 1
    return _Flat("".join(words), [*places, end])


def _in_sentence(text: str, end: int, flat: _Flat, said: Sentence) -> Iterator[Finding]:
    """The gaps of a sentence and the moment behind it, if it tells one."""
    spans = [(flat.at[first], flat.at[last - 1] + 1) for first, last in said.pieces]
    gaps = [(before[1], after[0]) for before, after in pairwise(spans)]
    moment = moment_in(text, spans[-1][1], end)
    reach = _FAR if said.names_reader(flat.words) else _NEAR
    between = text[spans[-1][1] : moment.start] if moment else ""
    near = len(between) <= reach and (reach > _NEAR or not _PAUSE.search(between))
    tail = moment if moment and near and (moment.dated or moment.zoned) else None
    if tail is None and not any(_tells(text, *gap) for gap in gaps):
        return
    for number, (first, last) in enumerate(gaps):
        named = said.opened and number == 0 and any(map(str.isalnum, text[first:last]))
        yield Finding(first, last, " … " if named else _joint(text[first:last]), _KIND)
    if tail is not None:
        yield Finding(spans[-1][1], tail.end, "", _KIND)


def _joint(gap: str) -> str:
    return " " if any(map(str.isspace, gap)) else ""


def _tells(text: str, start: int, end: int) -> bool:
    moment = moment_in(text, start, end)
    return moment is not None and (moment.dated or moment.zoned)


def _in_lines(text: str, start: int, end: int) -> Iterator[Finding]:
    """Lines and cells of the form "Delivered: Tue, 3 Feb 2026 21:14 +0100"."""
    for colon in _COLON.finditer(text, start, end):
        first = max(start, colon.start() - _LONGEST_LABEL)
        head = _LABEL.search(text[first : colon.start()])
        if head is None or not (is_label(head["label"]) or _sent(head["label"])):
            continue
        line_end = text.find("\n", colon.end(), end)
        line_end = end if line_end < 0 else line_end
        moment = moment_in(text, colon.end(), line_end)
        if moment is None or not (moment.dated or moment.zoned) or text[colon.end() : moment.start].strip(" \t*_"):
            continue
        if text[moment.end : line_end].strip(" \t\r*_.)") and text[moment.end : moment.end + 1] not in "\t;|,":
            continue
        if moment.zoned or not _is_one_of_many(text, first + head.start("label"), line_end):
            yield Finding(first + head.start("label"), moment.end, "", _KIND)


def _is_one_of_many(text: str, start: int, end: int) -> bool:
    """Whether the line above or below tells a moment, too, of something else: "Ordered: 2 Feb 2026, 10:14" stands above
    "Delivered: 5 Feb 2026, 14:05", and both are about a parcel."""
    above = text[max(0, start - _MOST) : start].rstrip("> \t\r\n*_-").rpartition("\n")[2]
    below = text[end : end + _MOST].lstrip("> \t\r\n*_-").partition("\n")[0]
    return _tells_other(above) or _tells_other(below)


def _tells_other(line: str) -> bool:
    colon = _COLON.search(line)
    head = _LABEL.search(line[: colon.start()]) if colon else None
    if colon is None or head is None or is_label(head["label"]):
        return False
    moment = moment_in(line, colon.end(), len(line))
    return field_of(head["label"]) is None and moment is not None and moment.dated and not moment.zoned


def _sent(label: str) -> bool:
    return field_of(label) is Field.SENT
