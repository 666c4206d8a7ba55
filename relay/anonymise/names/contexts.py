"""Tells whether a word stands where only a name stands: after a greeting, in a sign-off, beside "my name is"."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import regex

from relay.anonymise.names.fold import Folded, is_letter
from relay.anonymise.names.lexicon import CONTINUOUS, Codes, lexicon
from relay.anonymise.names.ways.phrases import Phrase

_REACH = 64
_GAP = regex.compile(r"[\s>]+")
_BESIDE = " \t\"'“”„«»‹›()[]*_:;,~-–—،؛、！：「」『』"
_DECORATION = " \t>*_~\"'“”„«»-–—•·,.!;:()،؛。、！：।॥۔။፣၊🙂❤\ufe0f\u200d"
_NOT_WORDS = regex.compile(r"^[\W_]*$")
# Of "อ." and "ดร." only the full stop tells that they are no end of a word, where words are written without blanks.
_ABBREVIATED = regex.compile(rf"(?:{CONTINUOUS.pattern}){{1,2}}\.")
_COMMAS = (",", "，", "،", "、", "፣", "၊")
_CLOSED = (*_COMMAS, *"!！.。:：-–—~～।")


@dataclass(frozen=True, slots=True)
class Contexts:
    """The phrases of some languages, in the forms in which they are looked for."""

    before: tuple[str, ...]
    behind: tuple[str, ...]
    around: tuple[Phrase, ...]
    greetings: tuple[str, ...]
    greetings_behind: tuple[str, ...]


@lru_cache(maxsize=64)
def contexts(tongues: Codes | None) -> Contexts:
    """Those of these languages, and of English, in which people everywhere write greetings. None: those of all."""
    spoken = lexicon().languages
    chosen = [spoken[code] for code in spoken if tongues is None or code in tongues or code == "en"]
    beside = [each for one in chosen for each in (*one.introductions, *one.titles)]
    greetings = [each for one in chosen for each in one.greetings]
    return Contexts(
        before=_distinct(each.before for each in beside if not each.behind),
        behind=_distinct(each.behind for each in beside if not each.before),
        around=tuple(each for each in (*beside, *greetings) if each.before and each.behind),
        greetings=_distinct(each.before for each in greetings if not each.behind),
        greetings_behind=_distinct(each.behind for each in greetings if not each.before),
    )


@lru_cache(maxsize=1)
def closings() -> frozenset[str]:
    """The closing formulas of all languages."""
    return frozenset(closing.strip(_DECORATION) for one in lexicon().languages.values() for closing in one.closings)


def _distinct(phrases) -> tuple[str, ...]:  # type: ignore[no-untyped-def]
    bare = (each.strip(_BESIDE + ".") for each in phrases if not _ABBREVIATED.fullmatch(each.strip()))
    return tuple(dict.fromkeys(filter(None, bare)))


class Place:
    """The surroundings of [start, end) of a folded text."""

    def __init__(self, folded: Folded, start: int, end: int) -> None:
        self.text = folded.text
        self.start = start
        self.end = end

    def named(self, tongues: Codes | None, *, proper: bool, capital: bool = True) -> bool:
        """Does a name stand here, by the words or lines around? A ``proper`` word is no sign-off without a formula; one
        without ``capital``, where the script has any, needs a greeting or a formula, too."""
        known = contexts(tongues)
        return self._greeted(known) or self._in_lines(proper) or (capital and self._in_phrase(known))

    def _in_phrase(self, known: Contexts) -> bool:
        left = _GAP.sub(" ", self.text[max(0, self.start - _REACH) : self.start])
        right = _GAP.sub(" ", self.text[self.end : self.end + _REACH])
        before, behind = left.rstrip(_BESIDE + "."), right.lstrip(_BESIDE + ".")
        full_stop = left[len(before) :].lstrip().startswith(".")
        if _ends_with(before, known.before, after_stop=full_stop):
            return True
        # What stands behind a name belongs to it only when no sentence ends between.
        if not right.lstrip(" ").startswith((".", "!", "?")) and _starts_with(behind, known.behind):
            return True
        return any(
            _ends_with(before, (each.before.strip(_BESIDE),)) and _starts_with(behind, (each.behind.strip(_BESIDE),))
            for each in known.around
        )

    def _greeted(self, known: Contexts) -> bool:
        head = self.text[max(0, self.start - _REACH) : self.start].rpartition("\n")[2]
        whole = head.rstrip(_BESIDE)
        for phrase in known.greetings:
            if whole.endswith(phrase):
                rest = whole[: len(whole) - len(phrase)]
                if not rest or not (is_letter(rest[-1]) or is_letter(rest.rstrip(" ")[-1:])):
                    return True
        if not known.greetings_behind or any(map(is_letter, head)):
            return False
        tail = self.text[self.end : self.end + _REACH].partition("\n")[0]
        return _starts_with(tail.lstrip(_BESIDE), known.greetings_behind)

    def _in_lines(self, proper: bool) -> bool:
        """Is it a line of its own that closes a letter or begins one, or does it follow a formula on its line?"""
        text = self.text
        line = text.rfind("\n", 0, self.start) + 1
        head = text[max(line, self.start - _REACH) : self.start]
        if head.strip(_DECORATION) and head.strip(_DECORATION) in closings():
            return True
        if not _NOT_WORDS.match(head) or line < self.start - _REACH:
            return False
        stop = text.find("\n", self.end, self.end + _REACH)
        stop = (len(text) if len(text) <= self.end + _REACH else -1) if stop < 0 else stop
        if stop < 0 or not _NOT_WORDS.match(text[self.end : stop]):
            return False
        previous = (
            text[max(0, line - 4 * _REACH) : max(0, line - 1)].rstrip(" \t\n\r>").rpartition("\n")[2].strip(" \t>")
        )
        if previous.strip(_DECORATION) in closings():
            return True
        last = not any(map(is_letter, text[stop : stop + _REACH]))
        if previous:
            words = len(previous.split())
            return (previous.endswith(_COMMAS) and words <= 6) or (
                last and not proper and (words > 1 or bool(CONTINUOUS.search(previous)))
            )
        return not last and not line_is_bare(text[self.end : stop]) and not proper


def line_is_bare(tail: str) -> bool:
    """Is there no comma or other sign behind a name that begins a letter?"""
    return not tail.strip(" \t*_").startswith(_CLOSED)


def _ends_with(text: str, phrases: tuple[str, ...], *, after_stop: bool = False) -> bool:
    if not text.endswith(phrases):
        return False
    for phrase in phrases:
        if text.endswith(phrase) and (not after_stop or (len(phrase) <= 12 and " " not in phrase)):
            rest = text[: len(text) - len(phrase)]
            if not rest or not is_letter(rest[-1]) or CONTINUOUS.match(phrase[0]):
                return True
    return False


def _starts_with(text: str, phrases: tuple[str, ...]) -> bool:
    if not phrases or not text.startswith(phrases):
        return False
    for phrase in phrases:
        if text.startswith(phrase):
            rest = text[len(phrase) :]
            if not rest or not is_letter(rest[0]) or not phrase[-1].isascii():
                return True
    return False


def inside_sentence(folded: Folded, start: int, end: int) -> bool:
    """Does a word with a capital stand behind a small one, and before none with a capital? There it is a name."""
    original, text = folded.original, folded.text
    first, last = folded.span(start, end)
    left = text[max(0, start - _REACH) : start]
    stripped = left.rstrip(" \t\n>\"'“„«(*_,")
    if not stripped or not is_letter(stripped[-1]) or "\n\n" in left[len(stripped) :]:
        return False
    word = regex.search(r"[^\W_]+$", stripped)
    at = max(0, start - _REACH) + word.start() if word else start
    before = original[folded.span(at, at + 1)[0]] if word else ""
    if not before.islower() and not (word and word[0] in ("i", "a")):
        return False
    behind = regex.match(r"[ \t]+([^\W_])", original[last : last + 8])
    return not (behind and behind[1].isupper()) and not original[first:last].isupper()
