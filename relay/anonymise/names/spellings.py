"""Spells one word of a name in every way that a text may have it: with umlauts, joints, endings, beginnings."""

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
from relay.anonymise.names.lexicon import lexicon
from relay.anonymise.names.vocabulary import Codes
from relay.anonymise.names.ways import Language

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

# Persian writes the parts of a compound unjoined (ZWNJ), apart or in one: کیانی‌فر, کیانی فر, کیانیفر.
# Hausa letters with a hook are typed with an apostrophe where there is no key for them: D'anlami.
_HOOKED = regex.compile("[ɓɗƙƴƁƊƘƳ](?=.)")
_WITHIN = regex.compile(r"(?<=\p{Arabic})\u200c(?=\p{Arabic})")
# What may stand where a name has a joint of its own: an apostrophe, a hyphen, a dot, a blank; a wrapped line.
_JOINT = r"(?:[ \t]?['\-·・‧_][ \t]?|\.(?![ \t])|[ \t\xa0]{1,2}|[ \t]{0,4}\n[> \t]{0,8})?"
_TIGHT = r"[ \xa0'\-.·・‧_]?"


class Form(NamedTuple):
    """One spelling of a part: its ``stem`` (letters alone), the places in it where a joint may stand, and the ends it
    may have in text, to each the languages that write it so. ``whole``: it may also stand without any. ``strict``: it
    counts only in a text of those languages, for elsewhere it is another word."""

    stem: str
    joints: frozenset[int] = frozenset()
    tails: Mapping[str, Codes] = MappingProxyType({})
    whole: bool = True
    strict: bool = False


class Spelling(NamedTuple):
    """How the letters of a form stand in a text: one by one, or with joints where the ``pattern`` has them, which is
    compiled when it is first looked for: most texts hold none of it."""

    pattern: str | None
    anywhere: bool

    @classmethod
    def of(cls, form: Form, *, anywhere: bool) -> Spelling:
        """That of one form. ``anywhere``: inside a longer word, too."""
        if not form.joints:
            return cls(None, anywhere)
        cuts = [0, *sorted(place for place in form.joints if 0 < place < len(form.stem)), len(form.stem)]
        if len(cuts) == 2:
            return cls(None, anywhere)
        pieces = (re.escape(form.stem[start:end]) for start, end in pairwise(cuts))
        return cls((_TIGHT if anywhere else _JOINT).join(pieces), anywhere)

    def places(self, text: str, stem: str) -> Iterator[tuple[int, int]]:
        """Where it stands in a skeleton."""
        if self.pattern is not None:
            yield from (found.span() for found in re.finditer(self.pattern, text))
            return
        at = text.find(stem)
        while at >= 0:
            yield at, at + len(stem)
            at = text.find(stem, at + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Spellings:
    """One word as a text may have it: for each stem how its letters may stand, and the forms that begin so.
    ``needles``: a text whose letters hold none of them holds none of the forms. Each is equal to itself alone."""

    stems: Mapping[str, tuple[tuple[Spelling, tuple[Form, ...]], ...]]
    needles: tuple[str, ...]

    @classmethod
    def of(cls, forms: Iterable[Form], *, anywhere: bool = False) -> Spellings:
        """Those of some forms. ``anywhere``: inside a longer word, too."""
        stems: dict[str, dict[Spelling, tuple[Form, ...]]] = {}
        for form in forms:
            spelling = Spelling.of(form, anywhere=anywhere)
            same = stems.setdefault(form.stem, {})
            same[spelling] = (*same.get(spelling, ()), form)
        return cls({stem: tuple(each.items()) for stem, each in stems.items()}, tuple(_shortest(stems)))

    @classmethod
    def alone(cls, stem: str) -> Spellings:
        """These letters, one by one and without any end."""
        return cls({stem: ((Spelling(None, False), (Form(stem),)),)}, (stem,))


def _shortest(stems: Iterable[str]) -> Iterator[str]:
    """Those stems that begin with no other one: a text that holds none of them holds none at all."""
    last = ""
    for stem in sorted(stems):
        if not last or not stem.startswith(last):
            last = stem
            yield stem


@lru_cache(maxsize=256)
def spelt(word: str, *, inflected: bool) -> Spellings:
    """All spellings of a word. Many people share a name, and each letter of one gives it again."""
    return Spellings.of(_spelt_and_inflected(word, inflected=inflected))


def _spelt_and_inflected(word: str, *, inflected: bool) -> Iterator[Form]:
    """The word with umlauts in both ways, with the ends that languages give it, and with the beginnings and other
    letters of some."""
    seen: set[tuple[str, frozenset[int]]] = set()
    for spelt in _spellings(_WITHIN.sub("-", word)):
        skeleton = skeleton_of(spelt)
        plain = letters(skeleton)
        # Where Persian parts a word without a blank (U+200C), people write a blank, too.
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
    """The word with the ends that take the place of each of its own, and that."""
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
        # An apostrophe parts words, and a stem of one letter is everywhere: such an end is looked for with its stem
        # (Солов'я, Льва).
        for tail in _apart(script, end) if len(stem) >= _SHORTEST_STEM else tails:
            if len(stem) >= _SHORTEST_STEM or len(tail) > size:
                parted = frozenset({len(stem)}) if "'" in tail else frozenset()
                yield end, Form(stem + letters(tail), inside | parted, {"": tails[tail]}, whole=False)


@lru_cache(maxsize=1024)  # of ends that the languages' files have, not of names
def _apart(script: str, end: str) -> tuple[str, ...]:
    return tuple(tail for tail in _endings(script)[end] if "'" in tail)


@lru_cache(maxsize=4096)
def _spoken(script: str, end: str, codes: Codes, *, whole: bool) -> Mapping[str, Codes]:
    """The ends in the place of ``end`` that these languages have, and none at all if the form may be ``whole``."""
    tails = _endings(script).get(end, {})
    kept = {tail: codes & spoken for tail, spoken in tails.items() if codes & spoken}
    return {**kept, "": codes} if whole else kept


def _begun_otherwise(end: str, form: Form, script: str) -> Iterator[Form]:
    """The form with the beginnings that some languages give it by what stands before: Bríd, a Bhríd; Gwyn, Wyn."""
    table = _beginnings(script)
    for size in (2, 1):
        others = table.get(form.stem[:size])
        if not others or len(form.stem) <= size:
            continue
        for start, codes in others.items():
            tails = _spoken(script, end, codes, whole=form.whole)
            if tails:
                joints = frozenset(place + len(start) - size for place in form.joints if place >= size)
                yield Form(start + form.stem[size:], joints, tails, whole=False, strict=True)
        return


def _written_otherwise(plain: str, joints: frozenset[int], script: str) -> Iterator[Form]:
    """The word with letters that some languages also write in another way: Aase, Åse. Not where it has joints."""
    if joints:
        return
    for letter, others in _also_written(script).items():
        if letter not in plain:
            continue
        for other, codes in others.items():
            for end, form in _with_ends(plain.replace(letter, other), joints, script):
                tails = _spoken(script, end, codes, whole=form.whole)
                if tails:
                    yield form._replace(tails=tails, whole=False, strict=True)


def _spellings(word: str) -> Iterator[str]:
    yield word
    spelt = word
    for letter, written in _UMLAUTS.items():
        spelt = spelt.replace(letter, written)
    yield spelt
    yield from _halves(word)
    if "և" in word:  # capitals make two letters of it, and of those the second is written in two ways
        yield word.replace("և", "եվ")
    skeleton = skeleton_of(word)
    yield from (
        word[len(one) :] for one in lexicon().articles if skeleton.startswith(one) and len(word) >= len(one) + 3
    )
    if len(skeleton) > 4 and skeleton.isascii() and _WRITTEN_UMLAUT.search(skeleton):
        yield _WRITTEN_UMLAUT.sub(r"\1", skeleton)


def _halves(word: str) -> Iterator[str]:
    """A compound name with each form of its first half, a joint between: أبو بكر, أبي بكر, أبوبكر."""
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
    """The numbers of letters before which a joint stands."""
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
    """For each end of a name, the ends that the languages of a script put in its place."""
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
    """The script of a letter, among those that languages are written in; "" when it is none of them."""
    scripts = {script for one in lexicon().languages.values() for script in one.scripts}
    return next((script for script in sorted(scripts) if regex.match(rf"\p{{Script={script}}}", letter)), "")
