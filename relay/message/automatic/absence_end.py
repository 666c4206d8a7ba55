"""Finds where an absence message says how long it lasts, and reads the last day of the absence.

    I am away until 9 February and will answer then.     until: "9 february and will answer then"
    Back on Monday, 9 February 2027.                     back: "monday, 9 february 2027"

Only the day is ever told to anybody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from relay.message.automatic.absence import LONGEST, PHRASES, plain
from relay.message.desk.read_date import DateFault, read_date

_PIECE = 60  # characters in which the day stands
_MOST = 8  # pieces
_ENDS = re.compile(r"(?:(?<!\d)|(?<=\d{4}))\.|[!?。！？।]|[,;،](?!\s*\d{4}(?!\d))")
"""Where a piece ends: with its sentence, or at a comma that no year follows."""
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Ends:
    """Pieces of a message, in lower case, that begin with the last day of the absence (``until``), or the first day
    after it (``back``), if they say one."""

    until: tuple[str, ...] = ()
    back: tuple[str, ...] = ()


def _pattern(kind: str) -> re.Pattern[str]:
    phrases = {phrase for language in PHRASES.values() for phrase in language.get(kind, ())}
    longest_first = sorted(phrases, key=lambda one: (-len(one), one))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


_UNTIL, _BACK, _BEHIND = _pattern("until"), _pattern("back"), _pattern("until_behind")


def ends_in(text: str) -> Ends:
    """The pieces of ``text``, the message's own words."""
    flat = plain(text[:LONGEST]).replace("\n", " ")
    found = sorted([(one.start(), one.end(), _UNTIL) for one in _UNTIL.finditer(flat)]
                   + [(one.start(), one.end(), _BACK) for one in _BACK.finditer(flat)])  # fmt: skip
    starts = [start for start, *_ in found] + [len(flat)]
    pieces: dict[re.Pattern[str], list[str]] = {_UNTIL: [], _BACK: []}
    for (_, end, kind), (_, limit) in zip(found, pairwise(starts), strict=True):
        pieces[kind].append(_piece(flat[end : min(limit, end + _PIECE)]))
    pieces[_UNTIL] += [_before(flat[: one.start()]) for one in _BEHIND.finditer(flat)]
    until, back = (tuple(one for one in pieces[kind] if _DIGIT.search(one))[:_MOST] for kind in (_UNTIL, _BACK))
    return Ends(until, back)


def last_day(ends: Ends, today: date, languages: Sequence[str]) -> date | None:
    """The last day of the absence, when exactly one after ``today`` can be understood; else None."""
    until = _only(ends.until, today, languages)
    if until is not None or ends.until:
        return until
    back = _only(ends.back, today, languages)
    return back - timedelta(days=1) if back is not None and back - timedelta(days=1) > today else None


def _only(pieces: Sequence[str], today: date, languages: Sequence[str]) -> date | None:
    days = {read_date(piece, today, languages) for piece in pieces}
    understood = {one for one in days if not isinstance(one, DateFault)}
    return understood.pop() if len(understood) == 1 and DateFault.AMBIGUOUS not in days else None


def _piece(behind: str) -> str:
    """The words up to the end of the sentence, or to the first comma behind a number."""
    at = 0
    for end in _ENDS.finditer(behind):
        at = end.start()
        if _DIGIT.search(behind, 0, at) or behind[at] not in ",;،":
            return behind[:at].strip()
    return behind.strip()


def _before(text: str) -> str:
    """The last words of the sentence: in Hindi the day stands before "until"."""
    last = text[-_PIECE // 2 :]
    ends = [end.end() for end in _ENDS.finditer(last)]
    words = last[ends[-1] if ends else 0 :].split()
    return " ".join(words[-3:])
