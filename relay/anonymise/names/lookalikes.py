"""Words in which letters look like others: "Оdette" with a Cyrillic letter, "0dette", "j@ne"; as they are meant.

The letters and signs are data (lookalikes.toml). A word counts when it mixes alphabets, when it consists of letters of
an alphabet in which the text is not written, or when a sign or digit touches a letter in it.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import regex

_WORD = re.compile(r"[^\W_]+")
_BESIDE_ASCII = re.compile(r"[^\x00-\x7f](?:(?<=[A-Za-z].)|(?=[A-Za-z]))")
_ASCII_LETTER = re.compile("[A-Za-z]")
# Alphabets with letters that look like Latin ones. A text that holds another letter of one is written in it.
_ALPHABETS = ("Cyrillic", "Greek", "Armenian", "Cherokee", "Georgian", "Coptic", "Lisu", "Ethiopic")
# The letters that a keyboard of today types, into which a Latin letter in a Cyrillic or Greek word is turned.
_TYPED = {"Cyrillic": range(0x400, 0x460), "Greek": range(0x391, 0x3CA)}
# "hi!" and a table's "|" are no letters: these count only between two of them.
_ENDS_SENTENCES = "!|"
_IN_SIGNS = re.compile(r"[^\W_$@!|][\w$@!|]*|[$@][\w$@!|]+")
_LONGEST_WORD = 64
_MANY = 40


class View(NamedTuple):
    """A text of the same length with some words as they are meant, and where these stand, in order."""

    text: str
    words: tuple[tuple[int, int], ...]

    def changes(self, start: int, end: int) -> bool:
        """Whether one of these words lies in [start, end), or touches it."""
        at = bisect_left(self.words, (end, 0)) - 1
        return at >= 0 and self.words[at][1] > start


class _Lookalikes(NamedTuple):
    """``like`` are the letters that look like Latin ones. ``to_latin``, and ``to_alphabet`` by alphabet, turn letters
    into those they look like; ``sign`` finds a sign that may stand for letters, and ``choices`` give the first and the
    last of these; ``own`` finds a letter of an alphabet, ``unlike`` one that looks like no Latin letter."""

    like: frozenset[str]
    to_latin: Mapping[int, str]
    to_alphabet: Mapping[str, Mapping[int, str]]
    sign: re.Pattern[str]
    choices: tuple[Mapping[int, str], Mapping[int, str]]
    own: Mapping[str, regex.Pattern[str]]
    unlike: Mapping[str, regex.Pattern[str]]


@lru_cache(maxsize=1)
def lookalikes() -> _Lookalikes:
    """Read the table. Raises ValueError when it is invalid."""
    table = tomllib.loads(files(__package__).joinpath("lookalikes.toml").read_text("utf-8"))
    to_latin = {ord(like): latin for latin, like in table["letters"].items() for like in like}
    if any(len(latin) != 1 or not latin.isascii() for latin in to_latin.values()):
        raise ValueError("lookalikes.toml: a key is no Latin letter")
    to_alphabet: dict[str, dict[int, str]] = {}
    for name, typed in _TYPED.items():
        one = to_alphabet[name] = {}
        for latin, like in table["letters"].items():
            one.update({ord(latin): each for each in like if ord(each) in typed and ord(latin) not in one})
    like = frozenset(map(chr, to_latin))
    likes = re.escape("".join(sorted(like)))
    own = {name: regex.compile(rf"\p{{Script={name}}}") for name in _ALPHABETS}
    unlike = {name: regex.compile(rf"[\p{{Script={name}}}--[{likes}]]", regex.V1) for name in _ALPHABETS}
    signs: dict[str, str] = table["signs"]
    first = {ord(sign): letters[0] for sign, letters in signs.items()}
    last = {ord(sign): letters[-1] for sign, letters in signs.items()}
    return _Lookalikes(like, to_latin, to_alphabet, _sign_beside_letters(signs), (first, last), own, unlike)


def _sign_beside_letters(signs: Iterable[str]) -> re.Pattern[str]:
    """Finds a sign that touches a letter; one that ends sentences only between two letters."""
    between = "".join(re.escape(sign) for sign in signs if sign in _ENDS_SENTENCES)
    beside = "".join(re.escape(sign) for sign in signs if sign not in _ENDS_SENTENCES)
    letter = r"[^\W\d_]"
    return re.compile(rf"[{beside}](?:(?={letter})|(?<={letter}.))|[{between}](?={letter})(?<={letter}.)")


class OddWords(NamedTuple):
    """What looks odd in a text: ``words`` with letters that look like others, each with its place, and the places of
    ``signs`` that touch a letter."""

    words: Sequence[tuple[int, str]]
    signs: Sequence[int]


def odd_words(text: str) -> OddWords:
    """What looks odd in a text. Linear in it."""
    signs = [found.start() for found in lookalikes().sign.finditer(text)]
    return OddWords(list(_with_strange_letters(text)), signs)


def views(text: str, odd: OddWords, alphabets: frozenset[str], may_name: Callable[[str], bool]) -> Iterator[View]:
    """The text with its odd words as they are meant, in Latin letters and in the other ``alphabets`` of a person's
    names, once for each reading that ``may_name`` somebody (asked with the words alone). Linear in the text."""
    for reading in (*_of_letters(odd.words, alphabets), *_of_signs(text, odd.signs, may_name)):
        if may_name(" ".join(meant for _, meant in reading)):
            yield _view(text, reading)


def alphabets_of(words: Iterable[str]) -> frozenset[str]:
    """Those of the other alphabets in which one of the words is written."""
    written = "".join(words)
    return frozenset(name for name in _TYPED if not written.isascii() and lookalikes().own[name].search(written))


_Reading = list[tuple[int, str]]
"""Words as they are meant, each with its place in the text; in order."""


def _of_letters(odd: Sequence[tuple[int, str]], alphabets: frozenset[str]) -> Iterator[_Reading]:
    if not odd:
        return
    known = lookalikes()
    yield [(at, word.translate(known.to_latin)) for at, word in odd]
    for name in alphabets & known.to_alphabet.keys():
        table, own = known.to_alphabet[name], known.own[name]
        yield [(at, word.translate(table)) for at, word in odd if own.search(word)]


def _with_strange_letters(text: str) -> Iterator[tuple[int, str]]:
    """Words that mix alphabets, or are of one in which the text is not written, each with its place."""
    if text.isascii():
        return
    known = lookalikes()
    characters = set(text)
    if characters.isdisjoint(known.like):
        return
    joined = "".join(characters)
    if not _ASCII_LETTER.search(joined):  # a few words of one alphabet may hold none of its other letters
        return
    strange = [own for name, own in known.own.items() if own.search(joined) and not known.unlike[name].search(joined)]
    if strange or _BESIDE_ASCII.search(text):
        yield from _odd_words(text, strange)


def _odd_words(text: str, strange: list[regex.Pattern[str]]) -> Iterator[tuple[int, str]]:
    """Words that mix alphabets, or hold letters of a ``strange`` one."""
    like = lookalikes().like
    for found in _WORD.finditer(text):
        word = found[0]
        if word.isascii() or len(word) > _LONGEST_WORD:
            continue
        if not like.isdisjoint(word) and (_ASCII_LETTER.search(word) or any(own.search(word) for own in strange)):
            yield found.start(), word


def _of_signs(text: str, places: Sequence[int], may_name: Callable[[str], bool]) -> Iterator[_Reading]:
    """Words with digits and signs for letters: once for each letter that an ambiguous sign may stand for."""
    choices = lookalikes().choices
    # A table of many codes is first read as a whole.
    if not places or (len(places) > _MANY and not any(may_name(text.translate(choice)) for choice in choices)):
        return
    words: _Reading = []
    end = 0
    for place in places:
        if place < end:
            continue
        start = place
        while start > end and place - start < _LONGEST_WORD and _is_part(text[start - 1]):
            start -= 1
        while text[start] in _ENDS_SENTENCES and start < place:
            start += 1
        found = _IN_SIGNS.match(text, start)
        if found and found.end() > place and found.end() - start <= _LONGEST_WORD:
            words.append((start, found[0].rstrip(_ENDS_SENTENCES)))
            end = found.end()
    first, last = ([(at, word.translate(choice)) for at, word in words] for choice in choices)
    yield first
    if last != first:
        yield last


def _is_part(character: str) -> bool:
    return character.isalnum() or character in "$@!|"


def _view(text: str, reading: _Reading) -> View:
    pieces: list[str] = []
    done = 0
    for at, word in reading:
        pieces += (text[done:at], word)
        done = at + len(word)
    pieces.append(text[done:])
    return View("".join(pieces), tuple((at, at + len(word)) for at, word in reading))
