"""Decides what below the line "-- " is a signature block, and what somebody wrote there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from relay.anonymise.names.fold import letters
from relay.anonymise.names.lexicon import lexicon
from relay.anonymise.signature_blocks.formulas import is_placeholder, stands_apart
from relay.anonymise.signature_blocks.rows import PICTURE, Line
from relay.anonymise.signature_blocks.words_of_lines import is_name, speaks

_MOST_LINES, _MOST_PARAGRAPHS = 24, 8
_MOST_NAMES, _MOST_OTHERS, _MOST_WORDS = 3, 2, 4
_FEWEST_IN_BLOCKS, _MOST_IN_BLOCKS = 3, 14
_VERSION = re.compile(r"v?\d{1,4}(?:\.\d{1,6}){1,3}(?:[.-]\w{1,20}){0,3}")
_SENTENCE = re.compile(r"[^\s.]{2,}[.!?。！？؟।۔…][)\"'”’»」』]{0,2}$")
_TABLE_OR_CODE = re.compile(r"\||[{}=;<>]|:$|\t|\w\(|^[-+@#]")
_ASIDE = re.compile(r" ?\([^()]{1,30}\)")  # "(she/her)"
_WORD = re.compile(r"[^\W\d_][^\W_]*")


@dataclass(frozen=True, slots=True)
class Below:
    """What stands below a delimiter: the signature block ends before line ``end`` (where it begins: there is none), and
    ``doubtful``: some of it may be words to the reader."""

    end: int
    doubtful: bool = False


@dataclass(slots=True)
class _Counts:
    """The lines of a paragraph by kind. ``evidence``: contact, employer, rank, or the author's own name or address."""

    evidence: int = 0
    names: int = 0
    written: int = 0
    others: int = 0
    short: bool = True
    first_written: bool = False

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return self.evidence + self.names + self.written + self.others

    @property
    def may_belong(self) -> bool:
        """Whether it may be part of a signature block: it tells more of a person than it says to one."""
        if self.first_written:
            return False
        return self.written < 2 * self.evidence + (self.names if self.evidence else 0) or not self.written

    @property
    def is_signature(self) -> bool:
        """Whether it is one by itself."""
        if self.evidence:
            return self.may_belong and self.others <= 2 * (self.evidence + self.names) + 1
        if self.written or self.lines > _MOST_NAMES:
            return False
        return self.names > self.others or (self.lines <= _MOST_OTHERS and self.short)

    @property
    def is_doubtful(self) -> bool:
        """Whether some of it may be words to the reader: a motto among many marks is none."""
        if 3 * self.written > self.evidence + self.names:
            return True
        return self.others > (self.evidence + self.names + 1 if self.evidence else 0)


def below(body: Sequence[Line], start: int, end: int, holds: Callable[[Line], bool]) -> Below:
    """Where the signature block ends that begins at line ``start``, below "-- ", of a letter that ends before ``end``.

    It consists of paragraphs of names, titles, addresses and a few short lines. Sentences, verses, tables, code, and
    everything behind them belong to the letter. ``holds``: whether a line holds a name or address of the author.
    """
    if _is_in_blocks(body, start, end):
        whole = _counted(body[start:end], holds)
        said = any(_is_said(line) for line in body[start:end] if line.words)
        if whole.evidence and not said and whole.is_signature and whole.lines <= _MOST_IN_BLOCKS:
            return Below(end, whole.is_doubtful)
    found = start
    doubtful = pending = proven = False
    for number, (first, last) in enumerate(_paragraphs(body, start, end)):
        lines = body[first:last]
        if (
            number == _MOST_PARAGRAPHS
            or last - start > _MOST_LINES
            or any(is_placeholder(line.words) for line in lines)
        ):
            break
        counts = _counted(lines, holds)
        if not counts.may_belong:
            break
        pending = pending or counts.is_doubtful
        if counts.is_signature if found == start else counts.evidence or counts.names == counts.lines:
            found, doubtful = last, pending
            proven = proven or counts.evidence > 0
    while start < found < end and not body[found].words:
        found += 1
    if found < end and not proven and not _goes_on_writing(body, found, end):
        return Below(start)  # the title of a poem or chapter
    return Below(found, doubtful)


def _is_said(line: Line) -> bool:
    """Whether the line is a sentence, a greeting, a postscript or an item of a list: no row of a signature block."""
    words = line.words
    if line.facts.is_prose or stands_apart(words):
        return True
    return not line.facts.marks and len(words.split()) > 1 and bool(_SENTENCE.search(words))


def _is_in_blocks(body: Sequence[Line], start: int, end: int) -> bool:
    """Whether each line is an element of its own, as in formatted letters: a blank line parts no paragraphs there."""
    if end - start < _FEWEST_IN_BLOCKS or any(is_placeholder(line.words) for line in body[start:end] if line.words):
        return False
    return all(bool(body[at].words) != bool(body[at + 1].words) for at in range(start, end - 1))


def has_words(lines: Sequence[Line], holds: Callable[[Line], bool]) -> bool:
    """Whether some of the lines of a signature block may be words to the reader."""
    return _counted(lines, holds).is_doubtful


def _goes_on_writing(body: Sequence[Line], start: int, end: int) -> bool:
    """Whether the paragraph that begins at ``start`` speaks to the reader."""
    _, last = next(_paragraphs(body, start, end), (start, start))
    return any(speaks(line.words) or stands_apart(line.words) for line in body[start:last])


def _paragraphs(body: Sequence[Line], start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    while at < end:
        while at < end and not body[at].words:
            at += 1
        first = at
        while at < end and body[at].words:
            at += 1
        if first < at:
            yield first, at


def _counted(lines: Sequence[Line], holds: Callable[[Line], bool]) -> _Counts:
    counts = _Counts()
    for line in lines:
        if not line.words or line.facts.is_rule or line.facts.delimits:
            continue
        if _is_evidence(line, holds):
            counts.evidence += 1
        elif line.facts.is_closing or is_name(_ASIDE.sub("", line.words)):
            counts.names += 1
        elif _is_written(line):
            counts.first_written = counts.first_written or not counts.lines
            counts.written += 1
        else:
            counts.others += 1
            counts.short = counts.short and len(line.words.split()) <= _MOST_WORDS and not line.words[0].isdigit()
    return counts


def _is_evidence(line: Line, holds: Callable[[Line], bool]) -> bool:
    facts, words = line.facts, line.words
    if words == PICTURE or _VERSION.fullmatch(words) or facts.is_footer or facts.is_label:
        return True
    return not facts.is_prose and not stands_apart(words) and (facts.marks > 0 or holds(line))


def _is_written(line: Line) -> bool:
    """Whether the line is prose, verse, a greeting, a postscript, an item of a list, a row of a table, or code."""
    words = line.words
    if line.facts.is_prose or stands_apart(words) or _TABLE_OR_CODE.search(words):
        return True
    several = _WORD.findall(words)
    if len(several) > 2 and _SENTENCE.search(words):
        return True
    small = [word for word in several if not word[0].isupper()]
    return 2 * len(small) >= len(several) > 1 and any(lexicon().often_in(letters(word), None) for word in small)
