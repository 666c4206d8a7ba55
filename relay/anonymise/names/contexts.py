"""Decides by context whether a word is a name: after a greeting, in a sign-off, next to "my name is"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import regex

from relay.anonymise.names.fold import Folded, is_letter
from relay.anonymise.names.languages.phrases import Phrase
from relay.anonymise.names.lexicon import CONTINUOUS, lexicon
from relay.anonymise.names.vocabulary import Codes

_REACH = 64
_GAP = regex.compile(r"[\s>]+")
_BESIDE = " \t\"'“”„«»‹›()[]*_:;,~-–—،؛、！：「」『』"
_DECORATION = " \t>*_~\"'“”„«»-–—•·,.!;:()،؛。、！：।॥۔။፣၊🙂❤\ufe0f\u200d"
_SENTENCE_END = regex.compile(r"[.!?。！？।؟။።]")
_LAST_WORD = regex.compile(r"[^\W\d_]+$")
# What may follow a name in an address: punctuation, or the line's end.
_ENDED = regex.compile(r"[ \t]*(?:[,，،、፣၊!！.。:：;)\-–—~।]|[^\w\s'\"]|\n|\Z)")
_LAST_SIGNS = regex.compile(r"[^\W_]+$")
_OPENED = regex.compile(r"[\"“„«‘‚(]|[ \t]'")
_SHUT = regex.compile(r"[\"”“»’')]")
_NOT_WORDS = regex.compile(r"^[\W_]*$")
# A particle between a title and the name, "Mevrouw van der Berg". Articles alone do not count: "ich mag den Winter".
_PARTICLES = regex.compile(
    r"(?<![^\W_])(?:(?:(?:van|von|vom|zu|zum|zur|af|av|ap|te|ter|ten|in|op)(?: (?:de[nrms]?|het|'t|la|le))?"
    r"|de(?: l[aeo]s?)?|del|della|di|da|do|dos|das|du|le|la|el|al|ni|nic|ui|mac|bin|ibn|ben|'t)[ \n]|[dlo]')+$"
)
# In scripts without blanks "อ." and "ดร." are abbreviations only with the full stop.
_ABBREVIATED = regex.compile(rf"(?:{CONTINUOUS.pattern}){{1,2}}\.")
_VOWEL = regex.compile("[aeiouy]")
_COMMAS = (",", "，", "،", "、", "፣", "၊")
_CLOSED = (*_COMMAS, *"!！.。:：-–—~～।")
_PARTING = ":：;–—"
_FULL_LINE = 30


@dataclass(frozen=True, slots=True)
class Contexts:
    """The context phrases of some languages, in the forms used for matching. ``introductions_behind`` are those that
    are no titles ("… here"). Of ``before`` some are ``abbreviated``, so that a full stop behind them ends no sentence,
    ``joined`` to the name without a blank, or ``introductions``: no titles."""

    before: tuple[str, ...]
    introductions: tuple[str, ...]
    joined: tuple[str, ...]
    abbreviated: tuple[str, ...]
    behind: tuple[str, ...]
    introductions_behind: tuple[str, ...]
    around: tuple[Phrase, ...]
    greetings: tuple[str, ...]
    greetings_behind: tuple[str, ...]


@lru_cache(maxsize=64)
def contexts(text_languages: Codes | None) -> Contexts:
    """The phrases of these languages and of English, which is used in greetings everywhere. None: those of all."""
    spoken = lexicon().languages
    chosen = [spoken[code] for code in spoken if text_languages is None or code in text_languages or code == "en"]
    titles = [each for one in chosen for each in one.titles]
    # "Love …", "Ihr …": closing formulas count as such only at the end of a line (see closings).
    introductions = [
        each for one in chosen for each in one.introductions if each.before.strip(_DECORATION) not in closings()
    ]
    # A word that is frequent in another language of the text does not introduce a name: Malay "En …", French "en".
    often = {one.code: one.often for one in chosen}
    strange = {
        each
        for one in chosen
        for each in (*one.introductions, *one.titles)
        if not each.behind and any(each.before.strip() in words for code, words in often.items() if code != one.code)
    }
    titles = [each for each in titles if each not in strange]
    introductions = [each for each in introductions if each not in strange]
    beside = [*introductions, *titles]
    greetings = [each for one in chosen for each in one.greetings]
    return Contexts(
        before=_distinct(map(_before, beside)),
        introductions=_distinct(map(_before, introductions)),
        joined=_distinct(_before(each) for each in beside if not each.before.endswith(" ")),
        abbreviated=_distinct(_before(each) for each in beside if _is_abbreviation(each.before.strip())),
        behind=_distinct(map(_behind, (one for one in beside if one not in introductions or one.behind.endswith(":")))),
        introductions_behind=_distinct(map(_behind, introductions)),
        around=tuple(each for each in (*beside, *greetings) if each.before and each.behind),
        greetings=_distinct(each.before.strip(_BESIDE) for each in greetings if not each.behind),
        greetings_behind=_distinct(each.behind.strip(_BESIDE + ".") for each in greetings if not each.before),
    )


@lru_cache(maxsize=1)
def closings() -> frozenset[str]:
    """The closing formulas of all languages."""
    return frozenset(closing.strip(_DECORATION) for one in lexicon().languages.values() for closing in one.closings)


def is_closing(line: str) -> bool:
    """Whether the last sentence of a folded line is a closing formula, or two of them ("Viele Grüße von")."""
    words = _SENTENCE_END.split(line.strip(_DECORATION))[-1].split()
    formulas = closings()
    return 0 < len(words) < 10 and any(
        _formula(words[:cut]) in formulas and (cut == len(words) or _formula(words[cut:]) in formulas)
        for cut in range(1, len(words) + 1)
    )


def _formula(words: list[str]) -> str:
    return " ".join(words).strip(_DECORATION)


def _begins(left: str, text_languages: Codes | None) -> bool:
    """Whether a word begins the sentence, or follows a frequent one: "Rose here" is a name, "what a rose here" is
    not."""
    before = _LAST_WORD.search(left.rstrip(" \"'“„«(*_"))
    return before is None or lexicon().often_in(before[0], text_languages)


def _is_abbreviation(phrase: str) -> bool:
    """Whether a phrase is written with a full stop ("Prof. …"), or may be: it has no vowel ("Mrs …")."""
    return phrase.endswith(".") or (phrase.isascii() and _VOWEL.search(phrase) is None)


def _before(one: Phrase) -> str:
    return "" if one.behind or _ABBREVIATED.fullmatch(one.before.strip()) else one.before.strip(_BESIDE + ".")


def _behind(one: Phrase) -> str:
    return "" if one.before or _ABBREVIATED.fullmatch(one.behind.strip()) else one.behind.lstrip(_BESIDE).rstrip(" .")


def _distinct(phrases: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, phrases)))


class Place:
    """The surroundings of [start, end) of a folded text."""

    def __init__(self, folded: Folded, start: int, end: int) -> None:
        self._folded = folded
        self._last = folded.span(start, end)[1]
        self.text = folded.text
        self.start = start
        self.end = end

    def named(self, text_languages: Codes | None, *, proper: bool, capital: bool = True, cased: bool = True) -> bool:
        """Whether the words or lines around show a name here. A ``proper`` word needs a formula to be a sign-off; one
        without ``capital`` needs a greeting or a formula, too. ``cased``: its script has capitals."""
        known = contexts(text_languages)
        written = capital and cased
        return (
            self._greeted(known, free=written or not cased)
            or self._closes_a_letter(cased=cased)
            or self._in_lines(proper)
            or (capital and self._in_phrase(known, text_languages))
        )

    def is_introduced(self, text_languages: Codes | None) -> bool:
        """Whether an introduction precedes: "my name is"."""
        left = _GAP.sub(" ", self.text[max(0, self.start - _REACH) : self.start])
        return _ends_with(left.rstrip(_BESIDE), contexts(text_languages).introductions)

    def _in_phrase(self, known: Contexts, text_languages: Codes | None) -> bool:
        left = _GAP.sub(" ", self.text[max(0, self.start - _REACH) : self.start])
        without = _PARTICLES.sub("", left)
        return self._beside(known, left, text_languages) or (
            without != left and self._beside(known, without, text_languages)
        )

    def _beside(self, known: Contexts, left: str, text_languages: Codes | None) -> bool:
        right = _GAP.sub(" ", self.text[self.end : self.end + _REACH])
        before, behind = left.rstrip(_BESIDE + "."), right.lstrip(_BESIDE + ".")
        unspaced = bool(CONTINUOUS.match(self.text[self.start]))
        introduced = _starts_with(behind, known.introductions_behind, apart=unspaced)
        # A single character is a name by its context only when it is no part of a longer word.
        phrases = _allowed(known, left[len(before) :])
        if (
            _ends_with(before, phrases)
            and (introduced or self.end - self.start > 1 or not (unspaced and CONTINUOUS.match(right)))
            and not (unspaced and self._ends_a_word(before, phrases))
        ):
            return True
        # What follows a name belongs to it only without a sentence end between.
        if not right.lstrip(" ").startswith((".", "!", "?")) and (
            _starts_with(behind, known.behind) or (introduced and _begins(left, text_languages))
        ):
            return True
        return any(
            _ends_with(before, (each.before.strip(_BESIDE),)) and _starts_with(behind, (each.behind.strip(_BESIDE),))
            for each in known.around
        )

    def _ends_a_word(self, before: str, phrases: tuple[str, ...]) -> bool:
        """Whether it is the end of a word that begins like a title: คุณ in คุณสมบัติ, "property"."""
        name = self.text[self.start : self.end]
        return any(before.endswith(phrase) and phrase + name in lexicon().ordinary for phrase in phrases)

    def _greeted(self, known: Contexts, *, free: bool) -> bool:
        """Whether a greeting precedes on the line. A word that is not ``free``, or follows a comma, is a name only
        before punctuation or the line's end: "Hi, will you come?" greets nobody."""
        line = self._line_before()
        whole = line.rstrip(_BESIDE)
        apart = any(comma in line[len(whole) :] for comma in _COMMAS)
        for phrase in known.greetings:
            if whole.endswith(phrase):
                rest = whole[: len(whole) - len(phrase)]
                if not rest or not (is_letter(rest[-1]) or is_letter(rest.rstrip(" ")[-1:])):
                    return (free and not apart) or bool(_ENDED.match(self.text, self.end))
        if not known.greetings_behind or any(map(is_letter, line)):
            return False
        return _starts_with(self._line_behind().lstrip(_BESIDE), known.greetings_behind)

    def _closes_a_letter(self, *, cased: bool) -> bool:
        """Whether a closing formula precedes on the line, and only names follow: "Thanks, Will", not "Thanks, will
        do"."""
        line = self._line_before().rstrip(_DECORATION)
        if not line or not is_closing(line):
            return False
        tail = self._line_behind()
        words = regex.findall(r"[^\W_]+", self._folded.original[self._last : self._last + len(tail)])
        if cased:
            return len(words) < 3 and all(word[0].isupper() or word.strip("xX") == "" for word in words)
        return not words or (len(words) == 1 and not _ENDED.match(tail))

    def _line_before(self) -> str:
        return self.text[max(0, self.start - _REACH) : self.start].rpartition("\n")[2]

    def _line_behind(self) -> str:
        return self.text[self.end : self.end + _REACH].partition("\n")[0]

    def _in_lines(self, proper: bool) -> bool:
        """Whether it is a line of its own that begins or closes a letter, or follows a formula on its line."""
        text = self.text
        line = text.rfind("\n", 0, self.start) + 1
        head = text[max(line, self.start - _REACH) : self.start]
        if not _NOT_WORDS.match(head) or line < self.start - _REACH:
            return False
        stop = text.find("\n", self.end, self.end + _REACH)
        stop = (len(text) if len(text) <= self.end + _REACH else -1) if stop < 0 else stop
        if stop < 0 or not _NOT_WORDS.match(text[self.end : stop]):
            return False
        previous = (
            text[max(0, line - 4 * _REACH) : max(0, line - 1)].rstrip(" \t\n\r>").rpartition("\n")[2].strip(" \t>")
        )
        if is_closing(previous):
            return True
        last = not any(map(is_letter, text[stop : stop + _REACH]))
        if previous:
            words = len(previous.split())
            return (previous.endswith(_COMMAS) and words <= 6) or (
                last and not proper and (words > 1 or bool(CONTINUOUS.search(previous)))
            )
        return not last and not line_is_bare(text[self.end : stop]) and not proper


def _allowed(known: Contexts, gap: str) -> tuple[str, ...]:
    """The phrases that may precede a name when ``gap`` stands between. "النور" is a word with an article, not somebody
    of the family ("آل") Nur; "Teacher: Will you come?" names nobody."""
    if not gap:
        return known.joined
    if gap.lstrip().startswith("."):
        return known.abbreviated
    return known.introductions if any(sign in gap for sign in _PARTING) else known.before


def line_is_bare(tail: str) -> bool:
    """Whether no comma or other punctuation follows a name that begins a letter."""
    return not tail.strip(" \t*_").startswith(_CLOSED)


def _ends_with(text: str, phrases: tuple[str, ...]) -> bool:
    if not text.endswith(phrases):
        return False
    for phrase in phrases:
        if text.endswith(phrase):
            rest = text[: len(text) - len(phrase)]
            if not rest or not is_letter(rest[-1]) or CONTINUOUS.match(phrase[0]):
                return True
    return False


def _starts_with(text: str, phrases: tuple[str, ...], *, apart: bool = False) -> bool:
    """Whether the text starts with one of the phrases, as whole words; ``apart``: in every script."""
    if not phrases or not text.startswith(phrases):
        return False
    for phrase in phrases:
        if text.startswith(phrase):
            rest = text[len(phrase) :]
            if not rest or not is_letter(rest[0]) or not (apart or phrase[-1].isascii()):
                return True
    return False


def inside_sentence(folded: Folded, start: int, end: int, text_languages: Codes | None = None) -> bool:
    """Whether a capitalised word follows a lower-case one and precedes no capitalised one: there it is a name. The
    first word of a sentence counts as lower-case when the language (``text_languages``) is known and a lower-case word
    follows. The beginning of a quotation, bracket or line proves nothing."""
    original, text = folded.original, folded.text
    first, last = folded.span(start, end)
    left = text[max(0, start - _REACH) : start]
    stripped = left.rstrip(" \t\n>\"'“„«‘‚(*_,")
    if not stripped or not is_letter(stripped[-1]):
        return False
    between = left[len(stripped) :]
    if _OPENED.search(between) and not _SHUT.match(text, end):
        return False
    if "\n" in between and (between.count("\n") > 1 or not _wrapped(text, start - len(between))):
        return False
    word = _LAST_SIGNS.search(stripped)
    at = max(0, start - _REACH) + word.start() if word else start
    before = original[folded.span(at, at + 1)[0]] if word else ""
    behind = regex.match(r"[ \t]+([^\W_])", original[last : last + 8])
    small = before.islower() or (word and word[0] in ("i", "a"))
    if not small and not (text_languages and word and behind and behind[1].islower() and _begins_a_sentence(text, at)):
        return False
    return not (behind and behind[1].isupper()) and not original[first:last].isupper()


def _begins_a_sentence(text: str, start: int) -> bool:
    """Whether the word there begins a line or a sentence."""
    before = text[max(0, start - _REACH) : start].rstrip(" \t>\"'“„«(*_-–—•")
    return not before or before[-1] in "\n.!?:…"


def _wrapped(text: str, at: int) -> bool:
    """Whether the line that ends here was full, and so was wrapped."""
    return at - (text.rfind("\n", 0, at) + 1) >= _FULL_LINE
