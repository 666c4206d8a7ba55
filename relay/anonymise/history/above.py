"""Finds attributions without known words, directly above a quotation: somebody, a date and a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from relay.anonymise.history.candidate import SENTENCE, Attribution, Candidate
from relay.anonymise.history.lines import Line, Lines
from relay.anonymise.history.parts import Parts, tells_time, tells_year
from relay.anonymise.history.tokens import Kind, Token, tokens
from relay.anonymise.history.words import PRONOUNS

_MOST_LINES = 4
_MOST_WORDS = 10
_FURTHEST = 4
_DOTS_OF_A_HOST = 3


def lines_above_quotations(lines: Lines) -> Iterator[Attribution]:
    """Every such line, in order, also when wrapped: with an address in any language; without one in a known language,
    where only the colon is missing. Linear in the text."""
    if ">" not in lines.text:
        return
    met: dict[str, tuple[Kind, str]] = {}
    last: Line | None = None
    for number in range(len(lines)):
        line = lines[number]
        if line.blank:
            continue
        if last is not None and last.depth < line.depth and line.number - last.number <= _FURTHEST:
            found = _ending_at(lines, last, line, met)
            if found is not None:
                yield found
        last = line


def _ending_at(lines: Lines, last: Line, below: Line, met: dict[str, tuple[Kind, str]]) -> Attribution | None:
    several: list[Token] = []
    for number in range(last.number, max(-1, last.number - _MOST_LINES), -1):
        line = lines[number]
        if line.blank or line.depth != last.depth:
            return None
        several = [*tokens(lines.text, line.body, line.end, met), *several]
        parts = Parts(lines.text, several)
        # Unknown words within the date may separate the day from the time.
        when = _without_addresses(lines.text, several)
        if not (tells_time(when) and tells_year(when)):
            continue
        candidate = Candidate(lines.text, several, below.number - last.number, last.depth)
        known = bool(parts.verb) and candidate.dated_first and candidate.accepted()
        if any(lines.text[token.start : token.end] == "I" for token in several):
            return None
        if known or _is_anybodys(lines.text, several, parts):
            return candidate.attribution()
    return None


def _is_pronoun(text: str, token: Token) -> bool:
    """Whether it refers to the writer or reader. Capitalised "Ben" is a name, and so is lower-case Turkish "I"."""
    return token.word in PRONOUNS and (
        text[token.start : token.end] == "I" or (token.kind is Kind.OTHER and not text[token.start].isupper())
    )


def _without_addresses(text: str, several: Sequence[Token]) -> str:
    """The text of the tokens, without mail addresses and IP addresses ("192.0.2.45")."""
    words = (text[token.start : token.end] for token in several if token.kind is not Kind.ADDRESS)
    return " ".join(word for word in words if word.count(".") < _DOTS_OF_A_HOST)


def _is_anybodys(text: str, several: Sequence[Token], parts: Parts) -> bool:
    """Whether it has one address and few words, none of them a pronoun: then it is no sentence of the author's."""
    words = [several[n] for region in parts.regions for n in region]
    addresses = sum(word.kind is Kind.ADDRESS for word in words)
    return (
        addresses == 1
        and not parts.after_sentence
        and len(words) - addresses <= _MOST_WORDS
        and not any(_is_pronoun(text, token) for token in several)
        and not any(SENTENCE.search(parts.text_of(region)) for region in parts.regions)
    )
