"""Finds a name that is signed in another script than it is registered in: "С уважением, Джейн" of Jane.

Spellings in another script are many, so what a word sounds like is compared (sounds.py), and only where somebody names
themselves: in a sign-off, in an introduction, or where given name and surname stand side by side.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

import regex

from relay.anonymise.names.contexts import Place, closings
from relay.anonymise.names.fold import Folded, skeleton_of
from relay.anonymise.names.lexicon import lexicon
from relay.anonymise.names.sign_offs import SignOff, sign_offs
from relay.anonymise.names.sounds import Sound, first_letters, script_of, sound_of
from relay.anonymise.names.vocabulary import Codes

_LONGEST = 40
_MOST_WORDS = 4
_LEAST_SOUNDS = 3
_MOST_HEARD = 4096
_KANA = r"[\p{Script=Katakana}ー]"
_WORD = regex.compile(rf"{_KANA}+|(?:[AaEe]l-)?[[\p{{L}}\p{{M}}]--{_KANA}]+(?:['’׳][\p{{L}}\p{{M}}]+)*", regex.V1)
_APART = regex.compile(r"[ \t\xa0・·‧=＝-]{1,2}")
# Every script but the Latin one, by its blocks.
_STRANGE = re.compile("[\u0370-\u1dbf\u2c80-\ua6ff\ua8e0-\uaaff\uabc0-\ud7ff\uf900-\ufaff\ufb13-\ufdff\ufe70-\uffdc]")
# "Мене звати Едита Литвиненко" is somebody else.
_BEFORE_NAME = regex.compile(r"[ \t\xa0]+\p{Lu}")
# Alphabets with capitals; in scripts without, too many words would have to be listened to.
_CASED = ("Cyrillic", "Greek")
_Span = tuple[int, int]
_Languages = Callable[[], Codes | None]


class _Heard(dict[str, "Sound | None"]):
    """What the words of one text sound like, each listened to once; None for those that do not fit."""

    def __init__(self, fits: Callable[[Sound], bool]) -> None:
        super().__init__()
        self._fits = fits

    def __missing__(self, word: str) -> Sound | None:
        sound = sound_of(word)
        fitting = sound if sound is not None and self._fits(sound) else None
        if len(self) < _MOST_HEARD:
            self[word] = fitting
        return fitting


class OtherScripts:
    """Searches for one person, whose ``names`` are given as words."""

    def __init__(self, names: Iterable[Sequence[str]]) -> None:
        words = [list(name) for name in names]
        heard = [[sound for word in name if (sound := sound_of(word)) and sound.readings != {""}] for name in words]
        self._sounds = [sounds for sounds in heard if sounds]
        self._scripts = frozenset(script for name in words for word in name if (script := script_of(word)))

    @cached_property
    def _begins(self) -> re.Pattern[str]:
        """Finds words in prose that may be one of the name's by their first letter."""
        sounds = [sound for name in self._sounds for sound in name]
        begins = "".join(first_letters(sounds, script) for script in _CASED if script not in self._scripts)
        capitals = re.escape("".join(one.upper() for one in begins)) or "Ω"
        return re.compile(rf"[{capitals}](?<![^\W_].)[^\W\d_]+|[ァ-ヺー]{{2,}}")

    def find(self, folded: Folded, text_languages: _Languages) -> Iterator[_Span]:
        """The mentions, as ranges of the original text, in no order. Linear in it."""
        text = folded.original
        strange = not text.isascii() and _STRANGE.search(text) is not None
        if not self._sounds or (not strange and self._scripts == {"Latin"}):
            return
        heard, signed = _Heard(self._may_be), list[_Span]()
        for place in sign_offs(text, _LONGEST, self._may_sign):
            span = self._signed(place, heard)
            if span and (place.below_closing or place.ends_letter):
                signed.append(span)
        yield from signed
        if strange:
            yield from self._in_prose(folded, text_languages, heard, frozenset(start for start, _ in signed))

    def _may_sign(self, words: str) -> bool:
        """A quick test: whether the first word is of another script than the names are registered in."""
        first = _WORD.search(words)
        return first is not None and script_of(first[0]) not in self._scripts

    def _signed(self, place: SignOff, heard: _Heard) -> _Span | None:
        """The words of a sign-off that sound like words of one name, each like another, if nothing but a formula is
        left ("제인 드림")."""
        found = list(_WORD.finditer(place.words))
        named = [one for one in found if skeleton_of(one[0]) not in closings()]
        if not 0 < len(named) <= _MOST_WORDS:
            return None
        sounds = [heard[one[0]] for one in named]
        if not any(_are_of(sounds, name) for name in self._sounds):
            return None
        return place.start + named[0].start(), place.start + named[-1].end()

    def _in_prose(
        self, folded: Folded, text_languages: _Languages, heard: _Heard, done: frozenset[int]
    ) -> Iterator[_Span]:
        """Given name and surname side by side, and a word that an introduction precedes."""
        text = folded.original
        before: tuple[_Span, Sound] | None = None
        for found in self._begins.finditer(text):
            span, sound = found.span(), heard[found[0]]
            if sound is None or span[0] in done or script_of(found[0]) in self._scripts:
                continue
            if before and _APART.fullmatch(text, before[0][1], span[0]) and self._is_whole(before[1], sound):
                yield before[0][0], span[1]
            elif not _BEFORE_NAME.match(text, span[1]) and _introduced(folded, span, text_languages):
                yield span
            before = span, sound

    def _may_be(self, sound: Sound) -> bool:
        return any(sound.may_be(one) for name in self._sounds for one in name)

    def _is_whole(self, one: Sound, other: Sound) -> bool:
        """Whether the two are given name and surname, with enough sounds to tell."""
        shortest = sum(min(map(len, sound.readings)) for sound in (one, other))
        return shortest >= _LEAST_SOUNDS and any(_are_of((one, other), name) for name in self._sounds)


def _are_of(spoken: Sequence[Sound | None], name: Sequence[Sound]) -> bool:
    """Whether each sounds like another word of the name."""
    left = list(name)
    for sound in spoken:
        like = next((one for one in left if sound is not None and sound.may_be(one)), None)
        if like is None:
            return False
        left.remove(like)
    return True


def _introduced(folded: Folded, span: _Span, text_languages: _Languages) -> bool:
    """Whether an introduction precedes a word that is no ordinary one."""
    start, end = span
    if folded.index is not None:
        start, end = bisect_left(folded.index, start), bisect_left(folded.index, end)
    if start >= end:
        return False
    spoken = text_languages()
    ordinary = lexicon().ordinary_in(folded.text[start:end], spoken)
    return not ordinary and Place(folded, start, end).is_introduced(spoken)
