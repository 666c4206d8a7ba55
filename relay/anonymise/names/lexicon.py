"""The words of all languages together: which are ordinary, and which indicate the language of a text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import regex

from relay.anonymise.names.fold import letters
from relay.anonymise.names.languages import Language, languages
from relay.anonymise.names.vocabulary import Codes, Vocabulary

_WORD = regex.compile(r"[^\W\d_]+")
# In a short text no part of a code ("E4", "9E3B"), nor of an address ("otter.ai"): these are in no language.
_WHOLE_WORD = regex.compile(r"(?<![\w.@/])[^\W\d_]++(?!\d|[.@/]\w)")
_SHORT = 1000
_MOST_WORDS = 3000
# A word that more languages than this share indicates less.
_MANY_LANGUAGES = 6
# Below this score the ordinary words are used too to detect the language.
_FEW = 12
# Two frequent words prove a language.
_ENOUGH = 4
# Scripts without blanks between words: a name there has no edges.
UNSPACED = frozenset({"Thai", "Lao", "Khmer", "Myanmar", "Han", "Hiragana", "Katakana", "Tibetan"})
CONTINUOUS = regex.compile(
    r"[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Han}\p{Script=Hiragana}"
    r"\p{Script=Katakana}\p{Script=Tibetan}ー]"
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Folded words, letters only, each with the codes of its languages. ``written`` are all of them unfolded, with
    their accents."""

    often: dict[str, Codes]
    ordinary: Vocabulary
    proper: Vocabulary
    organisations: Vocabulary
    surnames: Vocabulary
    written: Vocabulary
    articles: frozenset[str]
    compounds: dict[str, frozenset[str]]
    names_too: dict[str, Codes]
    by_script: tuple[tuple[regex.Pattern[str], Codes], ...]
    languages: dict[str, Language]

    def ordinary_in(self, word: str, text_languages: Codes | None) -> bool:
        """Whether it is an ordinary word of one of these languages (None: of any)."""
        return _in(self.ordinary.get(word), text_languages)

    def often_in(self, word: str, text_languages: Codes | None) -> bool:
        """Whether it is one of the most frequent words of one of these languages (None: of any)."""
        return _in(self.often.get(word), text_languages)

    def proper_in(self, word: str, text_languages: Codes | None) -> bool:
        """Whether it is a place, month, nation or brand in one of these languages (None: in any)."""
        return _in(self.proper.get(word), text_languages)

    def is_word(self, word: str) -> bool:
        """Whether it is an ordinary word, a place, or a word of employers' names in any language."""
        return word in self.ordinary or word in self.proper or word in self.organisations

    def title_in(self, word: str, text_languages: Codes | None) -> bool:
        """Whether it is a title in one of these languages (None: in any) that is a name in others."""
        return _in(self.names_too.get(word), text_languages)

    def writes(self, text_languages: Codes, letter: str) -> bool:
        """Whether one of these languages is written in the script of a letter."""
        return any(not codes.isdisjoint(text_languages) for script, codes in self.by_script if script.match(letter))

    def text_languages(self, skeleton: str, names: frozenset[str] = frozenset()) -> Codes | None:
        """The languages a folded text may be written in; None when that cannot be determined. ``names`` alone prove
        none beside another: that "Jane" is an Albanian word makes no English letter of Jane's Albanian."""
        pattern = _WHOLE_WORD if len(skeleton) < _SHORT else _WORD
        words = [word[0] for word in islice(pattern.finditer(skeleton), _MOST_WORDS)]
        scores: dict[str, float] = {}
        _count(scores, self.often, words, 2)
        if max(scores.values(), default=0) < _FEW:
            _count(scores, self.ordinary, words, 1)
        if not skeleton.isascii():
            self._by_script(skeleton, scores)
        best = max(scores.values(), default=0)
        if best < _ENOUGH:
            return None
        likely = {code for code, score in scores.items() if score >= max(_ENOUGH, best * 0.45)}
        named = [word for word in words if word in names] if len(likely) > 1 else []
        of_names: dict[str, float] = {}
        _count(of_names, self.often, named, 2)
        _count(of_names, self.ordinary, named, 1)
        likely -= {code for code in likely if scores[code] < best and scores[code] - of_names.get(code, 0) < _ENOUGH}
        return frozenset(likely)

    def _by_script(self, skeleton: str, scores: dict[str, float]) -> None:
        for script, codes in self.by_script:
            if script.search(skeleton):
                unspaced = any(self.languages[code].scripts & UNSPACED for code in codes)
                if len(codes) == 1 or unspaced:
                    for code in codes:
                        scores[code] = scores.get(code, 0) + 6


def _count(
    scores: dict[str, float], known: Mapping[str, Codes] | Vocabulary, words: Iterable[str], weight: float
) -> None:
    for word in words:
        codes = known.get(word) or ()
        points = weight / 2 if len(codes) > _MANY_LANGUAGES else weight
        for code in codes:
            scores[code] = scores.get(code, 0) + points


def _in(codes: Codes | None, text_languages: Codes | None) -> bool:
    return codes is not None and bool(codes if text_languages is None else codes & text_languages)


def lies_in_words(text: str, start: int, end: int) -> bool:
    """Whether, in scripts without blanks, these one or two letters are part of ordinary words, and so no name.

    One letter is in a word with a neighbour (明 in 明天); two are in a longer word, or belong to two words, one on each
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


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon of all language files."""
    spoken = languages()
    often = _index((one, one.often) for one in spoken)
    scripts: dict[str, set[str]] = {}
    for one in spoken:
        for script in one.scripts:
            scripts.setdefault(script, set()).add(one.code)
    return Lexicon(
        often=often,
        ordinary=_vocabulary((one, (*one.words.split(), *one.often)) for one in spoken),
        proper=_vocabulary((one, one.proper.split()) for one in spoken),
        organisations=_vocabulary((one, one.organisations) for one in spoken),
        surnames=_vocabulary((one, one.surnames) for one in spoken),
        written=Vocabulary(("", map(as_written, one.as_written.split())) for one in spoken),
        articles=frozenset(word for one in spoken for word in one.articles),
        compounds={word: forms for one in spoken for forms in one.compounds for word in forms},
        names_too=_index((one, one.names_too) for one in spoken),
        by_script=tuple(
            (regex.compile(rf"\p{{Script={script}}}"), frozenset(codes)) for script, codes in scripts.items()
        ),
        languages={one.code: one.without_lists() for one in spoken},
    )


def as_written(word: str) -> str:
    """A word in lower case, with its accents."""
    return unicodedata.normalize("NFC", word).casefold()


def _index(lists: Iterable[tuple[Language, Iterable[str]]]) -> dict[str, Codes]:
    found: dict[str, set[str]] = {}
    for one, words in lists:
        for word in words:
            found.setdefault(letters(word), set()).add(one.code)
    return {word: frozenset(codes) for word, codes in found.items()}


def _vocabulary(lists: Iterable[tuple[Language, Iterable[str]]]) -> Vocabulary:
    return Vocabulary((one.code, map(letters, words)) for one, words in lists)
