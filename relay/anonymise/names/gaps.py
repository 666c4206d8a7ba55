"""Tells what stands between two parts of a name: a joint of one mention, the edge of two cells, or other words."""

from __future__ import annotations

from enum import Enum, auto

import regex

from relay.anonymise.names.fold import Folded

_LONGEST = 40
_WRAPPED = 30
_BLANKS = regex.compile(r"[ \t\xa0]{1,3}")
_SIGN = regex.compile(r"[-_.+·・‧'=]|[ \t]?[·・‧][ \t]?")
_COMMA = regex.compile(r",[ \t]{1,2}|[،፣၊][ \t]{0,2}")
# The skeleton has a dot for the full stop of Chinese and Japanese, which people type in addresses.
_FULL_STOPS = "。｡"
_BREAK = regex.compile(r"[ \t]*\n[> \t]*")
_CELLS = regex.compile(r"[\s,;|\"'>*•\-–:]{1,12}")
# Initials, particles and titles between a given name and a surname.
_SMALL_WORDS = regex.compile(
    r"[ \t]{1,2}(?:(?:[^\W\d_]\.?|van|von|der|den|de[nlsr]?|della|dell|di|da|do|dos|das|du|la|le|los|las|el|al|bin|ibn"
    r"|binti|binte|bint|abu|af|av|ter|ten|te|zu|zum|zur|'t|y|e|ap|oglu|santa|san|st|mc|mac|بن|ابن|بنت|ابو|بو|بن|آل|ال|בן|בת|אבן|b[tn]\.?|bte\.?|a/[lp]|[sd]/o|ould)"
    r"(?:[ \t]{1,2}|['\-]|(?<=\.)))+"
)
_ONE_LETTER = regex.compile(r"(?<![^\W_]|/)[^\W\d_ye](?=[ \t])")


class Gap(Enum):
    """``JOINT``: the parts are one name. ``NEAR``: they stand in neighbouring cells or lines. ``OTHER``: neither."""

    JOINT = auto()
    NEAR = auto()
    OTHER = auto()


def gap_between(folded: Folded, start: int, end: int, *, backwards: bool = False) -> Gap:
    """What [start, end) of the skeleton is, between two parts. ``backwards``: the surname stands first."""
    if not 0 < end - start <= _LONGEST:
        return Gap.OTHER if end > start else Gap.JOINT
    between = folded.text[start:end]
    ended = between == "." and folded.original[folded.span(start, end)[0]] in _FULL_STOPS
    if not ended and (_BLANKS.fullmatch(between) or _SIGN.fullmatch(between) or _small_words(folded, start, end)):
        return Gap.NEAR if "\t" in between else Gap.JOINT
    if backwards and _COMMA.fullmatch(between):
        return Gap.JOINT
    broken = _BREAK.fullmatch(between) and between.count("\n") == 1
    if broken and _in_running_text(folded.text, start, end):
        return Gap.JOINT
    return Gap.NEAR if _CELLS.fullmatch(between) else Gap.OTHER


def _small_words(folded: Folded, start: int, end: int) -> bool:
    """Initials and particles; before a capital a small letter without full stop is a word instead (Polish "w", "i")."""
    if not _SMALL_WORDS.fullmatch(folded.text, start, end):
        return False
    if not folded.original[folded.span(end, end + 1)[0]].isupper():
        return True
    alone = _ONE_LETTER.finditer(folded.text, start, end)
    return not any(folded.original[folded.span(one.start(), one.end())[0]].islower() for one in alone)


def _in_running_text(text: str, start: int, end: int) -> bool:
    """Was the line broken because it was full, rather than to give each part a line of its own?"""
    line = text.rfind("\n", 0, start) + 1
    return start - line >= _WRAPPED
