"""Classifies the text between two parts of a name: a joint of one mention, adjacent cells, or other text."""

from __future__ import annotations

from enum import Enum, auto

import regex

from relay.anonymise.names.fold import Folded

_LONGEST = 40
_WRAPPED = 30
_BLANKS = regex.compile(r"[ \t\xa0]{1,3}")
_SIGN = regex.compile(r"[-_.+·・‧'=]|[ \t]?[·・‧][ \t]?")
_COMMA = regex.compile(r",[ \t]{1,2}|[،፣၊][ \t]{0,2}")
# Chinese and Japanese full stops, which the skeleton folds to a dot: only in addresses are they typed for one.
_FULL_STOPS = regex.compile("[。｡]")
_BREAK = regex.compile(r"[ \t]*\n[> \t]*")
_CELLS = regex.compile(r"[\s,;|\"'>*•\-–:]{1,12}")
# Initials, particles and titles between a given name and a surname.
_SMALL_WORDS = regex.compile(
    r"[ \t]{1,2}(?:(?:[^\W\d_]\.?|van|von|der|den|de[nlsr]?|della|dell|di|da|do|dos|das|du|la|le|los|las|el|al|bin|ibn"
    r"|binti|binte|bint|abu|af|av|ter|ten|te|zu|zum|zur|'t|y|e|ap|oglu|santa|san|st|mc|mac|بن|ابن|بنت|ابو|بو|بن|آل|ال|בן|בת|אבן|b[tn]\.?|bte\.?|a/[lp]|[sd]/o|ould)"
    r"(?:[ \t]{1,2}|['\-]|(?<=\.)))+"
)
_ONE_LETTER = regex.compile(r"(?<![^\W_]|/)[^\W\d_](?=[ \t])")
# One-letter words in any language: and, or, with, in, to.
_CONJUNCTIONS = frozenset("aeiouyäøкиійуаоэвсзсηή")
_MIDDLE_NAME = regex.compile(r"[ \t\xa0]{1,2}[\p{Lu}\p{Lt}][\p{L}\p{M}'’\-]*\.?[ \t\xa0]{1,2}")
# Between the words of an employer's name: "Fox & Hound", "Müller und Söhne", "Bank of Lindholm", "Vale, Abel & Finch".
_CONNECTIVE = regex.compile(r"[&+,]|[^\s>&+,_\-]+")
_LONGEST_CONNECTIVE = 24
# Punctuation or an end at which a cell, line or list item begins or ends.
_EDGE_BEFORE = regex.compile(r"(?:\A|[\n\t,;|:(\[{<>=/])[ \t\xa0\"'>*•\-–]*\Z")
_EDGE_BEHIND = regex.compile(r"[ \t\xa0\"'*]*(?:\Z|[\n\t,;|:)\]}<>/])")


class Gap(Enum):
    """``JOINT``: the parts are one name. ``NEAR``: they stand in neighbouring cells or lines. ``OTHER``: neither."""

    JOINT = auto()
    NEAR = auto()
    OTHER = auto()


def gap_between(
    folded: Folded, start: int, end: int, *, backwards: bool = False, joined: frozenset[str] = frozenset()
) -> Gap:
    """The kind of gap at [start, end) of the skeleton, between two parts. ``backwards``: the surname comes first.
    ``joined``: one-letter words that are part of the name."""
    if start >= end:
        return Gap.JOINT
    if end - start > _LONGEST or _FULL_STOPS.search(folded.original, *folded.span(start, end)):
        return Gap.OTHER
    between = folded.text[start:end]
    if _joins(folded, start, end, joined) or (backwards and _COMMA.fullmatch(between)):
        return Gap.NEAR if "\t" in between else Gap.JOINT
    if _BREAK.fullmatch(between) and between.count("\n") == 1 and _in_running_text(folded.text, start, end):
        return Gap.JOINT
    # "Rosa y Paz" are two mentions, but both of the one name.
    return Gap.NEAR if _CELLS.fullmatch(between) or _SMALL_WORDS.fullmatch(between) else Gap.OTHER


def connects(folded: Folded, start: int, end: int, words: frozenset[str]) -> bool:
    """Whether the gap is one inside of an employer's name: only these ``words`` and signs. A line may end in it, a
    paragraph may not."""
    if end - start > _LONGEST_CONNECTIVE or not words:
        return False
    between = folded.text[start:end]
    return between.count("\n") < 2 and all(word in words for word in _CONNECTIVE.findall(between))


def is_middle_name(folded: Folded, start: int, end: int) -> bool:
    """Whether the gap is exactly one capitalised word."""
    return 2 < end - start <= _LONGEST and bool(
        _MIDDLE_NAME.fullmatch(folded.original[slice(*folded.span(start, end))])
    )


def fill_cells(text: str, start: int, end: int) -> bool:
    """Whether [start, end) of the skeleton is exactly one or more whole cells, lines or items."""
    return bool(_EDGE_BEFORE.search(text, max(0, start - _LONGEST), start)) and bool(_EDGE_BEHIND.match(text, end))


def _joins(folded: Folded, start: int, end: int, joined: frozenset[str]) -> bool:
    """Whether the gap is a blank, a joiner, or initials and particles."""
    between = folded.text[start:end]
    if _BLANKS.fullmatch(between) or _SIGN.fullmatch(between):
        return True
    return bool(_SMALL_WORDS.fullmatch(between)) and not _is_conjunction(folded, start, end, joined)


def _is_conjunction(folded: Folded, start: int, end: int, joined: frozenset[str]) -> bool:
    """Whether a single letter is a word ("w", "i", "y") rather than an initial: lower case without full stop, unless
    the name has it, or no capital follows and it is no word in any language."""
    capital = folded.original[folded.span(end, end + 1)[0]].isupper()
    return any(
        folded.original[folded.span(one.start(), one.end())[0]].islower()
        for one in _ONE_LETTER.finditer(folded.text, start, end)
        if one[0] not in joined and (capital or one[0] in _CONJUNCTIONS)
    )


def _in_running_text(text: str, start: int, end: int) -> bool:
    """Whether the line was wrapped because it was full, rather than ended between the parts."""
    line = text.rfind("\n", 0, start) + 1
    return start - line >= _WRAPPED
