"""Recognises the head of one message in the forms of chat programs, by its signs: brackets, dashes, blanks, tabs."""

from __future__ import annotations

import re
import tomllib
from enum import Enum
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from relay.anonymise.any_case import holds_any
from relay.anonymise.history.dates import DATE_WORDS
from relay.anonymise.history.words import IN_DATES
from relay.anonymise.names.fold import skeleton_of
from relay.message.clock import SEPARATORS


class Form(Enum):
    """How much the signs of a head prove."""

    MARKED = "in brackets, or behind a dash"
    EXPORTED = "a date, a dash, a name and a colon: a diary has it, too"
    BARE = "a name and a time of day: a timetable has it, too"
    WORDED = "words that only programs write"


class Head(NamedTuple):
    """The head of one message at [start, end) of a text, which names its writer at [first, last). ``shape`` is the
    name of its form, ``minute`` that of its time of day (-1: none), ``day`` its date as written, without the time.
    ``alone``: the message begins on the next line."""

    start: int
    end: int
    first: int
    last: int
    form: Form
    shape: str
    minute: int
    day: str
    alone: bool


_TIME = (
    rf"\d{{1,2}}[{SEPARATORS}]\d\d(?:[{SEPARATORS}]\d\d)?"
    r"(?:[ \u202f\xa0]?[AaPp]\.?[ ]?[Mm]\b\.?|[ ][صم]\b|[ ](?:Uhr|uur|hod|ч|น)\b\.?)?"
)
_WORD_OF_DATE = r"[^\W\d_]{1,12}[.,]?"
_DAY = (
    rf"(?:(?:{_WORD_OF_DATE}[ ]){{0,3}}\d{{1,4}}(?:[./\-\u200f]{{1,2}}[ ]?\d{{1,2}}){{1,2}}[ ]?\d{{0,4}}\.?"
    rf"|(?:{_WORD_OF_DATE}[ ]){{0,3}}\d{{1,2}}(?:st|nd|rd|th|\.)?(?:[ ]{_WORD_OF_DATE}){{1,3}}(?:[ ]?\d{{2,4}})?"
    rf"|(?:{_WORD_OF_DATE}[ ]){{1,3}}\d{{1,2}}(?:st|nd|rd|th)?(?:,?[ ]\d{{4}})?"
    r"|\d{4}[년年][ ]?\d{1,2}[월月][ ]?\d{1,2}[일日]"
    rf"|(?:{_WORD_OF_DATE}[ ]?){{1,2}})"
)
_GAP = r"(?:,|،|、|[ ]kl\.?|[ ]at|[ ]um|[ ]à|[ ]a las|[ ]às|[ ]alle|[ ]om|[ ]o|[ ]в|[ ]\|)?[ \u202f]{0,2}"
_HALF = r"(?:[^\W\d_]{1,2}[ ]?)?"
_WHEN = rf"(?:(?P<day>{_DAY}){_GAP})?(?:{_HALF}(?P<time>{_TIME}))"
_REVERSED = rf"(?P<early>{_TIME}),[ ](?P<date>\d[\d./\-]{{3,10}})"
_WHO = r"(?P<who>[^\s\[\]<>:：|,;][^\n\[\]<>:：|;\t]{0,40}?)"
_DATED = rf"(?P<day>{_DAY}){_GAP}{_HALF}(?P<time>{_TIME})"

_SHAPES: tuple[tuple[str, Form, str, re.Pattern[str]], ...] = tuple(
    (name, form, sign, re.compile(pattern))
    for name, form, sign, pattern in (
        # Teams, WhatsApp on iOS and on the web, Viber, Skype, Zalo: the message behind the colon, or below.
        ("bracket", Form.MARKED, "[", rf"\[(?:{_WHEN}|{_REVERSED})\][ ]?[~‎]{{0,2}}{_WHO}(?:(?P<same>:[ ])|:?[ ]?$)"),
        (
            "irc",
            Form.MARKED,
            "<",
            rf"\[?(?P<time>{_TIME})\]?[ \t]{{1,2}}<[ @+~&%]?(?P<who>[^<>\n ]{{1,30}})>(?P<same>[ ])",
        ),
        # Telegram, Slack.
        ("telegram", Form.MARKED, "[", rf"{_WHO},?[ \t]{{1,3}}\[{_WHEN}\]:?[ ]?$"),
        ("discord", Form.MARKED, "—", rf"{_WHO}[ ]—[ ]{_WHEN}:?[ ]?$"),
        ("signal", Form.MARKED, "(", rf"{_WHO}[ ]\({_WHEN}\)(?:(?P<same>:[ ])|:$)"),
        ("kakao", Form.MARKED, "[", rf"\[(?P<who>[^\[\]\n]{{1,40}})\][ ]\[{_WHEN}\](?:(?P<same>[ ])|$)"),
        # WhatsApp on Android, KakaoTalk on telephones.
        ("android", Form.EXPORTED, ": ", rf"{_DATED}[ ][-–][ ][~‎]{{0,2}}{_WHO}(?P<same>:[ ])"),
        ("phone", Form.EXPORTED, " : ", rf"{_DATED},[ ](?P<who>[^\n,:]{{1,40}}?)(?P<same>[ ]:[ ])"),
        ("line", Form.BARE, "\t", rf"{_HALF}(?P<time>{_TIME})\t(?P<who>[^\n\t]{{1,40}})(?P<same>\t)"),
    )
)
_ONLY_WHEN = re.compile(rf"(?:{_WHEN}|{_REVERSED})\Z")
_CLOCK = re.compile(_TIME)
_MINUTE = re.compile(rf"\d{{1,2}}[{SEPARATORS}](\d\d)")
_WORD = re.compile(r"[^\W\d_]+")
_BRACKETS = re.compile(r"\[(?P<inside>[^\[\]\n]{4,40})\]\Z")
_LAST_TIME = re.compile(
    rf"(?<![\d:.])\d{{1,2}}[{SEPARATORS}](?P<minute>\d\d)(?P<seconds>:\d\d)?"
    r"[ \u202f\xa0]?(?P<half>[AaPp]\.?[Mm]\.?)?:?[ ]?\Z"
)
_PIECE = re.compile(r"[^\s·•|]+")
_UNITS = frozenset("年月日년월일")
_LETTER = re.compile(r"[^\W\d_]")
_NUMBER = re.compile(r"\+\d[\d ()\-]{6,20}\d\Z")
_WORD_ENDS = ".?!…;:"
_MOST_WORDS, _LONGEST = 5, 160
# Levels in the logs of programs.
_LEVELS = frozenset(("info", "error", "warn", "warning", "debug", "trace", "fatal", "notice", "critical", "verbose"))


class _Words(NamedTuple):
    you: frozenset[str]
    days: frozenset[str]
    sent: re.Pattern[str]
    late: re.Pattern[str]
    phrases: tuple[str, ...]
    following: re.Pattern[str]
    profile: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    several = tomllib.loads(files(__package__).joinpath("chats.toml").read_text("utf-8")).values()

    def any_of(key: str) -> str:
        phrases = sorted({phrase for one in several for phrase in one.get(key, ())}, key=lambda one: (-len(one), one))
        return "|".join(re.escape(phrase) for phrase in phrases)

    to = rf"[ \t]{{1,3}}(?:{any_of('to')})[ \t]{{1,3}}[^\n:]{{1,40}}?"
    who, private = r"(?P<who>[^\n:]{1,40}?)", r"(?:[ ]?\([^()\n]{2,30}\))?"
    return _Words(
        frozenset(skeleton_of(word) for one in several for word in one["you"]),
        frozenset(skeleton_of(word) for one in several for phrase in one.get("days", ()) for word in phrase.split()),
        re.compile(
            rf"(?P<time>\d\d:\d\d:\d\d)[ \t]{{1,3}}(?:{any_of('from')})[ \t]{{1,3}}{who}"
            rf"(?:{to}{private})?[ ]?:(?:(?P<same>[ \t]+)|[ ]?$)"
        ),
        re.compile(
            rf"(?:{any_of('from')})[ \t]{{1,3}}{who}{to}{private}:?[ \t]{{1,4}}(?P<time>{_TIME}):?$", re.IGNORECASE
        ),
        tuple(phrase for one in several for phrase in one.get("following", ())),
        re.compile(rf"{who}[ ](?:{any_of('following')})[ ](?P<time>{_TIME})[^\n\d:]{{0,40}}:?$"),
        re.compile(any_of("profile").replace(r"\*", r"[^\n]{1,40}") + r"\Z"),
    )


def load() -> None:
    """Read the words. Raises ValueError when the file is invalid."""
    _words()


def is_you(name: str) -> bool:
    """Whether a program calls the one who exported the chat so."""
    return skeleton_of(name.strip()) in _words().you


def is_profile_line(line: str) -> bool:
    """Whether it is LinkedIn's link to somebody's page: "View Petra’s profile"."""
    return len(line) <= _LONGEST and _words().profile.match(line) is not None


def tells_only_when(line: str) -> bool:
    """Whether a line is a time of day, perhaps with its date, and nothing else: "Yesterday 4:12 PM"."""
    found = _ONLY_WHEN.match(line) if len(line) <= _LONGEST else None
    return found is not None and _is_day(_when(found)[0])


def head_in(text: str, start: int, end: int) -> Head | None:
    """The head with which the line text[start:end] begins, if any. Bounded work."""
    line = text[start : min(end, start + _LONGEST)]
    if _CLOCK.search(line) is None:
        return None
    several = [("late", Form.BARE, _words().late)]
    if holds_any(line, _words().phrases):
        several.append(("linkedin", Form.WORDED, _words().following))
    several += [(name, form, pattern) for name, form, sign, pattern in _SHAPES if sign in line]
    if line[:1].isdigit():
        several.append(("zoom", Form.WORDED, _words().sent))
    for name, form, pattern in several:
        found = pattern.match(line)
        if found and _may_name(found["who"]):
            day, minute = _when(found)
            if _is_day(day):
                same = found.groupdict().get("same")
                stop = start + (found.end("same") if same else len(line))
                who = start + found.start("who"), start + found.end("who")
                return Head(start, stop, *who, form, name, minute, day, not same)
    return _without_signs(line, start)


def _without_signs(line: str, start: int) -> Head | None:
    """A name, perhaps a day, and a time of day, as Slack, WeChat and QQ write them: "Petra Nowak  9:14 AM"."""
    time = _LAST_TIME.search(line)
    if time is None:
        return None
    words = list(_PIECE.finditer(line, 0, time.start()))
    name = len(words)
    while name and (words[name - 1][0].strip(",.")[:1].isdigit() or _is_day(words[name - 1][0])):
        name -= 1
    if not name or len(words) - name > _MOST_WORDS:
        return None
    last = words[name - 1].start() + len(words[name - 1][0].rstrip(",，"))
    day, gap = line[last : time.start()].strip(" ,·•|\t\xa0"), line[last : time.start()]
    # "John 3:16" is a verse.
    if not (day or len(gap) > 1 or time["half"] or time["seconds"]) or not _may_name(line[:last]):
        return None
    return Head(start, start + len(line), start, start + last, Form.BARE, "slack", int(time["minute"]), day, alone=True)


def head_over_two(text: str, above: tuple[int, int], below: tuple[int, int]) -> Head | None:
    """The head of two lines, a name and a time below it: "Petra Nowak ⏎ Yesterday 4:12 PM"."""
    name, when = text[slice(*above)], text[slice(*below)]
    bracketed = _BRACKETS.match(when)
    found = _ONLY_WHEN.match(bracketed["inside"] if bracketed else when) if len(when) <= _LONGEST else None
    if found is None or len(name) > _LONGEST or not _may_name(name) or _LETTER.search(name) is None:
        return None
    day, minute = _when(found)
    if not _is_day(day):
        return None
    form, shape = (Form.MARKED, "telegram") if bracketed else (Form.BARE, "lines")
    return Head(above[0], below[1], *above, form, shape, minute, day, alone=True)


def _when(found: re.Match[str]) -> tuple[str, int]:
    """The day of a head, and the minute of its time of day."""
    groups = found.groupdict()
    minute = _MINUTE.search(groups.get("time") or groups.get("early") or "")
    return groups.get("day") or groups.get("date") or "", int(minute[1]) if minute else -1


def _is_day(day: str) -> bool:
    """Whether all words of it are words of dates: "Yesterday", "Tue"."""
    words = [skeleton_of(word) for word in _WORD.findall(day)]
    return all(word in DATE_WORDS or word in IN_DATES or word in _words().days or word in _UNITS for word in words)


def _may_name(who: str) -> bool:
    """Whether it may be how a program calls somebody: a name, the name of an account, a number."""
    name = who.strip(" ,~‎")
    words = name.split()
    if not 0 < len(words) <= _MOST_WORDS or name.endswith(tuple(_WORD_ENDS)) or "://" in name:
        return False
    if _NUMBER.match(name):
        return True
    if _LETTER.search(name) is None or name.casefold() in _LEVELS or words[0].casefold() in _LEVELS:
        return False
    return len(words) == 1 or not words[0][0].islower()
