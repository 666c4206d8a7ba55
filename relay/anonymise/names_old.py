"""Finds the names of a person in a skeleton: whole words, in either order, however they are spaced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from relay.anonymise.names.fold import Folded, letters, skeleton_of
from relay.anonymise.ordinary_words import ORDINARY_WORDS, in_greeting, stands_as_name

_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[^\x00-\x7f\s]+")
# What may stand between two words of one name: blanks, a line break (in a quotation too), a few signs.
_BETWEEN = re.compile(r"[\s>_]{0,40}(?:[^\w\s]{1,3}[\s>_]{0,40}){0,2}")
_INITIAL = re.compile(r"[\s>]{1,40}[^\W\d_]\.?[\s>]{1,40}")

# Scripts without blanks between words: a name there has no edge to look for.
_CONTINUOUS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
_INDIC = re.compile("[\u0900-\u0dff]")
# One-letter words that Arabic and Hebrew write together with the next word (and, in, to, for, as, from, the).
_CLITICS = frozenset("وفبلكהובלמשכ")

_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"}
_WRITTEN_UMLAUT = re.compile("([aou])e")
_NO_NAME = frozenset(str.split("and the for von van der den del des dos das bin ibn abu inc ltd llc gmbh"))


class Name(NamedTuple):
    """A name to look for: its folded ``words`` in one order. ``ordinary``: only where it stands as a name.
    ``greeting_only``: only in a greeting or sign-off."""

    words: tuple[str, ...]
    ordinary: bool = False
    greeting_only: bool = False
    joined: bool = False
    needle: str = ""

    def find(self, folded: Folded) -> Iterator[tuple[int, int]]:
        """The places of the name in the skeleton."""
        text, first = folded.text, self.words[0]
        start = text.find(first)
        while start >= 0:
            end = self._end(text, start)
            if end is not None and self._stands(folded, start, end):
                yield start, end
                start = text.find(first, end)
            else:
                start = text.find(first, start + 1)

    def _end(self, text: str, start: int) -> int | None:
        if not _edge_before(text, start, self.words[0]):
            return None
        end = start + len(self.words[0])
        for word in self.words[1:]:
            after = _follows(text, end, word, self.joined)
            if after is None:
                return None
            end = after
        return end if _edge_after(text, end, self.words[-1]) else None

    def _stands(self, folded: Folded, start: int, end: int) -> bool:
        if self.greeting_only:
            return in_greeting(folded.text, start, end)
        if not self.ordinary:
            return True
        first, last = folded.span(start, end)
        capitalised = folded.original[first:last].lstrip()[:1].isupper()
        if len(self.words) > 1:
            return capitalised and folded.original[folded.span(end - len(self.words[-1]), end)[0]].isupper()
        return stands_as_name(folded.text, start, end, capitalised)


def _follows(text: str, end: int, word: str, joined: bool) -> int | None:
    """Where ``word`` ends if it comes after ``end`` with no more than a gap or a middle initial between."""
    gap = _BETWEEN.match(text, end)
    if gap and (joined or gap.end() > end) and text.startswith(word, gap.end()):
        return gap.end() + len(word)
    gap = _INITIAL.match(text, end)
    if gap and text.startswith(word, gap.end()):
        return gap.end() + len(word)
    return None


def _edge_before(text: str, start: int, word: str) -> bool:
    if start == 0 or _CONTINUOUS.match(word):
        return True
    before = text[start - 1]
    if _INDIC.match(before):
        return False
    if before.isdigit():
        return not word[0].isdigit() and len(word) > 3
    if not before.isalpha():
        return not (len(word) <= 3 and before == "'")
    # An Arabic or Hebrew word with one or two small words written in front of it.
    if before in _CLITICS and not word[0].isascii():
        return (
            start == 1
            or not text[start - 2].isalpha()
            or (text[start - 2] in _CLITICS and not text[start - 3 : start - 2].isalpha())
        )
    return False


def _edge_after(text: str, end: int, word: str) -> bool:
    if end >= len(text) or _CONTINUOUS.match(word[-1]):
        return True
    after = text[end]
    if _INDIC.match(after):
        return False
    if after.isdigit():
        return not word[-1].isdigit() and len(word) > 3
    # Latin names in Chinese or Japanese prose touch the next word.
    return not after.isalpha() or bool(word[-1].isascii() and _CONTINUOUS.match(after))


def _variants(name: str) -> Iterator[tuple[str, ...]]:
    """The name's words, folded; spelt with and without umlauts."""
    skeleton = skeleton_of(name)
    yield _split(skeleton)
    if not name.isascii():
        spelt = name.casefold()
        for letter, written in _UMLAUTS.items():
            spelt = spelt.replace(letter, written)
        yield _split(skeleton_of(spelt))
    if _WRITTEN_UMLAUT.search(skeleton):
        yield tuple(_WRITTEN_UMLAUT.sub(r"\1", word) if len(word) > 4 else word for word in _split(skeleton))


def _split(skeleton: str) -> tuple[str, ...]:
    return tuple(filter(None, (letters(word) for word in _WORDS.findall(skeleton))))


def _orders(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield words
    if len(words) > 1:
        yield (words[-1], *words[:-1])


def names_of(known_as: str, strong: frozenset[str], *, learned: bool = False) -> Iterator[Name]:
    """Everything to look for because of one ``known_as``.

    A name of several words is looked for as a whole. One of its words alone counts when it is part of the person's
    address (``strong``), elsewhere only in a greeting or sign-off: "Northbank Advisory" must not forbid "advisory".
    A single ordinary word (Grace, May) counts only where it stands as a name; so does any single word that was only
    ``learned`` from a letter's header, for it may be no name at all ("Sunshine").
    """
    seen: set[tuple[str, ...]] = set()
    for words in _variants(known_as):
        if not words or (len(words) == 1 and len(words[0]) < 2) or words in seen:
            continue
        seen.add(words)
        if len(words) == 1:
            doubtful = learned and words[0] not in strong and not (_CONTINUOUS.match(words[0]) and len(words[0]) > 2)
            yield Name(words, ordinary=doubtful or is_ordinary(words[0]), needle=words[0])
            continue
        joined = sum(map(len, words)) >= 6 or bool(_CONTINUOUS.match(words[0]))
        ordinary = all(is_ordinary(word) for word in words)
        for order in _orders(words):
            yield Name(order, ordinary=ordinary, joined=joined, needle=max(words, key=len))
        for word in words:
            if len(word) > 1 and word not in _NO_NAME:
                alone = word in strong and len(word) > 2
                yield Name((word,), ordinary=is_ordinary(word), greeting_only=not alone, needle=word)


def is_ordinary(word: str) -> bool:
    """Is a folded word one that ordinary prose is full of? (Names of two Latin letters are: Al, An, Do.)"""
    return word in ORDINARY_WORDS or (len(word) <= 2 and word.isascii())
