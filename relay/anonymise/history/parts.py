"""Splits an attribution into its parts: date, verb, words before the name, and names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from relay.anonymise.history.dates import DATE_WORDS, YEAR_OF_ERA
from relay.anonymise.history.tokens import Kind, Token
from relay.anonymise.history.words import IN_DATES, ONLY_LAST, VERBS
from relay.message.clock import LIKE_HOURS

_YEAR = re.compile(r"(?<![\d+−])(?![0٠۰०০၀])\d{4}(?!\d)")  # excludes zone offsets
_SHORT_DATE = re.compile(r"(?<!\d)\d{1,2}[./\-]\s?\d{1,2}[./\-]\s?\d{2}(?!\d)")
# Plausible years of mail: in the Gregorian, Thai, Persian and Islamic, Hebrew, Indian, and Coptic calendars.
_RECENT = ((1990, 2100), (2530, 2600), (1370, 1480), (5750, 5860), (1912, 2022), (1706, 1816))
_SENTENCE_ENDS = ".!?:;…。！？"


class Parts:
    """The parts of an attribution, as token indexes: ``date``, ``verb``, ``roles`` (words before a name), and
    ``regions``, the runs of all other words."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self._text = text
        self._tokens = tokens
        self.date = self._find_date()
        self.verb = self._find_verb()
        self.roles = frozenset(self._find_roles())
        self.regions = tuple(self._find_regions())
        self.after_sentence = self._leave_sentence()

    def text_of(self, numbers: Sequence[int]) -> str:
        """The text from the first to the last of these tokens."""
        return self._text[self._tokens[numbers[0]].start : self._tokens[numbers[-1]].end] if numbers else ""

    def is_sign(self, n: int, signs: str) -> bool:
        """Whether token ``n`` is one of these punctuation marks."""
        token = self._tokens[n]
        return token.kind is Kind.SIGN and self._text[token.start : token.end] in signs

    def _leave_sentence(self) -> bool:
        """Drop words before the date that end in a full stop: they are the author's, no name."""
        if len(self.regions) < 2 or not self.date or self.regions[0][-1] > self.date[0]:
            return False
        last = self.regions[0][-1]
        after = self._text[self._tokens[last].end - 1 : self._tokens[last].end + 1]
        if not any(sign in _SENTENCE_ENDS for sign in after):
            return False
        self.regions = self.regions[1:]
        return True

    def _find_date(self) -> range:
        """The run of numbers, months, days and small words that is most completely a date."""
        best = range(0)
        most = 0
        number = 0
        while number < len(self._tokens):
            if self._tokens[number].kind is not Kind.NUMBER:
                number += 1
                continue
            stretch = self._stretch(number)
            says = self._text[self._tokens[stretch[0]].start : self._tokens[stretch[-1]].end]
            score = 1 + 2 * bool(LIKE_HOURS.search(says)) + 2 * holds_year(says)
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
            elif tokens[n].kind not in (Kind.DATE, Kind.ZONE) and not self.is_sign(n, ",.()（）/-–،၊，、:："):
                break
        for n in range(last + 1, len(tokens)):
            in_brackets = tokens[n].kind is Kind.DATE and self.is_sign(n - 1, "(（")
            if tokens[n].is_after() or tokens[n].kind is Kind.ZONE or in_brackets:
                last = n
            elif not self.is_sign(n, ",.()（）/،፣"):
                break
        return range(first, last + 1)

    def _beginning(self, number: int) -> int:
        """The index where the date with this first number begins: a month and a day may precede it, and prepositions
        ("on", "am") before those. Jan and May are names, too."""
        days = 1 if self._next_is_month(number) else 2
        first = n = number
        while n > 0 and (self._tokens[n - 1].kind is Kind.DATE or self.is_sign(n - 1, ",.()（）/-–،၊，、፣*[")):
            n -= 1
            token = self._tokens[n]
            if token.kind is Kind.SIGN:
                continue
            if token.word in IN_DATES:
                # "Samstag, dem 28.": an article between the day and the number.
                days = 1 if n == number - 1 and n and self.is_sign(n - 1, ",") else 0
            elif days == 0:
                break
            else:
                days -= 1
            first = n
        return first

    def _next_is_month(self, number: int) -> bool:
        end = self._tokens[number].end
        for token in self._tokens[number + 1 : number + 3]:
            if token.kind is not Kind.SIGN and token.start > end:  # "28th" is no month
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
        marked = self._tokens[0].word in IN_DATES or (last + 1 < len(self._tokens) and self.is_sign(last + 1, ","))
        return range(last + 1 if marked else 0)

    def _find_verb(self) -> frozenset[int]:
        """The verb and its auxiliaries: the last one if only the date follows, else the one after the date."""
        verbs = [n for n, token in enumerate(self._tokens) if token.kind is Kind.VERB and n not in self.date]
        for n in reversed(verbs):
            group = self._with_beside(n)
            if all(
                k in group or k in self.date or token.kind in (Kind.SIGN, Kind.ZONE)
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
            if before < 0 or before in self.date:
                return group
        return frozenset()

    def _with_beside(self, verb: int) -> frozenset[int]:
        beside = VERBS[self._tokens[verb].word]
        group = {verb}
        for step in (-1, 1):
            n = verb + step
            while 0 <= n < len(self._tokens) and n not in self.date:
                token = self._tokens[n]
                if token.word in beside:
                    group.add(n)
                elif not self.is_sign(n, "()/"):
                    break
                n += step
        return frozenset(group)

    def _find_roles(self) -> Iterator[int]:
        """Words before the name ("пользователь"): right after the date or the verb, or at the beginning."""
        for start in (-1, self.date[-1] if self.date else -1, max(self.verb, default=-1)):
            n = start + 1
            while n < len(self._tokens):
                if self._tokens[n].kind is Kind.ROLE:
                    yield n
                elif self._tokens[n].kind is not Kind.SIGN or self.is_sign(n, '<"“'):
                    break
                n += 1

    def _find_regions(self) -> Iterator[tuple[int, ...]]:
        """The runs of all other words: names and addresses."""
        run: list[int] = []
        for n, token in enumerate(self._tokens):
            if n in self.date or n in self.verb or n in self.roles:
                if run:
                    yield tuple(run)
                run = []
            elif token.kind is not Kind.SIGN:
                run.append(n)
        if run:
            yield tuple(run)


def tells_time(text: str) -> bool:
    """Whether the text of a date contains a clock time."""
    return LIKE_HOURS.search(text) is not None


def holds_year(text: str) -> bool:
    """Whether it contains a year, or a short date that ends in one."""
    return bool(_YEAR.search(text) or _SHORT_DATE.search(text) or YEAR_OF_ERA.search(text))


def tells_year(text: str) -> bool:
    """Whether it contains a year in which mail was sent."""
    if YEAR_OF_ERA.search(text):
        return True
    years = [int(year[0]) for year in _YEAR.finditer(text)]
    if any(low <= year <= high for year in years for low, high in _RECENT):
        return True
    return not years and _SHORT_DATE.search(text) is not None


def tells_old_year(text: str) -> bool:
    """Whether it contains a year, but none in which mail was sent."""
    return _YEAR.search(text) is not None and not tells_year(text)
