"""Finds the introduction of a quotation that a mail app joins with its advertisement: "Sent from myMail for iOS Monday,
2 February 2026, 19:12 +01:00 from Jane jane@…:"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from relay.anonymise.appended.languages import languages
from relay.anonymise.appended.program_lines import is_program_line
from relay.anonymise.appended.tokens import tokens as tokens_of
from relay.anonymise.history.candidate import Attribution
from relay.anonymise.history.lines import Lines
from relay.anonymise.history.parts import tells_time, tells_year
from relay.anonymise.history.tokens import Kind, Token, tokens
from relay.anonymise.history.words import ROWS

_ENDING = re.compile(r"@[^\s<>@]{1,120}(?:>?[ \t]?[:：][ \t\r]*$|[>)\]]{1,2}[^:：\n@<>]{0,40}[:：])", re.MULTILINE)
_SENTENCE_END = re.compile(r"[.!?…。！？][\s>]+(?=\S)")
_DASHES = re.compile(r"-- ?\r?\Z")
_LONGEST, _MOST_LINES, _MOST_TRIES = 400, 3, 5


def joined_lines(lines: Lines) -> Iterator[Attribution]:
    """Every such introduction, in order, with the two dashes above it; it may be wrapped. Linear in the text."""
    text = lines.text
    met: dict[str, tuple[Kind, str]] = {}
    for ending in _ENDING.finditer(text) if "@" in text else ():
        last = lines[lines.at(ending.start())]
        for number in range(last.number, max(-1, last.number - _MOST_LINES), -1):
            first = lines[number]
            stop = ending.end()
            if first.blank or first.depth != last.depth or stop - first.body > _LONGEST:
                break
            if not tells_time(text[first.body : stop]):
                continue
            several = list(tokens(text, first.body, stop, met))
            when = " ".join(text[token.start : token.end] for token in several if token.kind is not Kind.ADDRESS)
            if not (tells_time(when) and tells_year(when)):
                continue
            begin = _advertisement(text, first.body, several)
            if begin is None:
                continue
            above = lines[number - 1] if number else None
            dashed = begin == first.body and above is not None and _DASHES.fullmatch(text, above.body, above.end)
            yield Attribution(
                start=above.body if above is not None and dashed else begin,
                end=stop,
                names=(_name(several),),
                revealing=True,
                certain=True,
                quoted=first.depth > 0,
                pronoun="",
                verbs=_verbs(text[begin:stop]),
                words=(),
            )
            break


def _advertisement(text: str, start: int, several: list[Token]) -> int | None:
    """Where a program's line begins that stands before the date, at ``start`` or behind a sentence; None for none."""
    dates = (token for token in several if token.kind in (Kind.NUMBER, Kind.DATE))
    for token in islice(dates, _MOST_TRIES):
        sentences = [found.end() for found in _SENTENCE_END.finditer(text, start, token.start)]
        begin = sentences[-1] if sentences else start
        if is_program_line(" ".join(text[begin : token.start].strip(" \t\r\n,>").split())):
            return begin
    return None


def _name(several: list[Token]) -> tuple[int, int]:
    """Where the name and address at the end begin and end: behind the date and zone."""
    last = max(n for n, token in enumerate(several) if token.kind is Kind.ADDRESS)
    first = last
    while first and several[first - 1].kind in (Kind.OTHER, Kind.SIGN, Kind.ADDRESS):
        first -= 1
    while first < last and several[first].kind is Kind.SIGN:
        first += 1
    return several[first].start, several[last].end


def _verbs(advertised: str) -> tuple[str, ...]:
    """A verb in the language of the advertisement."""
    words = tokens_of(advertised)
    best, language = 0, ""
    for one in languages():
        for phrase in one.sent.phrases.get("opens", ()):
            opening = [token.folded for token in tokens_of(phrase)]
            if len(opening) > best and opening == [token.folded for token in words[: len(opening)]]:
                best, language = len(opening), one.code
    return tuple(sorted(ROWS[language].written)[:1]) if language in ROWS else ()
