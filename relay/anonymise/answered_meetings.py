"""Finds the hours and time zones in answers to invitations that have no calendar entry beside them.

"Accepted: Plan @ Tue 3 Feb 2026 21:14 - 22:14 (CET) (anna@…)" becomes "Accepted: Plan @ Tue 3 Feb 2026": the one who
invited knows when the meeting is, and the hour beside it would tell the zone of the one who answers.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from relay.anonymise.any_case import holds_any, small
from relay.anonymise.history.dates import AFTER_A_TIME
from relay.anonymise.history.words import IN_DATES
from relay.anonymise.identities import Finding
from relay.anonymise.moments import TELLS_MORE, moment_in
from relay.anonymise.names.fold import skeleton_of
from relay.message.clock import CLOCK, HAS_CLOCK
from relay.message.digits import ascii_digits

_KIND = "calendar"
_TITLED = re.compile(
    r"[ \t>*_]*(?:[A-Z][A-Za-z]{1,2}[:：][ \t]?)?(?P<label>[^\n:：@]{2,60})[:：][ \t]?[^\n]{0,400}?"
    r"(?:[ \t](?P<at>@|[-–—])[ \t]|＠)(?=[^\n]*\d)",
)
_BESIDE = re.compile(r"(?:[ \t]*\([^()\n]{1,120}\))*[ \t]*$", re.MULTILINE)
_LAST_WORD = re.compile(r"[\s,(]*([^\W\d_]{1,12})\.?\s*\Z")
_LONGEST_LABEL = 80
_LONGEST = 100  # characters of a line that holds nothing but hours
_BELOW = 14  # lines below what says that somebody answered
_ZONE = re.compile(r"\(?[^\W\d][^\n\d⋅:@]{3,60}\)? [-–] [^\W\d][^\n\d⋅:@,.]{2,30}\Z")
_BEFORE_HOURS = re.compile(r"[>\s*_]*(?:[^\W\d_][^\n\d:：]{1,20}[:：]\s*|[·⋅•-]\s*)?")


class _Answers(NamedTuple):
    labels: frozenset[str]
    says: tuple[tuple[str, ...], ...]
    firsts: tuple[str, ...]


@lru_cache(maxsize=1)
def _answers() -> _Answers:
    table = tomllib.loads(files(__package__).joinpath("calendar_answers.toml").read_text("utf-8"))
    labels = frozenset(_folded(label) for one in table.values() for label in one["labels"])
    says = tuple(
        tuple(piece.strip() for piece in small(phrase).split("*") if piece.strip())
        for one in table.values()
        for phrase in one["says"]
    )
    return _Answers(labels, says, tuple(dict.fromkeys(pieces[0] for pieces in says)))


def _folded(words: str) -> str:
    return " ".join(skeleton_of(words).split())


def load() -> None:
    """Read the words. Raises ValueError when the file is invalid."""
    _answers()


def find(text: str) -> list[Finding]:
    """The hours, zones and addresses in answers to invitations, and below the line that says somebody answered; in
    order. Linear."""
    text = ascii_digits(text)
    lines = list(_timed_lines(text))
    found = [finding for line in lines for finding in _titled(text, *line)]
    # Most lines with an hour stand above a quotation, and end in a colon.
    if any(
        end - start <= _LONGEST and text[end - 1] not in ":：" and TELLS_MORE.search(text, start, end)
        for start, end in lines
    ):
        found += _told(text)
    return sorted({one.start: one for one in found}.values(), key=lambda one: one.start)


def _timed_lines(text: str) -> Iterator[tuple[int, int]]:
    done = -1
    for clock in HAS_CLOCK.finditer(text):
        if clock.start() > done:
            start, done = text.rfind("\n", 0, clock.start()) + 1, text.find("\n", clock.end())
            done = len(text) if done < 0 else done
            yield start, done


def _titled(text: str, start: int, end: int) -> Iterator[Finding]:
    """ "Accepted: Plan @ Tue 3 Feb 2026 21:14 (CET)"."""
    colon = text.find(":", start, start + _LONGEST_LABEL)
    if colon < 0 and text.find("：", start, start + _LONGEST_LABEL) < 0:
        return
    head = _TITLED.match(text, start, end)
    if head is None or _folded(head["label"]) not in _answers().labels:
        return
    moment = moment_in(text, head.end(), end)
    # People, too, write "Maybe: tea - Tuesday, 21:00".
    if moment is not None and (moment.zoned or (moment.dated and head["at"] in (None, "@"))):
        beside = _BESIDE.match(text, moment.end)
        yield Finding(_before_clock(text, moment.start, moment.end), beside.end() if beside else moment.end, "", _KIND)


def _before_clock(text: str, start: int, end: int) -> int:
    """Where the hour of a moment begins, with the words before it that belong to it ("at", "um", "下午")."""
    clock = CLOCK.search(text, start, end)
    at = clock.start() if clock else start
    while at > start:
        word = _LAST_WORD.search(text, start, at)
        if word is None or skeleton_of(word[1]).strip() not in IN_DATES | AFTER_A_TIME:
            break
        at = word.start()
    return start + len(text[start:at].rstrip(" ,-–⋅·•|\t"))


def _told(text: str) -> Iterator[Finding]:
    low = small(text)
    known = _answers()
    if not holds_any(low, known.firsts):
        return
    done = 0
    for pieces in known.says:
        place = low.find(pieces[0], done)
        if place < 0 or (len(pieces) > 1 and low.find(pieces[1], place, place + 80) < 0):
            continue
        yield from _below(text, place)


def _below(text: str, place: int) -> Iterator[Finding]:
    """The hours in the lines below that consist of them, and the zone that follows."""
    start = text.find("\n", place)
    timed = False
    for _ in range(_BELOW):
        if start < 0:
            return
        end = text.find("\n", start + 1)
        end = len(text) if end < 0 else end
        head = _BEFORE_HOURS.match(text, start + 1, end)
        first = head.end() if head else start + 1
        if timed and _ZONE.match(text, first, end):
            yield Finding(first, end, "", _KIND)
        moment = moment_in(text, first, end)
        beside = _BESIDE.match(text, moment.end) if moment else None
        timed = moment is not None and beside is not None and not text[first : moment.start].strip(" ·⋅•*_")
        if timed and moment and beside:
            yield Finding(_before_clock(text, moment.start, moment.end), beside.end(), "", _KIND)
        start = text.find("\n", end) if end < len(text) else -1
