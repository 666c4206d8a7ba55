"""Recognises the numbers of ticket, case and customer systems, in subjects and on lines of their own."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from relay.anonymise.any_case import holds_any
from relay.anonymise.names.fold import skeleton_of
from relay.anonymise.pronouns import speaks_of_oneself

_LONGEST, _MOST_WORDS = 120, 6
_FEWEST_DIGITS = 4
# What a program reads again: Salesforce, its Lightning threads, Help Scout, ServiceNow.
_TOKEN = re.compile(
    r"\[? ?\b(?:ref:[!_][0-9A-Za-z.!_]{8,60}:ref|thread::[\w-]{10,40}::|Ref:MSG\d{5,12}_[0-9A-Za-z]{8,40})(?!\w)"
    r"(?: ?\])?[ ]{0,3}|\{#HS:[\d-]{4,30}#\}[ ]{0,3}"
)
_BRACKETED = re.compile(r"[\[({【［〔](?P<words>[^\[\](){}【】［］〔〕\n]{2,60})[\])}】］〕][ :：]{0,3}")
_BARE = re.compile(
    r"(?:(?:INC|RITM|REQ|CHG|TASK|SCTASK|PRB|CS|HRC)\d{7,10}|#{2} ?\d{4,16} ?#{2}|CRM:\d{5,12})(?![\w-])"
    r"[ \t]{0,2}[:|–-]?[ \t]{0,2}"
)
_LED = re.compile(r"(?P<words>[^\W\d_][^:：|\n\[\]]{2,40}\d{4,20})[ \t]?[:：|][ ]{0,3}")
_KEY = re.compile(r"[ ]?\([A-Z][A-Z0-9]{1,9}-\d{1,6}\)[ :]{0,2}")
# The number: with digits and letters, four digits or more; no year alone, no date.
_NUMBER = re.compile(
    r"(?P<hash>#{1,2} ?)?(?P<number>(?:[A-Za-z]{1,6}[-/:_.]?)?\d[\dA-Za-z]{0,20}(?:[-/._][\dA-Za-z]{1,12}){0,4})"
    r"[ #]{0,3}\Z"
)
_DATE = re.compile(
    r"(?:(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.](?:19|20)?\d\d|(?:19|20)\d\d|97[89][\d-]{10,14})\Z"
)
_WORD = re.compile(r"[^\W\d_]+")


class _Words(NamedTuple):
    """The phrases before a number, the words for "number", the systems, and the lines above a letter; folded."""

    words: frozenset[str]
    number: frozenset[str]
    systems: frozenset[str]
    above: frozenset[str]
    starts: tuple[str, ...]


@lru_cache(maxsize=1)
def _words() -> _Words:
    table = tomllib.loads(files(__package__).joinpath("tickets.toml").read_text("utf-8"))
    above = frozenset(map(_folded, table["above"]))
    return _Words(
        frozenset(map(_folded, table["words"])),
        frozenset(skeleton_of(table["number"]).split()),
        frozenset(table["systems"].split()),
        above,
        tuple({line.split()[-1] for line in above}),
    )


def _folded(words: str) -> str:
    return " ".join(_WORD.findall(skeleton_of(words)))


def load() -> None:
    """Read the words. Raises ValueError when the file is invalid."""
    _words()


def end_of_ticket(subject: str, at: int) -> int | None:
    """Where the number of a ticket ends that begins a subject at ``at``, with what parts it from the rest; None when
    there is none: "[Case #00412877] ", "INC0098123 - "."""
    token = _TOKEN.match(subject, at) or _BARE.match(subject, at)
    if token:
        return token.end()
    tag = _BRACKETED.match(subject, at)
    if tag:
        if _WORD.fullmatch(tag["words"]) and tag["words"].lower() in _words().systems:
            key = _KEY.match(subject, tag.end())
            return key.end() if key else tag.end()
        return tag.end() if _is_number(tag["words"], bracketed=True) else None
    led = _LED.match(subject, at)
    return led.end() if led and _is_number(led["words"], bracketed=False) else None


def start_of_last_ticket(subject: str) -> int | None:
    """Where the number of a ticket begins with which a subject ends, with the blanks before it; None when there is
    none."""
    bare = subject.rstrip()
    first = max(bare.rfind(sign, len(bare) - 64 if len(bare) > 64 else 0) for sign in "[({【［〔")
    starts = [first] if first > 0 else []
    crm = bare.rfind(" CRM:")
    starts += [crm + 1] if crm > 0 else []
    for start in starts:
        if end_of_ticket(bare, start) == len(bare):
            return len(bare[:start].rstrip(" -–|"))
    return None


def is_ticket_line(line: str) -> bool:
    """Whether a whole line is the number of a ticket, or one of the lines that such systems put above a letter:
    "Please type your reply above this line". Bounded work."""
    if not 2 < len(line) <= _LONGEST:
        return False
    if not any(map(str.isdigit, line)):
        if _TOKEN.fullmatch(line):
            return True
        folded = skeleton_of(line)
        return holds_any(folded, _words().starts) and _folded(line) in _words().above
    if _TOKEN.fullmatch(line) or end_of_ticket(line, 0) == len(line):
        return True
    return _is_number(line, bracketed=False) and not speaks_of_oneself(line)


def _is_number(words: str, *, bracketed: bool) -> bool:
    """Whether these are a word for a ticket and its number, with the name of a firm at most; or between brackets "#"
    and the number."""
    number = _NUMBER.search(words[-48:])
    if number is None:
        return False
    digits, head = number["number"], words[: len(words[:-48]) + number.start()]
    if sum(map(str.isdigit, digits)) < _FEWEST_DIGITS or _DATE.match(digits):
        return False
    before = _WORD.findall(head)
    prefix = _WORD.match(digits)
    if prefix and digits[len(prefix[0]) : len(prefix[0]) + 1] in ("-", ":", "/", "_", "."):
        before.append(prefix[0])
    if number["hash"] and bracketed and len(before) <= 2:
        return all(word[0].isupper() or skeleton_of(word) in _words().words for word in before)
    return 0 < len(before) <= _MOST_WORDS and _tells(before)


def _tells(before: list[str]) -> bool:
    """Whether the words before a number are one for a ticket, one for "number", and a firm's name."""
    known = _words()
    folded = [skeleton_of(word) for word in before]
    last = len(folded)
    while last > 1 and folded[last - 1] in known.number:
        last -= 1
    for size in (4, 3, 2, 1):
        for start in range(last - size + 1):
            if " ".join(folded[start : start + size]) in known.words:
                others = before[:start] + before[start + size : last]
                names = [word for word in others if skeleton_of(word) not in known.number]
                return len(names) <= 2 and all(word[0].isupper() for word in names)
    return False
