"""Finds what programs, mailing lists, firms and gateways append at the end of one letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from relay.anonymise.appended.program_lines import may_be_words
from relay.anonymise.signature_blocks.notices import (
    Notices,
    banner_at_end,
    disclaimer_at_end,
    is_announced,
    list_footer_at_end,
)
from relay.anonymise.signature_blocks.prose import is_prose
from relay.anonymise.signature_blocks.rows import Line

_MAX_FOOTERS = 40
_BROKEN = 55
_ENDS_SENTENCE = (".", "!", "?", "…", "。", "！", "？", "।", "؟", ")")


@dataclass(frozen=True, slots=True)
class Part:
    """Lines [first, last) of a body to be removed, and their ``kind``, one of html.regions.REGIONS."""

    first: int
    last: int
    kind: str


def footers_at_end(body: Sequence[Line], start: int, cache: Notices) -> tuple[int, list[Part]]:
    """What programs and legal departments append: where the rest ends, and the parts from the last backwards."""
    parts: list[Part] = []
    end = trimmed(body, start, len(body))
    for _ in range(_MAX_FOOTERS):
        first, kind = _last_footer(body, end, cache)
        if first is None or first < start:
            break
        parts.append(Part(first, end, kind))
        end = trimmed(body, start, first)
        if end > start and parts and (body[end - 1].facts.is_rule or body[end - 1].facts.delimits):
            parts.append(Part(end - 1, end, kind))
            end = trimmed(body, start, end - 1)
    return end, parts


def _last_footer(body: Sequence[Line], end: int, cache: Notices) -> tuple[int | None, str]:
    first = list_footer_at_end(body, end)
    if first is None:
        first = _last_footer_lines(body, end, cache)
    if first is not None:
        shown = first > 0 and not body[first - 1].words and is_announced(body, first)
        return None if shown else first, "footer"
    first = disclaimer_at_end(body, end, cache)
    if first is not None:
        return first, "disclaimer"
    return banner_at_end(body, end, cache), "banner"


def _last_footer_lines(body: Sequence[Line], end: int, cache: Notices) -> int | None:
    """The first line of what a program appended at the end; it may be broken into two or three lines."""
    words = ""
    loose = False
    for first in range(end - 1, max(end - 4, -1), -1):
        line = body[first]
        if not line.words:
            return None
        if not words:
            words, found = line.words, cache.is_footer(line.words) or line.facts.is_label
        else:
            if not (loose or _is_wrapped(line.words)):
                loose = body[end - 1].facts.is_prose if first == end - 2 else is_prose(words)
            if loose and not any(_begins_paragraph(body, at) for at in range(max(end - 3, 0), first + 1)):
                return None
            words = f"{line.words} {words}"
            # Lines that no program broke are a footer only as a whole paragraph.
            found = (not loose or _begins_paragraph(body, first)) and cache.is_footer(words)
            if found and _has_words_below(body, first, end, cache):
                return None
        if found:
            return first
    return None


def program_line_above_words(body: Sequence[Line], start: int, end: int, cache: Notices) -> int | None:
    """The line of a program that begins the last paragraph, below which its author went on writing: "Sent from my
    iPhone", "See you!". None when there is none."""
    for at in range(end - 2, max(end - 4, start - 1), -1):
        if not body[at].words:
            return None
        if _begins_paragraph(body, at):
            return at if cache.is_footer(body[at].words) else None
    return None


def _has_words_below(body: Sequence[Line], first: int, end: int, cache: Notices) -> bool:
    """Whether line ``first`` is all that a program wrote, and the lines below it are a sentence or a farewell of the
    author: no excuse for brevity, which belongs to the program's line."""
    if _is_wrapped(body[first].words) or not cache.is_footer(body[first].words):
        return False
    rest = [line for line in body[first + 1 : end] if line.words]
    if not rest or any(line.facts.marks or cache.is_footer(line.words) for line in rest):
        return False
    if not all(may_be_words(line.words) for line in rest):
        return False
    return rest[-1].words.endswith(_ENDS_SENTENCE) or rest[0].facts.is_closing


def _begins_paragraph(body: Sequence[Line], at: int) -> bool:
    above = body[at - 1] if at else None
    return above is None or not above.words or above.facts.is_rule or above.facts.delimits


def _is_wrapped(words: str) -> bool:
    """Whether a program broke this line: it is long, and no sentence ends there."""
    return len(words) >= _BROKEN and words[-1] not in ".!?:"


def trimmed(body: Sequence[Line], start: int, end: int) -> int:
    """``end`` without the blank lines before it."""
    while end > start and not body[end - 1].words:
        end -= 1
    return end
