"""Decides whether a line is an attribution written by a mail program, or a sentence of the author's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from relay.anonymise.history.parts import Parts, tells_old_year, tells_time, tells_year
from relay.anonymise.history.tokens import Kind, Token
from relay.anonymise.history.words import I_WROTE, PRONOUNS, SOMEBODY, YOU_WROTE
from relay.message.clock import SECONDS

SENTENCE = re.compile(r"\w{4,}[.!?。！？](?:\s|$)|[;!?]")
"""Punctuation that occurs in sentences, and in no name."""

_OPENS = "<([{\"“„«‹'‘\u202a\u202b\u2066\u2067\u2068\u200e\u200f"
_CLOSES = ">)]}\"”“»›'’\u202c\u2069\u200e\u200f"
_MOST_TOKENS = 100


@dataclass(frozen=True, slots=True)
class Attribution:
    """An attribution at [start, end), and where in it people are named. ``revealing``: it has a date, or an address
    above a quotation. ``certain``: it has a date, a time, an address and a verb. ``quoted``: it is itself quoted.
    ``pronoun``, folded, replaces the name. ``verbs`` are as written, in lower case; ``words`` are its words without the
    names, folded."""

    start: int
    end: int
    names: tuple[tuple[int, int], ...]
    revealing: bool
    certain: bool
    quoted: bool
    pronoun: str
    verbs: tuple[str, ...]
    words: tuple[str, ...]


class Candidate:
    """One interpretation of tokens as an attribution. ``quotation``: how many lines below a deeper quotation begins (0:
    none); ``depth``: the quote depth of the line itself; ``ruled``: dashes enclose it."""

    def __init__(self, text: str, several: Sequence[Token], quotation: int, depth: int, *, ruled: bool = False) -> None:
        self._text = text
        self._ruled = ruled
        self._tokens = several[-_MOST_TOKENS:]
        self._quotation = quotation
        self._depth = depth
        self._parts = parts = Parts(text, self._tokens)
        first = next((n for n, token in enumerate(self._tokens) if token.kind is not Kind.SIGN), -1)
        self.dated_first = first in parts.date or first in parts.roles or parts.after_sentence
        self.addressed_first = first >= 0 and self._tokens[first].kind is Kind.ADDRESS
        self.settled = not parts.regions and any(parts.is_sign(n, SOMEBODY) for n in range(len(self._tokens)))
        self._named_first = bool(parts.regions) and first == parts.regions[0][0]
        self._verb_first = first in parts.verb and (bool(parts.date) or bool(quotation and self._has_address()))

    def _has_address(self) -> bool:
        return any(token.kind is Kind.ADDRESS for token in self._tokens)

    def accepted(self) -> bool:
        """Whether a mail program wrote it, rather than a person."""
        names = [self._tokens[n] for region in self._parts.regions for n in region]
        words = [token for token in names if token.kind is not Kind.ADDRESS]
        addressed = len(words) < len(names)
        date_text = self._parts.text_of(self._parts.date)
        clock, year = tells_time(date_text), tells_year(date_text)
        dated = clock and year
        # Nobody writes seconds by hand.
        exact = dated and bool(self._parts.verb) and SECONDS.search(date_text) is not None
        if not names or not (self.dated_first or self._named_first or self._verb_first):
            return (self.settled and dated) or (not names and exact)
        if all(token.word in PRONOUNS for token in words) and not addressed:
            between = all(token.word in I_WROTE | YOU_WROTE for token in words)
            return bool(self._parts.verb) and dated and (bool(self._quotation) or (exact and between))
        if self._is_prose(words) or (self._parts.after_sentence and not (self._parts.verb and dated)):
            return False
        if self._ruled and self._parts.verb:
            return len(words) <= 8
        if addressed:
            return self._accepted_with_address(words, dated)
        return len(self._parts.regions) == 1 and self._accepted_without_address(words, clock, year, date_text)

    def _is_prose(self, words: Sequence[Token]) -> bool:
        if len(words) > 14:
            return True
        pronouns = (token for token in words if token.word in PRONOUNS)
        if not self._quotation and any(
            token.word == "i" or not self._text[token.start].isupper() for token in pronouns
        ):
            return True
        return any(SENTENCE.search(self._parts.text_of(region)) for region in self._parts.regions)

    def _accepted_with_address(self, words: Sequence[Token], dated: bool) -> bool:
        if dated and len(self._parts.regions) <= 3:
            last = self._parts.regions[-1]
            ends = all(
                self._tokens[n].kind is Kind.SIGN or n in self._parts.roles
                for n in range(last[-1] + 1, len(self._tokens))
            )
            pointed = any(self._parts.is_sign(n, "<") for n in range(len(self._tokens)))
            bracketed = (
                bool(self._parts.date) and self._parts.is_sign(self._parts.date[0] - 1, "[")
                if self._parts.date[0]
                else False
            )
            return bool(self._parts.verb or self._quotation or self._parts.roles) or (pointed and (ends or bracketed))
        if len(self._parts.regions) != 1 or len(words) > 8:
            return False
        if self._parts.roles and self._quotation:
            return True  # "Quoting Jane <jane@…>:"
        if self._parts.verb:
            return bool(self._parts.date) or bool(self._quotation) or self._is_mailbox()
        return bool(self._quotation) and self._is_mailbox()

    def _accepted_without_address(self, words: Sequence[Token], clock: bool, year: bool, date_text: str) -> bool:
        if self._parts.date:
            if self._parts.verb and clock and year:
                return len(words) <= 8
            if not self._quotation or tells_old_year(date_text):
                return False
            if self._parts.verb:
                return len(words) <= 6 and not self._is_told(words, date_text)
            capital = all(self._text[token.start].isupper() for token in words)
            timed = clock or bool(self._parts.roles and self.dated_first)
            most = 6 if self._parts.roles else 4
            return (self.dated_first or capital) and timed and year and len(words) <= most
        if not self._parts.verb or not self._quotation or not self._named_first:
            return False
        capital = all(self._text[self._tokens[n].start].isupper() for n in self._parts.regions[0])
        return capital and len(words) <= 4 and (self._depth > 0 or (len(words) > 1 and self._quotation == 1))

    def _is_told(self, words: Sequence[Token], date_text: str) -> bool:
        """Whether somebody tells who wrote: "On Monday, my sister wrote:". Programs write more than a day of the week,
        and a name that begins with a capital."""
        if not any(map(str.isdigit, date_text)):
            return True
        first = self._text[words[0].start]
        return len(words) > 1 and first.islower() and not tells_year(date_text)

    def _is_mailbox(self) -> bool:
        """Whether it has the form ``Jane Whitcombe <jane@…>``."""
        for region in self._parts.regions:
            for n in region:
                token = self._tokens[n]
                if token.kind is Kind.ADDRESS and n and not self._parts.is_sign(n - 1, "<"):
                    return False
                if token.kind is not Kind.ADDRESS and self._text[token.start].islower() and len(region) > 4:
                    return False
        return True

    def attribution(self) -> Attribution:
        """The attribution: its range, the ranges of the names, and its other words."""
        parts = self._parts
        regions = [region for region in parts.regions if any(self._tokens[n].word not in PRONOUNS for n in region)]
        named = {n for region in regions for n in region}
        pronouns = [self._tokens[n].word for region in parts.regions for n in region if n not in named]
        first = min(
            (*parts.date, *parts.verb, *parts.roles, *(n for region in parts.regions for n in region)), default=0
        )
        addressed = any(self._tokens[n].kind is Kind.ADDRESS for n in named)
        date_text = parts.text_of(parts.date)
        start, _ = self._widened(self._tokens[first].start, self._tokens[first].end)
        return Attribution(
            start,
            self._tokens[-1].end,
            tuple(self._widened(self._tokens[region[0]].start, self._tokens[region[-1]].end) for region in regions),
            (bool(parts.date) and (self.dated_first or tells_time(date_text) or tells_year(date_text)))
            or self._ruled
            or (addressed and bool(self._quotation)),
            addressed and bool(parts.verb) and tells_time(date_text) and tells_year(date_text),
            self._depth > 0,
            "" if named or not pronouns else pronouns[0],
            tuple(self._token_text(n) for n in parts.verb if self._tokens[n].kind is Kind.VERB),
            tuple(
                token.word
                for n, token in enumerate(self._tokens[first:], first)
                if n not in named and token.kind not in (Kind.SIGN, Kind.NUMBER)
            ),
        )

    def _token_text(self, n: int) -> str:
        return self._text[self._tokens[n].start : self._tokens[n].end].lower()

    def _widened(self, start: int, end: int) -> tuple[int, int]:
        """The range with the brackets and quotation marks around it."""
        while start > 0 and self._text[start - 1] in _OPENS:
            start -= 1
        while end < len(self._text) and self._text[end] in _CLOSES:
            end += 1
        return start, end
