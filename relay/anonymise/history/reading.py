"""Reads the words of a line as an attribution: which are its date, which its verb, and which name people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from relay.anonymise.history.dates import DATE_WORDS
from relay.anonymise.history.people import SOMEBODY
from relay.anonymise.history.tokens import Kind, Token
from relay.anonymise.history.words import IN_DATES, ONLY_LAST, PRONOUNS, VERBS

_CLOCK = re.compile(r"(?<!\d)\d{1,2}[:：hH時时點点시.]\d{2}(?!\d)")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_SHORT_DATE = re.compile(r"(?<!\d)\d{1,2}[./\-]\s?\d{1,2}[./\-]\s?\d{2}(?!\d)")
# Years in which mail is quoted: of our era, of the Thai and of the Persian and Islamic calendars.
_RECENT = ((1990, 2100), (2530, 2600), (1370, 1480))

_SENTENCE = re.compile(r"\w{4,}[.!?。！？](?:\s|$)|[;!?]")
_OPENS = "<([{\"“„«‹'‘\u202a\u202b\u2066\u2067\u2068\u200e\u200f"
_CLOSES = ">)]}\"”“»›'’\u202c\u2069\u200e\u200f"
_MOST_TOKENS = 100


@dataclass(frozen=True, slots=True)
class Attribution:
    """A line above a quotation: where it names people, and where it tells a time zone. Places are [start, end)."""

    names: tuple[tuple[int, int], ...]
    zones: tuple[tuple[int, int], ...]


class Reading:
    """One way to read some tokens that end in a colon. ``quotation`` says how many lines further down a deeper
    quotation begins (0: none), ``depth`` how deep the line itself is quoted."""

    def __init__(self, text: str, several: Sequence[Token], quotation: int, depth: int) -> None:
        self._text = text
        self._tokens = several[-_MOST_TOKENS:]
        self._quotation = quotation
        self._depth = depth
        self._date = self._find_date()
        self._verb = self._find_verb()
        self._roles = frozenset(self._find_roles())
        self._regions = tuple(self._find_regions())
        first = next((n for n, token in enumerate(self._tokens) if token.kind is not Kind.SIGN), -1)
        self.dated_first = first in self._date or first in self._roles
        self._named_first = bool(self._regions) and first == self._regions[0][0]
        self.settled = not self._regions and any(self._is_sign(n, SOMEBODY) for n in range(len(self._tokens)))
        self.addressed_first = first >= 0 and self._tokens[first].kind is Kind.ADDRESS
        self._told_first = first in self._verb and bool(self._date)

    # -- the parts ----------------------------------------------------------------------------------------------

    def _find_date(self) -> range:
        """The stretch of numbers, months, days and small words that says most of when."""
        best = range(0)
        most = 0
        number = 0
        while number < len(self._tokens):
            if self._tokens[number].kind is not Kind.NUMBER:
                number += 1
                continue
            stretch = self._stretch(number)
            says = self._text[self._tokens[stretch[0]].start : self._tokens[stretch[-1]].end]
            score = 1 + 2 * bool(_CLOCK.search(says)) + 2 * bool(_YEAR.search(says) or _SHORT_DATE.search(says))
            if score > most:
                best, most = stretch, score
            number = max(number, stretch[-1]) + 1
        return best or self._day_alone()

    def _stretch(self, number: int) -> range:
        tokens = self._tokens
        first = self._beginning(number)
        last = number
        for n in range(number + 1, len(tokens)):
            if tokens[n].kind is Kind.NUMBER:
                last = n
            elif tokens[n].kind not in (Kind.DATE, Kind.ZONE) and not self._is_sign(n, ",.()（）/-–،，、:："):
                break
        for n in range(last + 1, len(tokens)):
            in_brackets = tokens[n].kind is Kind.DATE and self._is_sign(n - 1, "(（")
            if tokens[n].is_after() or tokens[n].kind is Kind.ZONE or in_brackets:
                last = n
            elif not self._is_sign(n, ",.()（）/،"):
                break
        return range(first, last + 1)

    def _beginning(self, number: int) -> int:
        """Where the date of this first number begins: a month and a day may stand before it, and the small words that
        open a date ("on", "am") before those. Jan and May are names, too."""
        days = 1 if self._next_is_month(number) else 2
        first = n = number
        while n > 0 and (self._tokens[n - 1].kind is Kind.DATE or self._is_sign(n - 1, ",.()（）/-–،，、*[")):
            n -= 1
            token = self._tokens[n]
            if token.kind is Kind.SIGN:
                continue
            if token.word in IN_DATES:
                days = 0
            elif days == 0:
                break
            else:
                days -= 1
            first = n
        return first

    def _next_is_month(self, number: int) -> bool:
        for token in self._tokens[number + 1 : number + 3]:
            if token.kind is not Kind.SIGN:
                return token.word in DATE_WORDS
        return False

    def _day_alone(self) -> range:
        """A date without a number ("On Sat,") at the beginning."""
        last = -1
        for n, token in enumerate(self._tokens):
            if token.kind is Kind.DATE and token.word in DATE_WORDS and token.word not in IN_DATES:
                last = n
            elif token.kind is not Kind.DATE and token.kind is not Kind.SIGN:
                break
        if last < 0:
            return range(0)
        marked = self._tokens[0].word in IN_DATES or (last + 1 < len(self._tokens) and self._is_sign(last + 1, ","))
        return range(last + 1 if marked else 0)

    def _find_verb(self) -> frozenset[int]:
        """The verb and what belongs to it: the last one when nothing but the date follows, else the one after the
        date."""
        verbs = [n for n, token in enumerate(self._tokens) if token.kind is Kind.VERB and n not in self._date]
        for n in reversed(verbs):
            group = self._with_beside(n)
            if all(
                k in group or k in self._date or token.kind in (Kind.SIGN, Kind.ZONE)
                for k, token in enumerate(self._tokens[n + 1 :], n + 1)
            ):
                return group
        for n in verbs:
            if self._tokens[n].word in ONLY_LAST:
                continue
            group = self._with_beside(n)
            before = min(group) - 1
            while before >= 0 and self._tokens[before].kind is Kind.SIGN:
                before -= 1
            if before < 0 or before in self._date:
                return group
        return frozenset()

    def _with_beside(self, verb: int) -> frozenset[int]:
        beside = VERBS[self._tokens[verb].word]
        group = {verb}
        for step in (-1, 1):
            n = verb + step
            while 0 <= n < len(self._tokens) and n not in self._date:
                token = self._tokens[n]
                if token.word in beside:
                    group.add(n)
                elif not self._is_sign(n, "()/" if step > 0 else "/"):
                    break
                n += step
        return frozenset(group)

    def _find_roles(self) -> Iterator[int]:
        """Words that lead to the name ("пользователь"): right after the date or the verb, or at the beginning."""
        for start in (-1, self._date[-1] if self._date else -1, max(self._verb, default=-1)):
            n = start + 1
            while n < len(self._tokens):
                if self._tokens[n].kind is Kind.ROLE:
                    yield n
                elif self._tokens[n].kind is not Kind.SIGN or self._is_sign(n, '<"“'):
                    break
                n += 1

    def _find_regions(self) -> Iterator[tuple[int, ...]]:
        """The runs of all other words: names and addresses."""
        run: list[int] = []
        for n, token in enumerate(self._tokens):
            if n in self._date or n in self._verb or n in self._roles:
                if run:
                    yield tuple(run)
                run = []
            elif token.kind is not Kind.SIGN:
                run.append(n)
        if run:
            yield tuple(run)

    def _is_sign(self, n: int, signs: str) -> bool:
        token = self._tokens[n]
        return token.kind is Kind.SIGN and self._text[token.start : token.end] in signs

    # -- the judgement ------------------------------------------------------------------------------------------

    def accepted(self) -> bool:
        """Is this the work of a mail program, rather than a sentence somebody wrote?"""
        if not (self.dated_first or self._named_first or self._told_first):
            return False
        names = [self._tokens[n] for region in self._regions for n in region]
        words = [token for token in names if token.kind is not Kind.ADDRESS]
        addressed = len(words) < len(names)
        said = self._said(self._date[0], self._date[-1]) if self._date else ""
        clock, year = _CLOCK.search(said) is not None, _is_recent(said)
        if not names:
            return self.settled and clock and year
        if all(token.word in PRONOUNS for token in words) and not addressed:
            return bool(self._verb or self._quotation) and clock and year
        if self._is_prose(words):
            return False
        if addressed:
            return self._accepted_with_address(words, clock and year)
        return len(self._regions) == 1 and self._accepted_without_address(words, clock, year, said)

    def _is_prose(self, words: Sequence[Token]) -> bool:
        if len(words) > 14:
            return True
        pronouns = (token for token in words if token.word in PRONOUNS)
        if not self._quotation and any(
            token.word == "i" or not self._text[token.start].isupper() for token in pronouns
        ):
            return True
        return any(_SENTENCE.search(self._said(region[0], region[-1])) for region in self._regions)

    def _accepted_with_address(self, words: Sequence[Token], dated: bool) -> bool:
        if dated and len(self._regions) <= 3:
            last = self._regions[-1]
            ends = all(
                self._tokens[n].kind is Kind.SIGN or n in self._roles for n in range(last[-1] + 1, len(self._tokens))
            )
            pointed = any(self._is_sign(n, "<") for n in range(len(self._tokens)))
            bracketed = bool(self._date) and self._is_sign(self._date[0] - 1, "[") if self._date[0] else False
            return bool(self._verb or self._quotation or self._roles) or (pointed and (ends or bracketed))
        if len(self._regions) != 1 or len(words) > 8:
            return False
        if self._verb:
            return bool(self._date) or bool(self._quotation) or self._is_mailbox()
        return bool(self._quotation) and self._is_mailbox()

    def _accepted_without_address(self, words: Sequence[Token], clock: bool, year: bool, said: str) -> bool:
        if self._date:
            if self._verb and clock and year:
                return len(words) <= 8
            if not self._quotation or _is_old(said):
                return False
            return (bool(self._verb) and len(words) <= 6) or (self.dated_first and clock and year and len(words) <= 4)
        if not self._verb or not self._quotation or not self._named_first:
            return False
        capital = all(self._text[self._tokens[n].start].isupper() for n in self._regions[0])
        return capital and len(words) <= 4 and (self._depth > 0 or (len(words) > 1 and self._quotation == 1))

    def _is_mailbox(self) -> bool:
        """Does it look like ``Jane Whitcombe <jane@…>``?"""
        for region in self._regions:
            for n in region:
                token = self._tokens[n]
                if token.kind is Kind.ADDRESS and n and not self._is_sign(n - 1, "<"):
                    return False
                if token.kind is not Kind.ADDRESS and self._text[token.start].islower() and len(region) > 4:
                    return False
        return True

    def _said(self, first: int, last: int) -> str:
        return self._text[self._tokens[first].start : self._tokens[last].end]

    # -- the outcome --------------------------------------------------------------------------------------------

    def attribution(self) -> Attribution:
        """Where the names and time zones stand."""
        names = []
        for region in self._regions:
            if all(self._tokens[n].word in PRONOUNS for n in region):
                continue
            names.append(self._widened(self._tokens[region[0]].start, self._tokens[region[-1]].end))
        zones = [
            self._widened(self._tokens[n].start, self._tokens[n].end)
            for n in self._date
            if self._tokens[n].kind is Kind.ZONE
        ]
        return Attribution(tuple(names), tuple(zones))

    def _widened(self, start: int, end: int) -> tuple[int, int]:
        """With the brackets and quotation marks around it."""
        while start > 0 and self._text[start - 1] in _OPENS:
            start -= 1
        while end < len(self._text) and self._text[end] in _CLOSES:
            end += 1
        return start, end


def _is_recent(said: str) -> bool:
    years = [int(year[0]) for year in _YEAR.finditer(said)]
    if any(low <= year <= high for year in years for low, high in _RECENT):
        return True
    return not years and _SHORT_DATE.search(said) is not None


def _is_old(said: str) -> bool:
    return _YEAR.search(said) is not None and not _is_recent(said)
