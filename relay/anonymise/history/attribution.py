"""Finds the lines in which a mail program says whose words it quotes: "On 3 Feb 2026, Jane <jane@…> wrote:"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from relay.anonymise.history.lines import Line, Lines
from relay.anonymise.history.reading import Attribution, Reading
from relay.anonymise.history.tokens import Token, tokens

_COLON = re.compile(r"[^\n]{4}[:：﹕][^\w\n]*$", re.MULTILINE)
_TELLING = re.compile(r"[\d@]")
_IN_MESSAGE = re.compile(
    r"\s+in (?:message|article|news:)\s*[:<]?\s*(?:news:)?<?[^\s<>]{3,200}>?[\s:.]*\Z", re.IGNORECASE
)

_MOST_LINES = 4


def attributions(lines: Lines) -> Iterator[Attribution]:
    """Every attribution of a text, in order. Linear in the text."""
    read: dict[int, tuple[Token, ...]] = {}
    done = 0
    for colon in _COLON.finditer(lines.text):
        last = lines[lines.at(colon.start())]
        if last.number < done:
            continue
        found = _ending_at(lines, last, read, done)
        if found is not None:
            done = last.number + 1
            yield found


def _ending_at(lines: Lines, last: Line, read: dict[int, tuple[Token, ...]], lowest: int) -> Attribution | None:
    """The attribution whose last line this is: the shortest that begins with a date, else that begins with a name."""
    quoted = _quotation_after(lines, last)
    best: Attribution | None = None
    line = last
    several: list[Token] = []
    for _ in range(_MOST_LINES):
        if line.blank or line.number < lowest:
            break
        if line.number not in read:
            read[line.number] = tuple(tokens(lines.text, line.body, line.end))
        several = [*read[line.number], *several]
        reading = Reading(lines.text, several, quoted, last.depth)
        if reading.dated_first and reading.accepted():
            return reading.attribution()
        if (best is None or _begins_name(lines, line)) and reading.accepted():
            best = reading.attribution()
        if line.number == 0:
            break
        line = lines[line.number - 1]
    return best


def _begins_name(lines: Lines, line: Line) -> bool:
    """Can a name begin on this line and go on on the next: is it short, no sentence, and nothing above it?"""
    above = lines[line.number - 1] if line.number else None
    return (
        (above is None or above.blank or above.depth != line.depth)
        and line.end - line.body <= 60
        and lines.text[line.end - 1] not in ".,;:!?،。，"
    )


def _quotation_after(lines: Lines, last: Line) -> int:
    """How many lines further down a deeper quotation begins; 0 when none does."""
    after = lines.words_after(last.number, 4)
    return after.number - last.number if after is not None and after.depth > last.depth else 0
