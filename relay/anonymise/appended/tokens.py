"""Splits short texts into folded words, and finds the longest phrases of a vocabulary in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import regex

from relay.anonymise.names.fold import skeleton_of

_UNSPACED = r"\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}ー"
_IS_UNSPACED = regex.compile(f"[{_UNSPACED}]")
# A run of one script: programs write "iPhoneから" and "iPhone-ից" without a blank. An apostrophe belongs to a Latin
# word ("iPhone'a") except behind an elided article ("d'Outlook"); a hyphen behind one or two signs ("K-9", "e-mail").
_WORD = regex.compile(
    r"(?P<latin>[\p{Latin}\p{N}][\p{Latin}\p{N}\p{M}]*"
    r"(?:(?:['’‘ʼ´`]|(?<=\b[\p{Latin}\p{N}]{1,2})[-‑])[\p{Latin}\p{N}][\p{Latin}\p{N}\p{M}]*)*)"
    rf"|(?P<unspaced>[{_UNSPACED}][{_UNSPACED}\p{{M}}]*)|(?P<other>\p{{L}}(?:(?![{_UNSPACED}])[\p{{L}}\p{{M}}])*)"
)
_ELIDED = regex.compile(r"([\p{L}]{1,4})['’‘ʼ´`](?=[\p{L}\p{M}]{3})")
_JOINTS = regex.compile(r"[-‑'’‘ʼ´`]")
_LONGEST_UNSPACED = 16
_STEM = 3


# The same for ASCII, which most texts are; ten times as fast.
_ASCII_WORD = re.compile(r"[A-Za-z0-9]+(?:(?:['`]|(?<=\b[A-Za-z0-9])-|(?<=\b[A-Za-z0-9]{2})-)[A-Za-z0-9]+)*")
# Every sign of ASCII that neither joins words nor belongs to one becomes a blank.
_OTHER_SIGNS = str.maketrans({sign: " " for sign in map(chr, range(128)) if not (sign.isalnum() or sign in "_-'`")})
_GLUE = ("", "-", "‑", "'", "’")


class Token(NamedTuple):
    """A word: ``folded``, as ``written``, and whether it is ``glued`` to the one before it, without a blank."""

    folded: str
    written: str
    glued: bool
    unspaced: bool = False


def tokens(text: str) -> list[Token]:
    """The words of a text. Adjacent words of a script without blanks are one. Linear."""
    if text.isascii():
        return _in_ascii(text)
    found: list[Token] = []
    end = -1
    for word in _WORD.finditer(text):
        gap = text[end : word.start()] if end >= 0 else " "
        glued = end >= 0 and gap in _GLUE
        if word["unspaced"] and found and found[-1].unspaced and not gap.strip():
            last = found.pop()
            found.append(last._replace(folded=last.folded + _folded(word[0]), written=last.written + word[0]))
        else:
            found += _split(word[0], glued=glued, unspaced=bool(word["unspaced"]))
        end = word.end()
    return found


def _in_ascii(text: str) -> list[Token]:
    found: list[Token] = []
    end = -1
    for word in _ASCII_WORD.finditer(text):
        start, written = word.start(), word[0]
        glued = end >= 0 and text[end:start] in _GLUE
        end = word.end()
        if written.isalnum():
            found.append(Token(written.lower(), written, glued))
        else:
            found += _split(written, glued=glued, unspaced=False)
    return found


class Words(NamedTuple):
    """The words of a text, each once and folded, and whether one is of a script without blanks."""

    distinct: set[str]
    unspaced: bool


def words_of(text: str) -> Words:
    """The words of tokens(text), without making a Token of each. Linear."""
    if text.isascii():
        return Words(_ascii_words(text), unspaced=False)
    if _IS_UNSPACED.search(text):
        several = tokens(text)
        return Words({token.folded for token in several}, any(token.unspaced for token in several))
    pieces = set(text.split())
    beyond = [piece for piece in pieces if not piece.isascii()]
    found = _ascii_words(" ".join(pieces.difference(beyond)))
    found.update(token.folded for piece in beyond for token in tokens(piece))
    return Words(found, unspaced=False)


def _ascii_words(text: str) -> set[str]:
    found = set(text.lower().translate(_OTHER_SIGNS).split())
    for joined in [word for word in found if not word.isalnum()]:
        found.remove(joined)
        found.update(token.folded for token in _in_ascii(joined))
    return found


def _split(written: str, *, glued: bool, unspaced: bool) -> Iterator[Token]:
    """The word, and before it the article elided to it."""
    at = 0
    while elided := _ELIDED.match(written, at):
        yield Token(_folded(elided[1]), elided[1], glued)
        at, glued = elided.end(), False
    rest = written[at:]
    yield Token(_folded(rest), rest, glued, unspaced)


def _folded(written: str) -> str:
    return _JOINTS.sub("", skeleton_of(written)).strip()


_Row = tuple[tuple[str, ...], bool, str]
"""A phrase: its folded words, whether the last one may have any ending, and its kind."""
_NONE: frozenset[str] = frozenset()


class Vocabulary:
    """Phrases with their kinds. A phrase that ends in "…" matches any ending of its last word."""

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        """``phrases``: each with its kind; one phrase may have several."""
        self._spaced: dict[str, list[_Row]] = {}
        self._stems: dict[str, list[_Row]] = {}
        self._unspaced: dict[str, set[str]] = {}
        # Each phrase but single stems, by its longest word.
        self._by_word: dict[str, list[_Row]] = {}
        for phrase, kind in phrases:
            self._add(phrase, kind)
        self._words, self._beginnings = frozenset(self._by_word), frozenset(self._stems)
        for rows in (*self._spaced.values(), *self._stems.values()):
            rows.sort(key=lambda row: (-len(row[0]), -len(row[0][-1])))

    def _add(self, phrase: str, kind: str) -> None:
        words = tuple(token.folded for token in tokens(phrase))
        if not words:
            raise ValueError(f"no word in {phrase!r}")
        if _IS_UNSPACED.match(words[0]):
            self._unspaced.setdefault("".join(words), set()).add(kind)
            return
        stem = phrase.endswith("…")
        if stem and len(words) == 1:
            self._stems.setdefault(words[0][:_STEM], []).append((words, True, kind))
        else:
            row = words, stem, kind
            self._spaced.setdefault(words[0], []).append(row)
            self._by_word.setdefault(max(words[:-1] if stem else words, key=len), []).append(row)

    def possible(self, words: Words) -> Iterator[str]:
        """The kinds of the phrases that a text of these words may hold, because it has all of theirs. segments() finds
        no other kind in it. A phrase that ends in "…" counts for each of its forms, or twice; and where words have no
        blanks between them, every phrase does."""
        distinct = words.distinct
        if words.unspaced:
            yield from (kind for kinds in self._unspaced.values() for kind in (*kinds, *kinds))
        for word in distinct & self._words:
            for phrase, stem, kind in self._by_word[word]:
                if distinct.issuperset(phrase[:-1] if stem else phrase):
                    yield kind
                    if stem:
                        yield kind
        if not self._beginnings.isdisjoint({word[:_STEM] for word in distinct}):
            for word in distinct:
                yield from (kind for (stem,), _, kind in self._stems.get(word[:_STEM], ()) if word.startswith(stem))

    def segments(self, several: Sequence[Token]) -> list[tuple[frozenset[str], tuple[Token, ...]]]:
        """The words in order, grouped into the longest phrases known, each with its kinds (none: unknown)."""
        out: list[tuple[frozenset[str], tuple[Token, ...]]] = []
        at = 0
        while at < len(several):
            token = several[at]
            if token.unspaced:
                out += self._within(token)
                at += 1
                continue
            rows = (*self._spaced.get(token.folded, ()), *self._stems.get(token.folded[:_STEM], ()))
            length, kinds = self._longest(rows, several, at) if rows else (1, _NONE)
            out.append((kinds, tuple(several[at : at + length])))
            at += length
        return out

    def _longest(self, rows: Iterable[_Row], several: Sequence[Token], at: int) -> tuple[int, frozenset[str]]:
        best, kinds = 1, set[str]()
        for words, stem, kind in rows:
            if len(words) < best or not self._matches(words, several, at, stem=stem):
                continue
            if len(words) > best:
                best, kinds = len(words), set()
            kinds.add(kind)
        return best, frozenset(kinds)

    @staticmethod
    def _matches(words: tuple[str, ...], several: Sequence[Token], at: int, *, stem: bool) -> bool:
        if at + len(words) > len(several):
            return False
        *others, last = words
        written = several[at + len(others)].folded
        if not (written.startswith(last) if stem else written == last):
            return False
        return all(several[at + n].folded == word for n, word in enumerate(others))

    def _within(self, token: Token) -> Iterator[tuple[frozenset[str], tuple[Token, ...]]]:
        """The longest known phrases within a run of a script without blanks; what is between them is unknown."""
        text, at, unknown = token.folded, 0, 0
        while at < len(text):
            for length in range(min(_LONGEST_UNSPACED, len(text) - at), 0, -1):
                kinds = self._unspaced.get(text[at : at + length])
                if kinds is not None:
                    if unknown < at:
                        yield frozenset(), (Token(text[unknown:at], text[unknown:at], glued=False, unspaced=True),)
                    piece = text[at : at + length]
                    yield frozenset(kinds), (Token(piece, piece, glued=False, unspaced=True),)
                    at = unknown = at + length
                    break
            else:
                at += 1
        if unknown < at:
            yield frozenset(), (Token(text[unknown:at], text[unknown:at], glued=False, unspaced=True),)
