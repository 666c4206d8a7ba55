"""Generates the spellings that a word of a name may have in text: umlauts, joiners, endings, mutations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

import regex

from relay.anonymise.names.fold import is_letter, letters, skeleton_of
from relay.anonymise.names.languages import Language
from relay.anonymise.names.lexicon import lexicon
from relay.anonymise.names.vocabulary import Codes

# MacAskill is also written Mac Askill.
_CAMEL = regex.compile(r"(?<=\p{Ll})(?=\p{Lu}\p{Ll})")
_LONGEST_END = 6
_SHORTEST_STEM = 2
_JOINTS = "'-·・.‧"
_WRITTEN_UMLAUT = regex.compile("([aou])e")
_UMLAUTS = {
    "ä": "ae",
    "ö": "oe",
    "ü": "ue",
    "å": "aa",
    "ø": "oe",
    "Ä": "Ae",
    "Ö": "Oe",
    "Ü": "Ue",
    "Å": "Aa",
    "Ø": "Oe",
}

# Persian writes the parts of a compound with ZWNJ, with a blank, or joined: کیانی‌فر, کیانی فر, کیانیفر.
# Hausa hooked letters are typed with an apostrophe on other keyboards: D'anlami.
_HOOKED = regex.compile("[ɓɗƙƴƁƊƘƳ](?=.)")
_WITHIN = regex.compile(r"(?<=\p{Arabic})\u200c(?=\p{Arabic})")
# What may stand where a name has a joiner of its own: apostrophe, hyphen, dot, blank, or a line break.
_JOINT = r"(?:[ \t]?['\-·・‧_][ \t]?(?:\n[> \t]{0,8})?|\.(?![ \t])|[ \t\xa0]{1,2}|[ \t]{0,4}\n[> \t]{0,8})?"
_TIGHT = r"[ \xa0'\-.·・‧_]?"


class Form(NamedTuple):
    """One spelling of a part: its ``stem`` (letters only), the indexes at which a joiner may stand, and the endings it
    may have, each with the languages that use it. ``whole``: it may also occur without ending. ``strict``: it counts
    only in a text of those languages, because elsewhere it is another word."""

    stem: str
    joints: frozenset[int] = frozenset()
    tails: Mapping[str, Codes] = MappingProxyType({})
    whole: bool = True
    strict: bool = False


class Spelling(NamedTuple):
    """How the letters of a form occur in a text: contiguous, or with joiners as in ``pattern``, which is compiled on
    first use, because most texts need none."""

    pattern: str | None
    anywhere: bool

    @classmethod
    def of(cls, form: Form, *, anywhere: bool) -> Spelling:
        """The spelling of one form. ``anywhere``: also inside of a longer word."""
        if not form.joints:
            return cls(None, anywhere)
        cuts = [0, *sorted(place for place in form.joints if 0 < place < len(form.stem)), len(form.stem)]
        if len(cuts) == 2:
            return cls(None, anywhere)
        pieces = (re.escape(form.stem[start:end]) for start, end in pairwise(cuts))
        return cls((_TIGHT if anywhere else _JOINT).join(pieces), anywhere)

    def places(self, text: str, stem: str) -> Iterator[tuple[int, int]]:
        """Its occurrences in a skeleton."""
        if self.pattern is not None:
            yield from (found.span() for found in re.finditer(self.pattern, text))
            return
        at = text.find(stem)
        while at >= 0:
            yield at, at + len(stem)
            at = text.find(stem, at + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Spellings:
    """The spellings of one word: for each stem how its letters may occur, and the forms that begin with it. A text
    whose letters contain none of the ``needles`` contains none of the forms. Compared by identity."""

    stems: Mapping[str, tuple[tuple[Spelling, tuple[Form, ...]], ...]]
    needles: tuple[str, ...]

    @classmethod
    def of(cls, forms: Iterable[Form], *, anywhere: bool = False) -> Spellings:
        """The spellings of some forms. ``anywhere``: also inside of a longer word."""
        stems: dict[str, dict[Spelling, tuple[Form, ...]]] = {}
        for form in forms:
            spelling = Spelling.of(form, anywhere=anywhere)
            same = stems.setdefault(form.stem, {})
            same[spelling] = (*same.get(spelling, ()), form)
        return cls({stem: tuple(each.items()) for stem, each in stems.items()}, tuple(_shortest(stems)))

    @classmethod
    def alone(cls, stem: str) -> Spellings:
        """Only these letters, contiguous and without ending."""
        return cls({stem: ((Spelling(None, False), (Form(stem),)),)}, (stem,))

    @classmethod
    def bracketed(cls, stem: str, skeleton: str) -> Spellings:
        """These letters with the brackets of the skeleton, with a blank beside them or none: (주)하늘, (주) 하늘."""
        pattern = re.escape(skeleton).replace(r"\)", r"\)[ \t]?").replace(r"\(", r"[ \t]?\(")
        pattern = pattern.removeprefix(r"[ \t]?").removesuffix(r"[ \t]?")
        return cls({stem: ((Spelling(pattern, False), (Form(stem),)),)}, (stem,))


def _shortest(stems: Iterable[str]) -> Iterator[str]:
    """The stems that begin with no other stem: a text that contains none of them contains none at all."""
    last = ""
    for stem in sorted(stems):
        if not last or not stem.startswith(last):
            last = stem
            yield stem


@lru_cache(maxsize=256)
def spellings_of(word: str, *, inflected: bool) -> Spellings:
    """All spellings of a word; cached because many people share a name."""
    return Spellings.of(_spelt_and_inflected(word, inflected=inflected))


def _spelt_and_inflected(word: str, *, inflected: bool) -> Iterator[Form]:
    """The word with umlauts in both ways, with the endings of its script's languages, and with initial mutations and
    letter variants of some."""
    seen: set[tuple[str, frozenset[int]]] = set()
    for spelt in _spellings(_WITHIN.sub("-", word)):
        skeleton = skeleton_of(spelt)
        plain = letters(skeleton)
        # Where Persian has a ZWNJ (U+200C), people also write a blank.
        joints = _joint_places(skeleton_of(_HOOKED.sub(r"\g<0>'", _CAMEL.sub("-", spelt.replace("\u200c", "-")))))
        if (plain, joints) in seen or not plain:
            continue
        seen.add((plain, joints))
        script = _script_of(plain[-1]) if inflected else ""
        for end, form in _with_ends(plain, joints, script):
            yield form
            yield from _begun_otherwise(end, form, script)
        yield from _written_otherwise(plain, joints, script)


def _with_ends(plain: str, joints: frozenset[int], script: str) -> Iterator[tuple[str, Form]]:
    """The word with the endings that replace each of its own endings, and the ending replaced."""
    table = _endings(script)
    yield "", Form(plain, joints, table.get("", Form("").tails))
    for size in range(1, min(_LONGEST_END, len(plain) - 1) + 1):
        end = plain[-size:]
        tails = table.get(end)
        if not tails:
            continue
        stem = plain[:-size]
        inside = frozenset(place for place in joints if place < len(stem))
        if len(stem) >= _SHORTEST_STEM:
            yield end, Form(stem, inside, tails, whole=False)
        # An apostrophe separates words, and a one-letter stem occurs everywhere: such an ending is searched together
        # with its stem (Солов'я, Льва).
        for tail in _apart(script, end) if len(stem) >= _SHORTEST_STEM else tails:
            if len(stem) >= _SHORTEST_STEM or len(tail) > size:
                parted = frozenset({len(stem)}) if "'" in tail else frozenset()
                yield end, Form(stem + letters(tail), inside | parted, {"": tails[tail]}, whole=False)


@lru_cache(maxsize=1024)  # of endings in the language files, not of names
def _apart(script: str, end: str) -> tuple[str, ...]:
    return tuple(tail for tail in _endings(script)[end] if "'" in tail)


@lru_cache(maxsize=4096)
def _tails_of(script: str, end: str, codes: Codes, *, whole: bool) -> Mapping[str, Codes]:
    """The endings that replace ``end`` in these languages; including none if the form may be ``whole``."""
    tails = _endings(script).get(end, {})
    kept = {tail: codes & spoken for tail, spoken in tails.items() if codes & spoken}
    return {**kept, "": codes} if whole else kept


def _begun_otherwise(end: str, form: Form, script: str) -> Iterator[Form]:
    """The form with the initial mutations of some languages: Bríd, a Bhríd; Gwyn, Wyn. In each language the longest
    beginning counts."""
    table = _beginnings(script)
    done: Codes = frozenset()
    for size in (2, 1):
        others = table.get(form.stem[:size])
        if not others or len(form.stem) <= size:
            continue
        for start, codes in others.items():
            tails = _tails_of(script, end, codes - done, whole=form.whole)
            if tails and codes - done:
                joints = frozenset(place + len(start) - size for place in form.joints if place >= size)
                yield Form(start + form.stem[size:], joints, tails, whole=False, strict=True)
        done = done.union(*others.values())


def _written_otherwise(plain: str, joints: frozenset[int], script: str) -> Iterator[Form]:
    """The word with letters that some languages also write otherwise: Aase, Åse. Not for words with joiners."""
    if joints:
        return
    for letter, others in _also_written(script).items():
        if letter not in plain:
            continue
        for other, codes in others.items():
            for end, form in _with_ends(plain.replace(letter, other), joints, script):
                tails = _tails_of(script, end, codes, whole=form.whole)
                if tails:
                    yield form._replace(tails=tails, whole=False, strict=True)


def _spellings(word: str) -> Iterator[str]:
    yield word
    spelt = word
    for letter, written in _UMLAUTS.items():
        spelt = spelt.replace(letter, written)
    yield spelt
    yield from _halves(word)
    if "ə" in word.casefold():  # typed as a (see fold.py) or as e
        yield word.replace("ə", "e").replace("Ə", "E")
    if "և" in word:  # its capitals are two letters, of which the second is written in two ways
        yield word.replace("և", "եվ")
    skeleton = skeleton_of(word)
    yield from (
        word[len(one) :] for one in lexicon().articles if skeleton.startswith(one) and len(word) >= len(one) + 3
    )
    if len(skeleton) > 4 and skeleton.isascii() and _WRITTEN_UMLAUT.search(skeleton):
        yield _WRITTEN_UMLAUT.sub(r"\1", skeleton)


def _halves(word: str) -> Iterator[str]:
    """A compound name with each form of its first half, with a joiner: أبو بكر, أبي بكر, أبوبكر."""
    known = lexicon()
    first, blank, second = word.partition(" ")
    if not blank:
        at = next((n for n in range(2, len(word) - 3) if skeleton_of(word[:n]) in known.compounds), 0)
        first, second = word[:at], word[at:]
        if not at or not any(skeleton_of(second).startswith(one) for one in known.articles):
            return
    for form in sorted(known.compounds.get(skeleton_of(first), ())):
        yield f"{form} {second}"


def _joint_places(skeleton: str) -> frozenset[int]:
    """The indexes of letters before which a joiner stands."""
    places = set()
    count = 0
    for character in skeleton:
        if is_letter(character):
            count += 1
        elif character in _JOINTS or character == " ":
            places.add(count)
    return frozenset(places)


@lru_cache(maxsize=64)
def _endings(script: str) -> Mapping[str, Mapping[str, Codes]]:
    """For each ending of a name, the endings that the languages of a script replace it by."""
    return _of_script(script, lambda one: one.endings)


@lru_cache(maxsize=64)
def _beginnings(script: str) -> Mapping[str, Mapping[str, Codes]]:
    return _of_script(script, lambda one: one.beginnings)


@lru_cache(maxsize=64)
def _also_written(script: str) -> Mapping[str, Mapping[str, Codes]]:
    return _of_script(script, lambda one: one.also_written)


def _of_script(
    script: str, table: Callable[[Language], Iterable[tuple[str, tuple[str, ...]]]]
) -> Mapping[str, Mapping[str, Codes]]:
    found: dict[str, dict[str, set[str]]] = {}
    for one in lexicon().languages.values():
        if script in one.scripts:
            for key, instead in table(one):
                for other in instead:
                    found.setdefault(key, {}).setdefault(other, set()).add(one.code)
    return {key: {other: frozenset(codes) for other, codes in others.items()} for key, others in found.items()}


@lru_cache(maxsize=1024)
def _script_of(letter: str) -> str:
    """The script of a letter, among the scripts of the language files; "" for any other."""
    scripts = {script for one in lexicon().languages.values() for script in one.scripts}
    return next((script for script in sorted(scripts) if regex.match(rf"\p{{Script={script}}}", letter)), "")
