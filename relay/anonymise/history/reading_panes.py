"""Finds the head of a letter that was copied from where a web mail shows it: a name, to whom, and when, on lines of
their own.

Gmail shows "Jane Whitcombe ⏎ Tue, Feb 3, 9:14 PM (2 days ago) ⏎ to me", Outlook "Jane<jane@…> ⏎ To:Tom ⏎ Tue 2/3/2026
9:14 PM".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from relay.anonymise.history.candidate import Attribution
from relay.anonymise.history.labels import Field, field_of
from relay.anonymise.history.lines import Line, Lines
from relay.anonymise.moments import moment_in

_ADDRESSED = re.compile(r"^[> \t]*(?P<who>[^\s<>][^\n<>]{0,60}<[^<>\s@]{1,80}@[^<>\s]{1,100}>);?[ \t]*$", re.MULTILINE)
# "(2 days ago)", "(vor 2 Tagen)" at the end of a line.
_AGO = re.compile(r"\([^()\n\d]{0,20}\d{1,3}[^()\n\d]{0,20}\)[ \t]*$", re.MULTILINE)
_LABEL = re.compile(r"([^\W\d_]{1,14})(?:[:：][ ]?|[ ])(?=\S)")
_MOST_LINES, _MOST_BLANK, _LONGEST, _MOST_WORDS = 3, 3, 80, 5
_ENDS = (".", "!", "?", ":", ";", ",", "…")


def pane_heads(lines: Lines) -> Iterator[Attribution]:
    """Every such head, in order. Linear in the text."""
    done = -1
    for first, who in sorted({*_addressed(lines), *_named(lines)}):
        end = _end(lines, first, addressed="@" in lines.text[slice(*who)]) if first > done else -1
        if end >= 0:
            done = lines.at(end - 1)
            yield Attribution(
                start=lines[first].body,
                end=end,
                names=(who,),
                revealing=True,
                certain=False,
                quoted=lines[first].depth > 0,
                pronoun="",
                verbs=(),
                words=(),
            )


def _addressed(lines: Lines) -> Iterator[tuple[int, tuple[int, int]]]:
    """The lines that are a name and an address."""
    if "@" in lines.text:
        yield from ((lines.at(one.start("who")), one.span("who")) for one in _ADDRESSED.finditer(lines.text))


def _named(lines: Lines) -> Iterator[tuple[int, tuple[int, int]]]:
    """The lines that may be a name, above one that tells how long ago something was."""
    for ago in _AGO.finditer(lines.text):
        number = lines.at(ago.start()) - 1
        while number > 0 and lines[number].blank:
            number -= 1
        line = lines[max(number, 0)]
        words = lines.text[line.body : line.end].split()
        if 0 < len(words) <= _MOST_WORDS and not words[-1].endswith(_ENDS) and not any(map(_is_small, words)):
            yield line.number, (line.body, line.end)


def _is_small(word: str) -> bool:
    return word[0].islower() or word[0].isdigit()


def _end(lines: Lines, first: int, *, addressed: bool) -> int:
    """The end of the lines below a name that tell when and to whom, in any order; -1 where they do not. Below an
    address "(2 days ago)" is enough: an entry of a timetable has a name and how long it takes."""
    when = to = ago = False
    end, number = -1, first
    for _ in range(_MOST_LINES):
        line = lines.words_after(number, _MOST_BLANK)
        if line is None or line.depth != lines[first].depth or line.end - line.body > _LONGEST:
            break
        bracket = _AGO.search(lines.text, line.body, line.end)
        if not when and _is_moment(lines.text, line.body, bracket.start() if bracket else line.end):
            when, ago = True, bracket is not None
        elif not to and _is_to(lines.text, line):
            to = True
        else:
            break
        end, number = line.end, line.number
    return end if when and (to or (ago and addressed)) else -1


def _is_moment(text: str, start: int, end: int) -> bool:
    """Whether it is a time of day with its date, and nothing else."""
    moment = moment_in(text, start, end)
    return moment is not None and not text[start : moment.start].strip() and not text[moment.end : end].strip(" ,.")


def _is_to(text: str, line: Line) -> bool:
    """Whether the line tells to whom: "to me", "To:Jane"."""
    label = _LABEL.match(text, line.body, line.end)
    return (
        label is not None
        and field_of(label[1]) is Field.TO
        and len(text[line.body : line.end].split()) <= _MOST_WORDS
        and not text[line.body : line.end].endswith(_ENDS)
    )
