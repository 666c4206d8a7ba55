"""Finds the line that GroupWise writes above a quotation: ">>> Jane Whitcombe <jane@…> 03/11/2026 14:05 >>>"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from relay.anonymise.history.candidate import Attribution
from relay.anonymise.history.lines import Lines
from relay.anonymise.history.parts import Parts, tells_time, tells_year
from relay.anonymise.history.tokens import Kind, Token, tokens
from relay.anonymise.history.words import SOMEBODY

_OPENING = re.compile(r"^[> \t]*(?<!>)(?P<line>>>>[ \t]+)(?=[^\s>])", re.MULTILINE)
_CLOSING = re.compile(r"[ \t]>>>\Z")
_LONGEST = 300
_MOST_WORDS = 8


def groupwise_lines(lines: Lines) -> Iterator[Attribution]:
    """Every such line of a text, in order: somebody, a date and a time, and no other words. Linear in the text."""
    met: dict[str, tuple[Kind, str]] = {}
    for found in _OPENING.finditer(lines.text) if ">>>" in lines.text else ():
        end = _end(lines, lines.at(found.start("line")))
        if end is None:
            continue
        several = list(tokens(lines.text, found.end(), end - len(">>>"), met))
        parts = Parts(lines.text, several)
        when = parts.text_of(parts.date)
        if not (tells_time(when) and tells_year(when) and _names(parts, several)):
            continue
        start = found.start("line")
        yield Attribution(
            start=start,
            end=end,
            names=tuple((several[region[0]].start, several[region[-1]].end) for region in parts.regions),
            revealing=True,
            certain=False,
            quoted=">" in lines.text[found.start() : start],
            pronoun="",
            verbs=(),
            words=tuple(several[n].word for n in parts.date if several[n].kind is Kind.DATE),
        )


def _end(lines: Lines, number: int) -> int | None:
    """The end of the line with the closing brackets, which may be wrapped to the next line."""
    first = lines[number]
    following = [lines[after] for after in range(number + 1, min(number + 3, len(lines)))]
    for line in (first, *following):
        if lines.text[line.start : line.end].strip() == ">>>" and line is not first:
            return line.end
        if (
            line.end - line.start <= _LONGEST
            and line.depth <= first.depth
            and _CLOSING.search(lines.text, max(line.start, line.end - 8), line.end)
        ):
            return line.end
    return None


def _names(parts: Parts, several: list[Token]) -> bool:
    """Whether the rest is one person, by name or address."""
    if any(parts.is_sign(n, SOMEBODY) for n in range(len(several))):
        return not parts.regions
    return len(parts.regions) == 1 and len(parts.regions[0]) <= _MOST_WORDS
