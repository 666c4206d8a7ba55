"""Finds the way to join a meeting that a program wrote into a letter, and what its organisation added below.

Teams, Zoom, Webex, Google Meet and GoTo write a block: a title or a link, the meeting's number and passcode, telephone
numbers; Teams between two rules, and below them lines that the organisation set: links for the organiser, its name, its
policy. The block is no signature, in whatever language it is; the organisation's lines go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from relay.anonymise.signature_blocks.contacts import has_phone
from relay.anonymise.signature_blocks.marks import LONGEST_TITLE, names_meetings
from relay.anonymise.signature_blocks.rows import PICTURE, Line
from relay.anonymise.signature_blocks.words_of_lines import speaks

_MOST_LINES = 40
"""Lines with words of one block; Zoom lists the telephones of many cities."""
_NEAR = 8
"""Lines with words from the title to the number, and from the last way to join to the closing rule."""
_GAP = 5
"""Lines with words between two ways to join: titles and links."""
_NUMBER = re.compile(r"(?<!\d)\d(?:[ \u00a0-]?\d){8,13}(?!\d)")
_LABELLED = re.compile(rf"[^\d\n]{{0,60}}{_NUMBER.pattern}[ \t]*#?")
_CODE = re.compile(r"[^\W\d][^:：\n]{1,50}[:：][ \t\u00a0]*(?P<code>[^\s:：]{2,16}|\d[\d \u00a0]{2,18}#?)")
_LINK = re.compile(r"https?://|(?:meet\.google|tel\.meet|meet\.goto|[a-z]{2,24}\.webex)[./]")
# Zoom's rooms dial an address without the customer's name.
_ROOM = re.compile(r"[\w.+-]{1,64}@(?!zoomcrc\.com)(?:[\w-]{1,63}\.){1,6}[a-z]{2,24}")
_ROW_OF_LINKS = re.compile(r"[^|\n]{3,120} \| ?[^|\n]{3,80}(?: \| ?[^|\n]{3,80}){0,3}")
_RULE = re.compile(r"[-_]{5,200}|[_.·.]{20,200}")


class Invitation(NamedTuple):
    """Lines [first, kept) tell how to join a meeting; lines [kept, added) are its organisation's, and so are the
    ``rooms``: lines with the address at which its conference rooms dial. All of it, and its closing rule, ends before
    line ``last``."""

    first: int
    kept: int
    added: int
    last: int
    rooms: tuple[int, ...]


def invitations_in(body: Sequence[Line]) -> Iterator[Invitation]:
    """The ways to join a meeting in the lines of one letter, in order, none overlapping. Linear in the lines."""
    at = 0
    while at < len(body):
        found = _invitation(body, at) if body[at].facts.names_meetings else None
        if found:
            yield found
        at = found.last if found else at + 1


def _invitation(body: Sequence[Line], title: int) -> Invitation | None:
    """The invitation whose title or link is at line ``title``; None when no number of a meeting follows."""
    last = seen = 0
    numbered = False
    first = title
    while first and not body[first - 1].words:
        first -= 1
    framed = bool(first and _RULE.fullmatch(body[first - 1].words))
    # Between two long rules, Teams draws a shorter one below the passcode.
    least = len(body[first - 1].words) if framed else 0
    if not any(len(line.words) >= least and _closes(line.words) for line in body[title : title + 2 * _MOST_LINES]):
        least = 0
    since = 0
    at = title
    while at < len(body) and seen < _MOST_LINES and since <= (_GAP if numbered else _NEAR):
        words = body[at].words
        if body[at].facts.is_closing or (numbered and len(words) >= least and _closes(words)):
            break
        if words and not body[at].facts.is_rule:
            seen += 1
            joins = at == title or _joins(words)
            since = 0 if joins else since + 1
            numbered = numbered or (at != title and _numbers(words))
            if joins:
                last = at + 1
        at += 1
    if not numbered:
        return None
    first = first - 1 if framed else title
    rooms = tuple(at for at in range(first, last) if _ROOM.search(body[at].words[:LONGEST_TITLE]))
    added = _end_of_organisation(body, last) if framed else last
    rule = added
    while rule < len(body) and not body[rule].words:
        rule += 1
    return Invitation(first, last, added, rule + 1 if rule < len(body) and _closes(body[rule].words) else added, rooms)


def _closes(words: str) -> bool:
    """Whether a line is the rule below what Teams writes."""
    return len(words) >= 20 and bool(_RULE.fullmatch(words))


def _numbers(words: str) -> bool:
    """Whether a line gives a meeting's number, with nothing behind it, or its link."""
    return bool(_LABELLED.fullmatch(words[:LONGEST_TITLE])) or (
        bool(_LINK.search(words[:LONGEST_TITLE])) and names_meetings(words)
    )


def _joins(words: str) -> bool:
    """Whether a line tells how to join: a number, a passcode, a telephone, a link."""
    if len(words) > LONGEST_TITLE:
        return False
    return bool(
        _NUMBER.search(words) or _ROOM.search(words) or _CODE.fullmatch(words) or _LINK.search(words)
    ) or has_phone(words)


def _end_of_organisation(body: Sequence[Line], start: int) -> int:
    """Where the organisation's lines end: above the closing rule; without one at the end of the letter, when Teams' row
    of links is among them and nobody speaks in them."""
    seen = 0
    for at in range(start, len(body)):
        words = body[at].words
        if _closes(words):
            return at if seen else start
        seen += bool(words.strip(PICTURE))
        if seen > _NEAR:
            return start
    added = body[start:]
    if not any(_ROW_OF_LINKS.fullmatch(line.words) for line in added):
        return start
    return start if any(line.facts.is_closing or speaks(line.words) for line in added) else len(body)
