"""Finds the mentions of one person in a folded text: parts of their names, put together, where they stand as a name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import regex

from relay.anonymise.names.contexts import Place, inside_sentence
from relay.anonymise.names.fold import Folded, is_letter
from relay.anonymise.names.forms import Form, Part, PersonName
from relay.anonymise.names.gaps import Gap, gap_between
from relay.anonymise.names.lexicon import CONTINUOUS, Codes, lexicon

_LONGEST_TAIL = 16
_LONGEST_CLITIC = 6
_SHORT = 4
# What may stand where a name has a joint of its own: an apostrophe, a hyphen, a dot, a blank; a wrapped line.
_JOINT = r"(?:[ \t]?['\-·・‧_][ \t]?|\.(?![ \t])|[ \t\xa0]{1,2}|[ \t]{0,4}\n[> \t]{0,8})?"
_TIGHT = r"[ \xa0'\-.·・‧_]?"


class Spelling(NamedTuple):
    """How the letters of a form stand in a text: one by one, or with joints where the ``pattern`` has them."""

    pattern: re.Pattern[str] | None
    anywhere: bool

    @classmethod
    def of(cls, form: Form, *, anywhere: bool) -> Spelling:
        """That of one form. ``anywhere``: inside a longer word, too."""
        cuts = [0, *sorted(place for place in form.joints if 0 < place < len(form.stem)), len(form.stem)]
        if len(cuts) == 2:
            return cls(None, anywhere)
        pieces = (re.escape(form.stem[start:end]) for start, end in pairwise(cuts))
        return cls(re.compile((_TIGHT if anywhere else _JOINT).join(pieces)), anywhere)

    def places(self, text: str, stem: str) -> Iterator[tuple[int, int]]:
        """Where it stands in a skeleton."""
        if self.pattern is not None:
            yield from (found.span() for found in self.pattern.finditer(text))
            return
        at = text.find(stem)
        while at >= 0:
            yield at, at + len(stem)
            at = text.find(stem, at + 1)


@dataclass(frozen=True, slots=True)
class Seen:
    """A part at [start, end) of the skeleton. ``closed``: the word ends there, else another part has to follow."""

    start: int
    end: int
    part: Part
    opened: bool
    closed: bool
    capital: bool
    doubtful: bool
    ordinary: bool


class Finder:
    """Looks for one person. Linear in the text."""

    def __init__(self, names: Sequence[PersonName], handles: Iterable[str]) -> None:
        self._phrases = [frozenset(p.letters for p in name.parts if p.number >= 0) for name in names if name.phrase]
        self._stems: dict[str, dict[Spelling, list[tuple[Form, Part]]]] = {}
        parts = [part for name in names for part in name.parts]
        parts += [Part(one, -1, (Form(one),), login=True) for one in handles]
        self._particles = frozenset(particle for name in names for particle in name.particles)
        self._people = frozenset(p.letters for name in names if not name.phrase for p in name.parts)
        self._initials = frozenset(p.letters[0] for name in names if not name.phrase for p in name.parts)
        for part in parts:
            for form in part.forms:
                spelling = Spelling.of(form, anywhere=part.anywhere)
                owners = self._stems.setdefault(form.stem, {}).setdefault(spelling, [])
                owners.append((form, part))
        self.needles = tuple(_shortest(self._stems))

    def find(
        self, folded: Folded, letters: str, tongues: Callable[[], Codes | None], *, prose: bool = True
    ) -> Iterator[tuple[int, int]]:
        """The mentions, places in the skeleton, in order. ``letters`` are those of the skeleton. Outside ``prose`` no
        words around make a name of a word."""
        seen = self._seen(folded, letters, tongues)
        if not seen:
            return
        groups = self._grouped(folded, seen)
        sure = [self._sure(folded, group, tongues, prose) for group in groups]
        for at in range(1, len(groups)):
            if not (sure[at - 1] and sure[at]) and self._side_by_side(folded, groups[at - 1], groups[at]):
                sure[at - 1] = sure[at] = True
        for group, certain in zip(groups, sure, strict=True):
            if certain:
                yield self._whole(folded.text, group)

    def _seen(self, folded: Folded, letters: str, tongues: Callable[[], Codes | None]) -> list[Seen]:
        found: list[Seen] = []
        for stem, entries in self._stems.items():
            if stem not in letters:
                continue
            for spelling, owners in entries.items():
                for start, end in spelling.places(folded.text, stem):
                    opened = spelling.anywhere or _opens(folded, start, stem)
                    for form, part in owners:
                        found += self._with_tail(folded, start, end, opened, form, part, tongues)
        return _chained(found)

    def _with_tail(
        self, folded: Folded, start: int, end: int, opened: bool, form: Form, part: Part,
        tongues: Callable[[], Codes | None],
    ) -> Iterator[Seen]:  # fmt: skip
        run = _run(folded.text, end)
        closed = part.anywhere or _closes(folded, end, form.stem, run)
        if closed and form.whole:
            yield self._judged(folded, start, end, part, opened, True, tongues)
            return
        if part.login:
            return
        behind = _behind()
        for size in range(len(run), -1, -1):
            tail = run[:size]
            codes = form.tails.get(tail)
            bare = form.whole and not tail
            if (codes is None and not bare) or not (size == len(run) or run[size:] in behind):
                continue
            capital = not folded.original[folded.span(start, start + 1)[0]].islower()
            if not bare and codes is not None and not _written_so(codes, tongues, len(part.letters), capital):
                continue
            yield self._judged(folded, start, end + size, part, opened, True, tongues)
            return
        if form.whole:
            yield self._judged(folded, start, end, part, opened, False, tongues)

    def _judged(
        self, folded: Folded, start: int, end: int, part: Part, opened: bool, closed: bool,
        tongues: Callable[[], Codes | None],
    ) -> Seen:  # fmt: skip
        """Could the word be another than a name? It could when it is an ordinary one, or short, or as registered."""
        capital = not folded.original[folded.span(start, start + 1)[0]].islower()
        words = lexicon()
        known = part.letters in words.ordinary or part.letters in words.proper
        written = folded.text[start:end]
        known = known or written in words.ordinary or written in words.proper
        ordinary = False
        if known and not part.login:
            spoken = tongues() if capital else None
            ordinary = any(words.ordinary_in(w, spoken) or words.proper_in(w, spoken) for w in (part.letters, written))
        doubtful = part.weak or ordinary or (not capital and (part.capital or len(part.letters) < _SHORT))
        return Seen(start, end, part, opened, closed, capital, doubtful, ordinary)

    def _grouped(self, folded: Folded, seen: list[Seen]) -> list[list[Seen]]:
        """Parts that make one name together: side by side, or with an initial, a particle or a comma between."""
        groups: list[list[Seen]] = []
        for one in seen:
            if part_exact(folded, one) is False:
                continue
            if groups and one.start < groups[-1][-1].end:
                continue
            if groups and self._joins(folded, groups[-1][-1], one):
                groups[-1].append(one)
            else:
                groups.append([one])
        return groups

    def _joins(self, folded: Folded, before: Seen, after: Seen) -> bool:
        if before.end == after.start:
            return True
        if gap_between(folded, before.end, after.start, backwards=after.part.number < before.part.number) != Gap.JOINT:
            return False
        # "Ich weiß Jordan": a small ordinary word is no part of a name with a capital.
        return not any(a.ordinary and not a.capital and b.capital for a, b in ((before, after), (after, before)))

    def _sure(self, folded: Folded, group: list[Seen], tongues: Callable[[], Codes | None], prose: bool) -> bool:
        if not all(one.closed for one in group[-1:]):
            return False
        if any(not one.doubtful for one in group):
            return True
        spelt = {one.part.letters for one in group}
        if any(phrase <= spelt for phrase in self._phrases):
            return True
        people = spelt & self._people
        if len(people) > 1 and (all(one.capital for one in group) or not all(one.ordinary for one in group)):
            return True
        if not prose or not people:
            return False
        return self._named(folded, group, tongues)

    def _named(self, folded: Folded, group: list[Seen], tongues: Callable[[], Codes | None]) -> bool:
        first, last = group[0], group[-1]
        spoken = tongues()
        words = lexicon()
        proper = any(words.proper_in(one.part.letters, spoken) for one in group)
        if Place(folded, first.start, last.end).named(
            spoken, proper=proper or not first.capital, capital=first.capital
        ):
            return True
        if proper or not first.capital or not _has_case(folded, first):
            return False
        if spoken is not None and any(words.languages[code].capital_nouns for code in spoken):
            return False
        return inside_sentence(folded, first.start, last.end)

    def _side_by_side(self, folded: Folded, before: list[Seen], after: list[Seen]) -> bool:
        """Two parts of one name in cells or lines next to each other, and nothing else in them."""
        spelt = {one.part.letters for one in before}, {one.part.letters for one in after}
        if not (spelt[0] & self._people and spelt[1] & self._people) or spelt[0] == spelt[1]:
            return False
        if not (before[-1].capital and after[0].capital and before[-1].closed and after[-1].closed):
            return False
        return gap_between(folded, before[-1].end, after[0].start) in (Gap.NEAR, Gap.JOINT)

    def _whole(self, text: str, group: list[Seen]) -> tuple[int, int]:
        """The mention with the initial that a log-in has beside it: h.oakwell, oakwell_h."""
        start, end = group[0].start, group[-1].end
        start = self._with_particles(text, start)
        left = regex.search(r"(?<![^\W_])([^\W\d_])[._-]\Z", text[max(0, start - 3) : start])
        if left and left[1] in self._initials:
            start -= 2
        right = regex.match(r"[._-]([^\W\d_])(?![^\W_])", text[end : end + 3])
        if right and right[1] in self._initials:
            end += 2
        return start, end

    def _with_particles(self, text: str, start: int) -> int:
        """Before a surname the "van der" that belongs to it is part of the mention."""
        while self._particles:
            word = regex.search(r"(?<![^\W_])([^\W\d_]+|'t)[ \t]\Z", text[max(0, start - 12) : start])
            if word is None or word[1] not in self._particles:
                break
            start -= len(word[0])
        return start


def _shortest(stems: Iterable[str]) -> Iterator[str]:
    """Those stems that begin with no other one: a text that holds none of them holds none at all."""
    last = ""
    for stem in sorted(stems):
        if not last or not stem.startswith(last):
            last = stem
            yield stem


def _has_case(folded: Folded, one: Seen) -> bool:
    return folded.original[folded.span(one.start, one.start + 1)[0]].isupper()


def _written_so(codes: Codes, tongues: Callable[[], Codes | None], length: int, capital: bool) -> bool:
    """Is the ending one of the text's language? Of a longer word with a capital it may be one of any."""
    if length >= 5 and capital:
        return True
    spoken = tongues()
    return spoken is None or not codes.isdisjoint(spoken)


def part_exact(folded: Folded, one: Seen) -> bool | None:
    """Is a word whose accents make another word written with those it has, or without any? None: they do not matter."""
    if not one.part.exact:
        return None
    first, last = folded.span(one.start, one.end)
    written = folded.original[first:last].casefold()
    return written.isascii() or _marks(written) == _marks(one.part.exact)


def _marks(word: str) -> tuple[str, str]:
    """Its letters, and its marks in one order: hoà and hòa are one word."""
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
    """Does a word of camel case begin here?"""
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
        return bool(CONTINUOUS.match(before)) or (len(stem) > 3 and _hump(folded, start))
    at = start
    while at > 0 and start - at <= _LONGEST_CLITIC and is_letter(text[at - 1]):
        at -= 1
    return text[at:start] in _clitics()


@lru_cache(maxsize=1)
def _clitics() -> frozenset[str]:
    """What is written together in front of a name, by itself or two of them."""
    found: set[str] = set()
    for one in lexicon().languages.values():
        found |= one.before
        found.update(a + b for a in one.before for b in one.before)
    return frozenset(found)


@lru_cache(maxsize=1)
def _behind() -> frozenset[str]:
    return frozenset(word for one in lexicon().languages.values() for word in one.behind)


def _chained(found: list[Seen]) -> list[Seen]:
    """Those that begin and end at the edges of a word, or at each other: "HazelOakwell", "배소율"."""
    found.sort(key=lambda one: (one.start, -one.end, one.doubtful))
    ends: set[int] = set()
    left: list[Seen] = []
    for one in found:
        if one.opened or one.start in ends:
            left.append(one)
            ends.add(one.end)
    starts: set[int] = set()
    right: list[Seen] = []
    for one in sorted(left, key=lambda each: -each.start):
        if one.closed or one.end in starts:
            right.append(one)
            starts.add(one.start)
    # An end of a word that began at nothing may have been left over.
    right.sort(key=lambda one: (one.start, -one.end, one.doubtful))
    return right
