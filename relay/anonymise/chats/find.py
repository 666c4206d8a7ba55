"""Decides which heads of messages are a chat's, and what stands in their place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set

from relay.anonymise.chats.heads import Form, Head, head_in, head_over_two, is_profile_line, is_you, tells_only_when
from relay.anonymise.history.blocks import HEADER, NAME
from relay.anonymise.history.lines import Line, Lines
from relay.anonymise.history.people import People
from relay.anonymise.history.words import SOMEBODY
from relay.anonymise.identities import Finding, Redactor
from relay.anonymise.names.fold import skeleton_of
from relay.message.clock import LIKE_HOURS
from relay.message.digits import ascii_digits

_YEAR = re.compile(r"\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2}")
# The name of an account may begin with the author's: "janew", "jane_w42".
_ACCOUNT = re.compile(r"[\w.\-#]+\Z")
_SHORTEST = 4
_FULL_NAME = re.compile(r"\w[ ._,]+\w|\d|[^\x00-\u036f]{2}")
_ROUND = 5
_MOST_LINES = 40


def find(text: str, redactor: Redactor) -> list[Finding]:
    """The heads of messages, in order: who wrote gets a pseudonym, or the sign for somebody else, with a number where
    there are several; the time goes. Linear in the text."""
    digits = ascii_digits(text)
    clocks = [clock.start() for clock in LIKE_HOURS.finditer(digits)]
    if not clocks:
        return []
    lines = Lines(text)
    heads = list(_heads(digits, clocks, lines))
    if not heads:
        return []
    writers = _Writers(text, People(text, redactor), redactor)
    chosen = _of_chats(heads, lines, writers)
    return sorted(_replaced(digits, lines, chosen, writers), key=lambda finding: finding.start)


def _heads(text: str, clocks: Sequence[int], lines: Lines) -> Iterator[Head]:
    done = -1
    for clock in clocks:
        number = lines.at(clock)
        if number <= done:
            continue
        done = number
        line = lines[number]
        above = lines[number - 1] if number else None
        head = None
        if above is not None and not above.blank:
            head = head_over_two(text, (above.body, above.end), (line.body, line.end))
        head = head or head_in(text, line.body, line.end)
        if head:
            yield head


class _Writers:
    """Who the writers of messages are: a member of the pair, or others, who are told apart."""

    def __init__(self, text: str, people: People, redactor: Redactor) -> None:
        self._text = text
        self._people = people
        self._author = redactor.known.author_persona.name
        words = (word for name in redactor.known.author.known_as for word in skeleton_of(name).split())
        self._words = tuple(word for word in words if len(word) >= _SHORTEST)
        self._others: dict[str, int] = {}

    def name(self, head: Head) -> str:
        return skeleton_of(self._text[head.first : head.last].strip(" ,~"))

    def member(self, head: Head) -> str:
        """The pseudonym of the member who wrote it; empty for others."""
        named = self._people.named(head.first, head.last)
        if named:
            return named[0].name
        name = self.name(head)
        account = _ACCOUNT.match(name) and any(word in name for word in self._words)
        return self._author if account or is_you(name) else ""

    def tell_apart(self, heads: Sequence[Head]) -> None:
        for head in heads:
            if not self.member(head):
                self._others.setdefault(self.name(head), len(self._others) + 1)

    def sign(self, head: Head) -> str:
        member = self.member(head)
        if member or len(self._others) < 2:
            return member or SOMEBODY
        return f"{SOMEBODY} {self._others[self.name(head)]}"


def _of_chats(heads: Sequence[Head], lines: Lines, writers: _Writers) -> list[Head]:
    """The heads that are those of a chat: by their shape, or because LinkedIn names their writer above."""
    shapes = {head.shape for head in heads}
    chats = {one for one in shapes if _is_chat([head for head in heads if head.shape == one], lines, writers)}
    worded = {writers.name(head) for head in heads if head.form is Form.WORDED}
    return [head for head in heads if head.shape in chats or writers.name(head) in worded]


def _is_chat(heads: Sequence[Head], lines: Lines, writers: _Writers) -> bool:
    form = heads[0].form
    if form is Form.WORDED:
        return True
    if form is Form.MARKED and any(_YEAR.search(head.day) for head in heads):
        return True
    member = any(map(writers.member, heads))
    if form is Form.EXPORTED:
        # A diary has one entry a day.
        return member or max(Counter(head.day for head in heads).values()) > 1
    # A timetable is at round minutes, and has no words between its lines.
    if len(heads) < 2 or all(head.minute % _ROUND == 0 for head in heads) or not _have_words(heads, lines):
        return False
    # "[03:41] Chorus" is a place in a film.
    again = Counter(name for name in map(writers.name, heads) if _FULL_NAME.search(name))
    return member or (form is Form.MARKED and max(again.values(), default=0) > 1)


def _have_words(heads: Sequence[Head], lines: Lines) -> bool:
    """Whether words follow on most heads: on the same line, or on the one below."""
    starts = {lines.at(head.start) for head in heads}
    following = 0
    for head in heads:
        below = lines.words_after(lines.at(head.end), 2)
        following += not head.alone or (below is not None and below.number not in starts)
    return 2 * following > len(heads)


def _replaced(text: str, lines: Lines, heads: Sequence[Head], writers: _Writers) -> Iterator[Finding]:
    writers.tell_apart(heads)
    begins = {lines.at(head.start) for head in heads}
    last, stop = "", -1
    for head in heads:
        sign, below = writers.sign(head), lines[lines.at(head.end - 1)]
        kind = HEADER if writers.member(head) else NAME
        if sign == last and not text[stop : head.start].strip():
            yield Finding(head.start, min(len(text), below.end + 1), "", kind)
        else:
            yield Finding(head.start, head.end, f"{sign}:" + ("" if head.alone else " "), kind)
        last, stop = sign, head.end
        if head.alone:
            for finding in _lines_below(text, lines, below, begins):
                yield finding
                stop = max(stop, finding.end) if finding.kind == NAME else stop


def _lines_below(text: str, lines: Lines, head: Line, begins: Set[int]) -> Iterator[Finding]:
    """A link to the writer's page below a head, and times of day alone on a line of the message."""
    for number in range(head.number + 1, min(head.number + _MOST_LINES, len(lines))):
        line = lines[number]
        words = text[line.body : line.end]
        if line.blank or number in begins:
            return
        if tells_only_when(words):
            yield Finding(line.body, min(len(text), line.end + 1), "", HEADER)
        elif number == head.number + 1 and is_profile_line(words):
            yield Finding(line.body, min(len(text), line.end + 1), "", NAME)
