"""Finds the parts of names in a folded text: each word of a name, with its word edges and endings."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import regex

from relay.anonymise.any_case import holds_any
from relay.anonymise.names.apart import written_apart
from relay.anonymise.names.fold import Folded, is_letter, is_small
from relay.anonymise.names.lexicon import CONTINUOUS, as_written, lexicon
from relay.anonymise.names.person_names import Part
from relay.anonymise.names.spelled_out import SHORTEST, Run, emphasised, in_runs, spelled_runs
from relay.anonymise.names.spellings import Form, Spellings
from relay.anonymise.names.vocabulary import Codes

_LONGEST_TAIL = 16
_LONGEST_CLITIC = 6
_MOST_BEHIND = 3
_SHORT = 4
_LETTER_OR_MARK = regex.compile(r"[\p{L}\p{M}]")
_LAST_ACCENTED = ("à", "è", "é", "ì", "ò", "ó", "ù")
TextLanguages = Callable[[], Codes | None]
"""Returns the languages that a text may be written in, computed only when needed; None when unknown."""


@dataclass(frozen=True, slots=True)
class FoundPart:
    """A part at [start, end) of the skeleton. ``closed``: the word ends there, else another part has to follow."""

    start: int
    end: int
    part: Part
    opened: bool
    closed: bool
    capital: bool
    doubtful: bool
    ordinary: bool


Wanted = Mapping[Spellings, Sequence[Part]]
"""The spellings to search, each with the parts of names that have it."""


def parts_in(folded: Folded, letters: str, wanted: Wanted, text_languages: TextLanguages) -> list[FoundPart]:
    """The parts in the text, in order, longer ones first; those that end inside a word only when another one follows.
    ``letters`` are the letters of the text."""
    found: list[FoundPart] = []
    otherwise = _WrittenOtherwise(folded, letters, text_languages)
    for spellings, owners in wanted.items():
        if not holds_any(letters, spellings.needles):
            continue
        in_pieces = not all(part.login for part in owners)
        for stem, entries in spellings.stems.items():
            if stem not in letters:
                continue
            for spelling, forms in entries:
                apart = in_pieces and spelling.pattern is None
                pieces = otherwise.places(stem) if apart else ()
                for start, end in (*spelling.places(folded.text, stem), *pieces):
                    word = _Word(folded, start, end, _run(folded.text, end), text_languages)
                    for form in forms:
                        for part in owners:
                            found += word.with_tail(form, part)
    return [one for one in _chained(found) if _is_exact(folded, one)]


class _WrittenOtherwise:
    """Where the letters of a word stand in pieces, one by one, or with emphasis inside."""

    def __init__(self, folded: Folded, letters: str, text_languages: TextLanguages) -> None:
        self._folded, self._letters, self._text_languages = folded, letters, text_languages

    @cached_property
    def _runs(self) -> list[Run]:
        return spelled_runs(self._folded.text)

    def places(self, stem: str) -> Iterator[tuple[int, int]]:
        """Ranges of the skeleton, for letters that occur in the text."""
        text = self._folded.text
        if len(stem) >= SHORTEST and stem.isalpha() and self._letters.count(stem) > text.count(stem):
            yield from written_apart(self._folded, stem, self._text_languages)
            yield from in_runs(text, self._runs, stem)
            yield from emphasised(text, stem)


@dataclass(frozen=True)
class _Word:
    """A place where the stem of a form occurs: [start, end) of the skeleton; ``run`` are the letters that follow in the
    same word, at most _LONGEST_TAIL."""

    folded: Folded
    start: int
    end: int
    run: str
    text_languages: TextLanguages

    @cached_property
    def capital(self) -> bool:
        """Whether it does not begin with a lower-case letter."""
        return not is_small(self.first_letter)

    @cached_property
    def first_letter(self) -> str:
        """As written, behind signs of emphasis."""
        start = self.start
        while start < self.end - 1 and not is_letter(self.folded.text[start]):
            start += 1
        return self.folded.original[self.folded.span(start, start + 1)[0]]

    def with_tail(self, form: Form, part: Part) -> Iterator[FoundPart]:
        """The part with the ending it has here, if the form allows that ending."""
        run = self.run
        if form.whole and (part.anywhere or _closes(self.folded, self.end, form.stem, run)):
            yield self._found_part(form, part, 0, closed=True)
            return
        if part.login:
            return
        for size in range(len(run), -1, -1):
            if self._may_end(form, part, run[:size]) and (size == len(run) or _is_behind(run[size:])):
                yield self._found_part(form, part, size, closed=True)
                return
        if form.whole:
            yield self._found_part(form, part, 0, closed=False)

    def _may_end(self, form: Form, part: Part, tail: str) -> bool:
        """Whether the ending belongs to the text's language. For a longer capitalised word any language counts."""
        if form.whole and not tail:
            return True
        codes = form.tails.get(tail)
        if codes is None:
            return False
        spoken = self.text_languages() if form.strict or len(part.letters) < 5 or not self.capital else None
        if form.strict and spoken is None:
            return len(part.letters) >= 5 and self.capital
        return spoken is None or not codes.isdisjoint(spoken)

    def _found_part(self, form: Form, part: Part, tail: int, *, closed: bool) -> FoundPart:
        end = self.end + tail + _typed_accent(self.folded, self.end + tail, part)
        opened = part.anywhere or _opens(self.folded, self.start, form.stem)
        ordinary = self._is_ordinary(form, part, self.end + tail)
        small = not self.capital and (part.capital or len(part.letters) < _SHORT)
        title = part.letters in lexicon().names_too and lexicon().title_in(part.letters, self.text_languages())
        doubtful = part.weak or ordinary or small or title
        return FoundPart(self.start, end, part, opened, closed, self.capital, doubtful, ordinary)

    def _is_written_so(self, part: Part, end: int) -> bool:
        """Whether it, or the registered name, has the accents of an ordinary word. "Jane" is not "janë"."""
        first, last = self.folded.span(self.start, end)
        known = lexicon().written
        return as_written(self.folded.original[first:last]) in known or as_written(part.written) in known

    def _is_ordinary(self, form: Form, part: Part, end: int) -> bool:
        """Whether it is an ordinary word or place in the text's language, or in lower case in any language."""
        words = lexicon()
        spelt = {part.letters, self.folded.text[self.start : end]}
        if form.whole:
            spelt.add(form.stem)
        if part.login or not any(word in words.ordinary or word in words.proper for word in spelt):
            return False
        spoken = self.text_languages() if self.capital else None
        if spoken is not None and not words.writes(spoken, self.first_letter):
            spoken = None  # a Hebrew sentence in an English letter
        if spoken is None and not self._is_written_so(part, end):
            return False
        return any(words.ordinary_in(word, spoken) or words.proper_in(word, spoken) for word in spelt)


def _typed_accent(folded: Folded, end: int, part: Part) -> int:
    """The length of an apostrophe that is typed for the accent of a name's last letter: Niccolo' of Niccolò."""
    if part.written[-1:].casefold() not in _LAST_ACCENTED or not folded.text.startswith("'", end):
        return 0
    last = folded.original[folded.span(end - 1, end)[0]]
    return int(last.isascii() and not is_letter(folded.text[end + 1 : end + 2]))


def _is_exact(folded: Folded, one: FoundPart) -> bool:
    """Whether a word whose accents distinguish it is written with them, or without any."""
    if not one.part.exact:
        return True
    first, last = folded.span(one.start, one.end)
    written = "".join(sign for sign in folded.original[first:last].casefold() if _LETTER_OR_MARK.match(sign))
    return written.isascii() or _marks(written) == _marks(one.part.exact)


def _marks(word: str) -> tuple[str, str]:
    """Its letters, and its marks in sorted order: hoà and hòa are one word."""
    apart = unicodedata.normalize("NFD", word)
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    return bare, "".join(sorted(c for c in apart if unicodedata.combining(c)))


def _run(text: str, end: int) -> str:
    stop = end
    while stop < len(text) and stop - end < _LONGEST_TAIL and is_letter(text[stop]):
        stop += 1
    return text[end:stop]


def _closes(folded: Folded, end: int, stem: str, run: str) -> bool:
    if not run or CONTINUOUS.match(stem[-1]):
        return True
    if run[0].isdigit():
        return not stem[-1].isdigit() and len(stem) > 3
    # Latin names in Chinese, Japanese or Korean prose touch the next word.
    if stem[-1].isascii() and not run[0].isascii():
        return bool(CONTINUOUS.match(run[0])) or unicodedata.name(run[0], "").startswith("HANGUL")
    return len(stem) > 3 and _hump(folded, end)


def _hump(folded: Folded, at: int) -> bool:
    """Whether a camel-case word begins here."""
    first = folded.span(at, at + 1)[0]
    return folded.original[first].isupper() and folded.original[first - 1 : first].islower()


def _opens(folded: Folded, start: int, stem: str) -> bool:
    text = folded.text
    if start == 0 or CONTINUOUS.match(stem[0]):
        return True
    before = text[start - 1]
    if not is_letter(before):
        return not (len(stem) <= 3 and before == "'" and start > 1 and is_letter(text[start - 2]))
    if before.isdigit():
        return not stem[0].isdigit() and len(stem) > 3
    if stem[0].isascii():
        if CONTINUOUS.match(before) or (len(stem) > 3 and _hump(folded, start)):
            return True
        # "UNkosinathi" at the beginning of a sentence: both have a capital.
        if len(stem) <= 3 or not folded.original[folded.span(start, start + 1)[0]].isupper():
            return False
    at = start
    while at > 0 and start - at <= _LONGEST_CLITIC and is_letter(text[at - 1]):
        at -= 1
    return text[at:start] in _clitics()


@lru_cache(maxsize=1)
def _clitics() -> frozenset[str]:
    """Clitics that are joined to the beginning of a name, single or two together."""
    found: set[str] = set()
    for one in lexicon().languages.values():
        found |= one.before
        found.update(a + b for a in one.before for b in one.before)
    return frozenset(found)


@lru_cache(maxsize=4096)
def _is_behind(run: str, most: int = _MOST_BEHIND) -> bool:
    """Whether it consists of particles that are joined to the end of a name: 이야 말로, দের ও."""
    behind = _behind()
    return run in behind or (
        most > 1 and any(run[:size] in behind and _is_behind(run[size:], most - 1) for size in range(1, len(run)))
    )


@lru_cache(maxsize=1)
def _behind() -> frozenset[str]:
    return frozenset(word for one in lexicon().languages.values() for word in one.behind)


def _chained(found: list[FoundPart]) -> list[FoundPart]:
    """Those that begin and end at word edges or at each other: "HazelOakwell", "배소율"."""
    found.sort(key=lambda one: (one.start, -one.end, one.doubtful))
    ends: set[int] = set()
    left: list[FoundPart] = []
    for one in found:
        if one.opened or one.start in ends:
            left.append(one)
            ends.add(one.end)
    starts: set[int] = set()
    right: list[FoundPart] = []
    for one in sorted(left, key=lambda each: -each.start):
        if one.closed or one.end in starts:
            right.append(one)
            starts.add(one.start)
    # Drops leave endings whose beginning is gone; sorting restores the order.
    right.sort(key=lambda one: (one.start, -one.end, one.doubtful))
    return right
