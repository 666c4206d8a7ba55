"""Classifies one line of text as yes, no, or neither, with the words of all languages.

Yes: words of yes (or the request's code) up to a stop or the line's end. No: the first word is a no. A line that is
both, or begins with an idiom such as "no problem", is neither.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources.abc import Traversable

from relay.message.confirmation.answer_words import LANGUAGES, AnswerWords, answer_words

CODE_LENGTH = 6
_LONGEST = 400
"""Characters of a line that are examined. This also bounds normalisation, which is quadratic in combining marks."""

_STOPS = frozenset(",.!;:")
_OUTER = frozenset(",.!;:?")
_DENYING_SIGNS = frozenset("👎❌🚫🙅✖✗✘⛔")
"""They turn a yes into neither. All other symbols and emoji count as blanks."""

INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""Controls, zero-width characters, direction marks, variation selectors and tags."""

_UNWRITTEN = re.compile("['’‘‛ʼʻʹʿʾ`´′＇\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u093c\u20dd-\u20e3]")
"""Apostrophes, Arabic vowel signs and tatweel, the Devanagari nukta: optional in writing."""

_ALIKE = str.maketrans("أإآٱىیکةँ‐،、。।॥؛؟", "ااااييكهं-,,...;?")
"""Letters that people type for one another, and the stops of other scripts."""

_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")


class YesNo(StrEnum):
    """What somebody answered. Open: neither a clear yes nor a clear no."""

    YES = "yes"
    NO = "no"
    OPEN = "open"


def read_line(line: str, code: str) -> tuple[YesNo, bool]:
    """What ``line`` says, and whether the code is part of its yes. ``code`` as returned by ``fold_code``; "": none."""
    tokens = _tokens(line)
    while tokens and tokens[-1] in _OUTER:
        tokens.pop()
    while tokens and tokens[0] in _OUTER:
        del tokens[0]
    parsed = _Line(tokens, tuple(_DRAWN_OUT.sub(r"\1", token) for token in tokens), code, _vocabulary())
    after_idiom = parsed.vocabulary.neither.match(parsed.words, 0)
    if after_idiom:
        return parsed.yes(after_idiom) if parsed.ended(after_idiom) else (YesNo.OPEN, False)
    after_no = parsed.no(0)
    if after_no:
        return (YesNo.OPEN if parsed.yes_follows(after_no) else YesNo.NO), False
    return parsed.yes(0)


def has_condition(lines: Iterable[str]) -> bool:
    """Whether a line says that a yes is for something else than was asked: "yes, but without the number"."""
    conditions = _vocabulary().conditions
    parts = (tuple(_tokens(line)) for line in lines)
    return any(conditions.match(words, at) for words in parts for at in range(len(words)))


def is_yes_at_home(line: str, language: str) -> bool:
    """Whether ``line`` is a yes of somebody to whom relay writes in ``language`` (BCP 47): "si" in Spanish, which is no
    yes in other languages."""
    said = LANGUAGES.get(language) or LANGUAGES.get(language.partition("-")[0].lower())
    words = folded_words(line) if said is not None and said.yes_at_home else ()
    return said is not None and bool(words) and words in {folded_words(one) for one in said.yes_at_home}


def understand_answers(folder: Traversable) -> None:
    """Understand the words of the languages in ``folder`` too, from now on and in this process. Raises ValueError."""
    for language, words in answer_words(folder).items():
        LANGUAGES[language] = LANGUAGES.get(language, AnswerWords()).with_those_of(words)
    _vocabulary.cache_clear()


def fold_code(code: str) -> str:
    """A code in the form in which it is compared: casefolded, without blanks and hyphens."""
    return re.sub(r"[\s-]", "", code).casefold()


def folded_words(line: str) -> tuple[str, ...]:
    """The words of ``line`` as they are compared: casefolded, without stops, apostrophes and invisible characters."""
    return tuple(word for word in _tokens(line) if word not in _OUTER)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line's ``tokens``: words, stops, question marks and denying symbols. ``words`` are the same with drawn-out
    letters ("noooo") shortened. Methods take an index into them, and return the index after the match, or 0."""

    tokens: list[str]
    words: tuple[str, ...]
    code: str
    vocabulary: _Vocabulary

    def yes(self, at: int) -> tuple[YesNo, bool]:
        """The verdict on the words from ``at`` on, which do not begin with a no."""
        at = self._after_stops(at)
        if at < len(self.words) and self.vocabulary.yes_alone.match(self.words, at) == len(self.words):
            return YesNo.YES, False
        end, by_code = self._affirmed(at)
        if end and not self._taken_back(end):
            return YesNo.YES, by_code
        return YesNo.OPEN, False

    def no(self, at: int) -> int:
        """The index after the words of no at ``at``."""
        alone = self.vocabulary.no_alone.match(self.words, at, commas=True)
        return alone if alone and self.ended(alone) else self.vocabulary.no.match(self.words, at, commas=True)

    def yes_follows(self, at: int) -> bool:
        """Whether a clause after a no says yes and nothing else: "no yes", "no, sorry, yes"."""
        ends = (self.vocabulary.yes.match(self.words, start, commas=True) for start in self._clauses(at))
        return any(end and self.ended(end) for end in ends)

    def ended(self, at: int) -> bool:
        """Whether a phrase that ends at ``at`` is followed by a stop, ends with one, or ends the line."""
        return at == len(self.words) or self._stop(at) or self._stop(at - 1)

    def _affirmed(self, at: int) -> tuple[int, bool]:
        """The index after a run of yes words and codes from ``at`` to a stop or the line's end; and whether the code
        was among them."""
        end, by_code = 0, False
        while at < len(self.words) and not (end and self._stop(at)):
            after_code = self._after_code(at)
            end = at = after_code or self._after_yes(at)
            if not end:
                return 0, False
            by_code = by_code or after_code > 0
        return end, by_code

    def _after_yes(self, at: int) -> int:
        """The index after a yes phrase. One without inner commas is preferred: more words may follow the comma."""
        both = (self.vocabulary.yes, self.vocabulary.affirms)
        whole = max(phrases.match(self.words, at) for phrases in both)
        return whole or max(phrases.match(self.words, at, commas=True) for phrases in both)

    def _after_code(self, at: int) -> int:
        """The index after the code, which may contain blanks and hyphens."""
        found = ""
        for index in range(at, min(len(self.tokens), at + CODE_LENGTH)):
            found += self.tokens[index].replace("-", "")
            if len(found) >= len(self.code):
                return index + 1 if found and found == self.code else 0
        return 0

    def _taken_back(self, at: int) -> bool:
        """Whether the yes that ends at ``at`` is followed by a clause that begins with a no, or by a no alone."""
        if not _DENYING_SIGNS.isdisjoint(self.words):
            return True
        following = self._after_stops(at)
        if not self.vocabulary.neither.match(self.words, following) and (
            self.no(following) or self.vocabulary.denies.match(self.words, following)
        ):
            return True
        return any(end and self.ended(end) for end in map(self.no, self._clauses(following)))

    def _clauses(self, at: int) -> Iterator[int]:
        """Indexes at which clauses begin, from ``at`` on."""
        for index in range(at, len(self.words)):
            if not self._stop(index) and (index == at or self._stop(index - 1)):
                yield index

    def _stop(self, at: int) -> bool:
        return self.words[at] in _STOPS

    def _after_stops(self, at: int) -> int:
        while at < len(self.words) and self._stop(at):
            at += 1
        return at


class _Phrases:
    """Phrases indexed by their first word, longest first."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[str, ...]]] = {}
        for phrase in sorted({tuple(_tokens(phrase)) for phrase in phrases}, key=len, reverse=True):
            self._by_first.setdefault(phrase[0], []).append(phrase)

    def match(self, words: tuple[str, ...], at: int, *, commas: bool = False) -> int:
        """The index after the longest phrase at ``at``, or 0. With ``commas``, commas may separate its words."""
        for phrase in self._by_first.get(words[at], ()) if at < len(words) else ():
            end = at
            for wanted in phrase:
                if commas and end > at and end < len(words) and words[end] == ",":
                    end += 1
                if end >= len(words) or not (words[end] == wanted or (wanted.isdecimal() and words[end].isdecimal())):
                    break
                end += 1
            else:
                return end
        return 0


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """The fields of AnswerWords, of all languages together."""

    yes: _Phrases
    affirms: _Phrases
    yes_alone: _Phrases
    no: _Phrases
    no_alone: _Phrases
    neither: _Phrases
    denies: _Phrases
    conditions: _Phrases


def _tokens(line: str) -> list[str]:
    """The folded words of ``line``, and each stop as a token. All other characters separate words, except a hyphen
    within one."""
    text = _UNWRITTEN.sub("", INVISIBLE.sub("", line).strip()[:_LONGEST])
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = _UNWRITTEN.sub("", text).translate(_ALIKE).replace("--", " ")
    pieces: list[str] = []
    for char in text:
        if char == "-" or unicodedata.category(char)[0] in "LMN":
            pieces.append(char)
        else:
            pieces.append(f" {char} " if char in _OUTER or char in _DENYING_SIGNS else " ")
    found = (word.strip("-") for word in "".join(pieces).split())
    return [word for word in found if word]


@lru_cache(maxsize=1)
def _vocabulary() -> _Vocabulary:
    """The phrases of all languages together: the language of an answer is unknown."""
    return _Vocabulary(**{name: _Phrases(_phrases(name)) for name in _Vocabulary.__slots__})


def _phrases(name: str) -> Iterator[str]:
    """The phrases in the field ``name`` of every language."""
    for words in LANGUAGES.values():
        yield from getattr(words, name)
