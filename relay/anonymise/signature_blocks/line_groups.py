"""Tests of a few lines together: how much they look like a signature block, and where the name above one ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from relay.anonymise.signature_blocks.formulas import is_placeholder
from relay.anonymise.signature_blocks.marks import has_employer
from relay.anonymise.signature_blocks.notices import Notices
from relay.anonymise.signature_blocks.rows import PICTURE, Line
from relay.anonymise.signature_blocks.words_of_lines import is_name

SEPARATED = re.compile(r" *[|·•▪◦│] *")
"""What stands between a name, a rank and an employer on one line."""


@dataclass(slots=True)
class Known:
    """Tests for identities in a line: whether it is only a name, whether only the author's full name, whether it holds
    an address or a name; and the cache of the letter's notices."""

    is_name: Callable[[Line], bool]
    is_full_name: Callable[[Line], bool]
    holds: Callable[[Line], bool]
    notices: Notices


def is_written(lines: Sequence[Line], found: int) -> bool:
    """Whether many lines with few marks show running text: a poem, a recipe, a table."""
    return len(lines) > 3 * max(found, 1) + 2


def lists_pages(lines: Sequence[Line]) -> bool:
    """Whether links to pages are the only marks of contact in some lines, as in a list of links to read."""
    marked = [line for line in lines if line.words and line.facts.marks]
    return bool(marked) and all(line.facts.shows_page for line in marked)


def after_name(body: Sequence[Line], start: int, end: int, known: Known) -> int:
    """The line after the name that somebody signs with: one that is replaced, or a first name alone."""
    start = past_blanks(body, start, end)
    if start == end:
        return end
    words = body[start].words
    alone = len(words.split()) == 1 and is_name(words) and not body[start].facts.marks
    if alone:
        following = body[start + 1].words if start + 1 < end else ""
        alone = not following or words.strip(".,!") in following
    if not (alone or known.is_name(body[start])):
        return start
    return past_blanks(body, start + 1, end)


def past_blanks(body: Sequence[Line], start: int, end: int) -> int:
    """Skip blank lines and pictures: a picture above the first line of a signature block belongs to the letter."""
    while start < end and body[start].words in ("", PICTURE):
        start += 1
    return start


def marks_of(lines: Sequence[Line]) -> int:
    """The number of marks of contact, rank and employer in some lines."""
    return sum([line.facts.marks for line in lines])


def is_card(lines: Sequence[Line]) -> bool:
    """Whether the lines are a name and three marks of contact; the name may share its line with employer and rank."""
    name, _, beside = SEPARATED.sub("\n", lines[0].words, count=1).partition("\n")
    if not is_name(name) or (len(name.split()) == 1 and name.lower() != name.upper()) or has_employer(name):
        return False
    found = sum(line.facts.contacts for line in lines[1:]) + (lines[0].facts.marks if beside else 0)
    return (
        found >= 3
        and all(line.facts.marks for line in lines[2:])
        and not any(is_placeholder(line.words) for line in lines)
    )


def is_signed(lines: Sequence[Line]) -> bool:
    """Whether the lines are nothing but names."""
    return len(lines) <= 3 and all(is_name(line.words) for line in lines)
