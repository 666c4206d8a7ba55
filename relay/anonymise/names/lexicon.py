"""All languages' words in one place: which are ordinary, and which tell the language of a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import regex

from relay.anonymise.names.fold import letters
from relay.anonymise.names.ways import Language, languages

_WORD = regex.compile(r"[^\W\d_]+")
_MOST_WORDS = 3000
# Scripts without blanks between words: a name there has no edge to look for.
UNSPACED = frozenset({"Thai", "Lao", "Khmer", "Myanmar", "Han", "Hiragana", "Katakana", "Tibetan"})
CONTINUOUS = regex.compile(
    r"[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Han}\p{Script=Hiragana}"
    r"\p{Script=Katakana}\p{Script=Tibetan}ー]"
)

Codes = frozenset[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Folded words, letters alone, each with the codes of its languages."""

    often: dict[str, Codes]
    ordinary: dict[str, Codes]
    proper: dict[str, Codes]
    organisations: frozenset[str]
    surnames: dict[str, Codes]
    articles: frozenset[str]
    compounds: dict[str, frozenset[str]]
    also_names: dict[str, Codes]
    by_script: tuple[tuple[regex.Pattern[str], Codes], ...]
    languages: dict[str, Language]

    def ordinary_in(self, word: str, tongues: Codes | None) -> bool:
        """Is it an ordinary word of one of these languages (None: of any)?"""
        return _in(self.ordinary, word, tongues)

    def proper_in(self, word: str, tongues: Codes | None) -> bool:
        """Is it a place, a month, a nation or a brand in one of these languages (None: in any)?"""
        return _in(self.proper, word, tongues)

    def title_in(self, word: str, tongues: Codes | None) -> bool:
        """Is it a title of one of these languages (None: of any) that is a name in others?"""
        return _in(self.also_names, word, tongues)

    def tongues(self, skeleton: str) -> Codes | None:
        """The languages a folded text may be written in; None when that cannot be told."""
        scores: Counter[str] = Counter()
        for number, word in enumerate(_WORD.finditer(skeleton)):
            if number == _MOST_WORDS:
                break
            for code in self.often.get(word[0], ()):
                scores[code] += 1
        if not skeleton.isascii():
            self._by_script(skeleton, scores)
        best = max(scores.values(), default=0)
        if best < 2:
            return None
        return frozenset(code for code, score in scores.items() if score >= max(2, best * 0.45))

    def _by_script(self, skeleton: str, scores: Counter[str]) -> None:
        for script, codes in self.by_script:
            if script.search(skeleton):
                unspaced = any(self.languages[code].scripts & UNSPACED for code in codes)
                if len(codes) == 1 or unspaced:
                    for code in codes:
                        scores[code] += 3


def lies_in_words(text: str, start: int, end: int) -> bool:
    """Where words are written without blanks: do ordinary words hold these one or two letters, so they are no name?

    One letter is in a word with a neighbour (明 in 明天), two are in a longer word, or belong to two words, one on each
    side (张华 in 一张华丽)."""
    if not CONTINUOUS.match(text[start]):
        return False
    words = lexicon().ordinary, lexicon().proper

    def known(first: int, last: int) -> bool:
        piece = text[max(first, 0) : last]
        return len(piece) == last - first and any(piece in each for each in words)

    if any(known(start - left, end + right) for left, right in ((1, 0), (0, 1), (1, 1), (2, 0), (0, 2))):
        return True
    if end - start == 1:
        return False
    return any(known(start - n, start + 1) for n in (1, 2)) and any(known(end - 1, end + n) for n in (1, 2))


def _in(words: dict[str, Codes], word: str, tongues: Codes | None) -> bool:
    codes = words.get(word)
    return codes is not None and (tongues is None or not codes.isdisjoint(tongues))


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon of all languages there are files for."""
    spoken = languages()
    often = _index((one, one.often) for one in spoken)
    scripts: dict[str, set[str]] = {}
    for one in spoken:
        for script in one.scripts:
            scripts.setdefault(script, set()).add(one.code)
    return Lexicon(
        often=often,
        ordinary=_index((one, one.words | one.often) for one in spoken),
        proper=_index((one, one.proper) for one in spoken),
        organisations=frozenset(letters(word) for one in spoken for word in one.organisations),
        surnames=_index((one, one.surnames) for one in spoken),
        articles=frozenset(word for one in spoken for word in one.articles),
        compounds={word: forms for one in spoken for forms in one.compounds for word in forms},
        also_names=_index((one, one.also_names) for one in spoken),
        by_script=tuple(
            (regex.compile(rf"\p{{Script={script}}}"), frozenset(codes)) for script, codes in scripts.items()
        ),
        languages={one.code: one for one in spoken},
    )


def _index(lists: Iterable[tuple[Language, Iterable[str]]]) -> dict[str, Codes]:
    found: dict[str, set[str]] = {}
    for one, words in lists:
        for word in words:
            found.setdefault(letters(word), set()).add(one.code)
    return {word: frozenset(codes) for word, codes in found.items()}
