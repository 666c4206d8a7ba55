"""Finds the mentions of one person in a folded text: parts of their names, joined, in the context of a name.

Whether a part that is also an ordinary word is a name or stays a word is decided here (``_sure``, ``_named``); the
words of each language are in languages/*.toml.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import regex

from relay.anonymise.any_case import holds_any
from relay.anonymise.names.contexts import Place, inside_sentence
from relay.anonymise.names.fold import Folded, is_letter, is_small
from relay.anonymise.names.gaps import Gap, connects, fill_cells, gap_between, is_middle_name
from relay.anonymise.names.lexicon import CONTINUOUS, lexicon, lies_in_words
from relay.anonymise.names.logins import is_login
from relay.anonymise.names.parts import FoundPart, TextLanguages, parts_in
from relay.anonymise.names.person_names import Compounds, Part, PersonName, login_of
from relay.anonymise.names.spellings import Spellings

_INITIAL_BEFORE = regex.compile(r"(?<![^\W_])([^\W\d_])\.[ \xa0]?\Z")
_INITIAL_BEHIND = regex.compile(r",?[ \xa0]([^\W\d_])\.")
_FEW_LETTERS = 3


class Finder:
    """Searches for one person. Linear in the text."""

    def __init__(self, names: Sequence[PersonName], handles: Iterable[str] = (), also: Finder | None = None) -> None:
        """``also``: a finder of the same person, whose names and logins are searched too."""
        persons = [name for name in names if not name.phrase]
        self._wanted: dict[Spellings, tuple[Part, ...]] = dict(also._wanted) if also else {}
        wanted = self._wanted
        _gather(wanted, (part for name in names for part in name.parts))
        _gather(wanted, map(login_of, handles))
        self._phrases = [frozenset(name.words) for name in names if name.phrase]
        self.people = frozenset(word for name in persons for word in name.words)
        self._joined = frozenset(one for name in names for one in name.joined)
        self._connectives = frozenset(one for name in names for one in name.connectives)
        self._compounds = [name.compounds for name in names if name.compounds]
        if also:
            self._phrases, self._compounds = also._phrases + self._phrases, also._compounds + self._compounds
            self.people, self._joined = also.people | self.people, also._joined | self._joined
            self._connectives |= also._connectives
        self.needles = tuple(_needles(wanted, self._compounds))

    def _wanted_in(self, letters: str) -> Mapping[Spellings, Sequence[Part]]:
        """The spellings to search in a text with these letters: the words, and the compounds of those that occur."""
        held = [one for one in self._compounds if holds_any(letters, one.needles)]
        if not held:
            return self._wanted
        wanted = dict(self._wanted)
        _gather(wanted, (part for one in held for part in one.parts))
        return wanted

    def _is_initial(self, letter: str) -> bool:
        return any(word.startswith(letter) for word in self.people) or any(
            letter in one.initials for one in self._compounds
        )

    def find(
        self, folded: Folded, letters: str, text_languages: TextLanguages, *, prose: bool = True
    ) -> Iterator[tuple[int, int]]:
        """The mentions, as ranges of the skeleton, in order. ``letters`` are the letters of the skeleton. Outside of
        ``prose`` context does not make a word a name."""
        found_parts = parts_in(folded, letters, self._wanted_in(letters), text_languages)
        if not found_parts:
            return
        groups = self._grouped(folded, [one for one in found_parts if not one.part.anywhere])
        sure = [self._sure(folded, group, text_languages, prose) for group in groups]
        for at in range(1, len(groups)):
            if not (sure[at - 1] and sure[at]) and self._side_by_side(folded, groups[at - 1], groups[at]):
                sure[at - 1] = sure[at] = True
        mentions = [self._whole(folded.text, group) for group, certain in zip(groups, sure, strict=True) if certain]
        yield from _with_wholes(mentions, [(one.start, one.end) for one in found_parts if one.part.anywhere])

    def _grouped(self, folded: Folded, found_parts: list[FoundPart]) -> list[list[FoundPart]]:
        """Groups of parts that form one name: adjacent, or separated by an initial, a particle or a comma."""
        groups: list[list[FoundPart]] = []
        for one in found_parts:
            if groups and (one.start < groups[-1][-1].end or _is_particle(groups[-1][-1], one)):
                continue
            if groups and (self._joins(folded, groups[-1][-1], one) or self._within_firm(folded, groups[-1], one)):
                groups[-1].append(one)
            else:
                groups.append([one])
        return groups

    def _joins(self, folded: Folded, before: FoundPart, after: FoundPart) -> bool:
        if before.end == after.start:
            return True
        if self._around_middle_name(folded, before, after):
            return True
        backwards = after.part.number < before.part.number
        if gap_between(folded, before.end, after.start, backwards=backwards, joined=self._joined) != Gap.JOINT:
            return False
        # "Ich weiß Jordan": a lower-case ordinary word does not join a capitalised name, unless it is registered so.
        return not any(
            a.ordinary and not a.capital and b.capital and not a.part.written.islower()
            for a, b in ((before, after), (after, before))
        )

    def _around_middle_name(self, folded: Folded, before: FoundPart, after: FoundPart) -> bool:
        """Given name and surname with an unregistered name between: "Grace Ann Hope"."""
        return (
            before.capital
            and after.capital
            and (before.doubtful or after.doubtful)
            and before.part.letters != after.part.letters
            and before.part.number >= 0 <= after.part.number
            and is_middle_name(folded, before.end, after.start)
        )

    def _within_firm(self, folded: Folded, group: list[FoundPart], after: FoundPart) -> bool:
        """Whether the next word of an employer's name is connected as in it: "Fox & Hound", "Müller und Söhne". Between
        blanks both need capitals: "bread and butter"."""
        before, spelt = group[-1], {one.part.letters for one in group}
        gap = folded.text[before.end : after.start]
        abbreviated = before.part.written.endswith(".") and gap == ". "
        if not (abbreviated or connects(folded, before.end, after.start, self._connectives)):
            return False
        if after.part.letters in spelt or not any({*spelt, after.part.letters} <= one for one in self._phrases):
            return False
        return (before.capital and after.capital) or not any(map(str.isspace, gap))

    def _sure(self, folded: Folded, group: list[FoundPart], text_languages: TextLanguages, prose: bool) -> bool:
        start, end = group[0].start, group[-1].end
        if not group[-1].closed or (end - start < _FEW_LETTERS and lies_in_words(folded.text, start, end)):
            return False
        # Surname and given name together may be a word: 高山.
        a_word = len(group) > 1 and folded.text[start:end] in lexicon().ordinary and not folded.text[start].isascii()
        spelt = {one.part.letters for one in group}
        people = spelt & self.people
        if not a_word:
            if any(not one.doubtful for one in group) or any(phrase <= spelt for phrase in self._phrases):
                return True
            if len(people) > 1 and self._is_whole(folded, group):
                return not _enumerated(folded, group)
        login = group[0].part.login
        if login and is_login(folded, start, end):
            return True
        return prose and bool(login or people) and self._named(folded, group, people, text_languages)

    def _is_whole(self, folded: Folded, group: list[FoundPart]) -> bool:
        """Whether several parts that may be words form a name: with capitals, or joined as in a login (thao.vo)."""
        if all(one.capital for one in group) or not all(one.ordinary for one in group):
            return True
        gaps = {folded.text[a.end : b.start] for a, b in pairwise(group)}
        return gaps <= {"", ".", "_"} and gaps != {""}

    def _named(self, folded: Folded, group: list[FoundPart], spelt: set[str], text_languages: TextLanguages) -> bool:
        first, last = group[0], group[-1]
        if first.capital and self._with_initial(folded.text, first.start, last.end, spelt):
            return True
        spoken = text_languages()
        words = lexicon()
        # "Anh Minh": a word that is also a title counts as a title when another name follows it.
        if all(words.title_in(one.part.letters, spoken) for one in group) and _before_capital(folded, last):
            return False
        proper = any(words.proper_in(one.part.letters, spoken) for one in group)
        letter = folded.original[folded.span(first.start, first.start + 1)[0]]
        cased = letter.isupper() or is_small(letter)
        if Place(folded, first.start, last.end).named(
            spoken, proper=proper or not first.capital, capital=first.capital, cased=cased
        ):
            return True
        if proper or not letter.isupper():
            return False
        # When the language of a short text is unknown, assume those that have the word.
        if spoken is None:
            spoken = frozenset(code for one in group for code in words.ordinary.get(one.part.letters))
        if any(words.languages[code].apostrophe for code in spoken) and _with_ending(folded.text, last.end):
            return True
        nouns = any(words.languages[code].capital_nouns for code in spoken)
        return not nouns and inside_sentence(folded, first.start, last.end, spoken)

    def _with_initial(self, text: str, start: int, end: int, spelt: set[str]) -> bool:
        """Whether the initial of another part stands next to it, with its full stop: U. Kaiser, Kaiser U."""
        left, right = (
            _INITIAL_BEFORE.search(text[max(0, start - 5) : start]),
            _INITIAL_BEHIND.match(text[end : end + 5]),
        )
        return any(
            one is not None and self._is_initial(one[1]) and not any(word.startswith(one[1]) for word in spelt)
            for one in (left, right)
        )

    def _side_by_side(self, folded: Folded, before: list[FoundPart], after: list[FoundPart]) -> bool:
        """Whether two parts of one name fill adjacent cells or lines."""
        spelt = {one.part.letters for one in before}, {one.part.letters for one in after}
        if not (spelt[0] & self.people and spelt[1] & self.people) or spelt[0] & spelt[1]:
            return False
        if not fill_cells(folded.text, before[0].start, after[-1].end):
            return False
        if not (before[-1].capital and after[0].capital and before[-1].closed and after[-1].closed):
            return False
        # In 最高，王老师 no name begins at 高: in scripts without blanks the cells must hold the parts alone.
        if any(_touches(folded.text, group[0].start, group[-1].end) for group in (before, after)):
            return False
        return gap_between(folded, before[-1].end, after[0].start) in (Gap.NEAR, Gap.JOINT)

    def _whole(self, text: str, group: list[FoundPart]) -> tuple[int, int]:
        """The mention with the initial that a login adds: h.oakwell, oakwell_h."""
        start, end = group[0].start, group[-1].end
        left = regex.search(r"(?<![^\W_])([^\W\d_])[._-]\Z", text[max(0, start - 3) : start])
        if left and self._is_initial(left[1]):
            start -= 2
        right = regex.match(r"[._-]([^\W\d_])(?![^\W_])", text[end : end + 3])
        if right and self._is_initial(right[1]):
            end += 2
        return start, end


def _enumerated(folded: Folded, group: Sequence[FoundPart]) -> bool:
    """Whether the words are an enumeration inside a sentence: "we saw Egypt, Jordan, Israel and Cuba"."""
    commas = any("," in folded.text[one.end : two.start] for one, two in pairwise(group))
    return commas and not fill_cells(folded.text, group[0].start, group[-1].end)


def _with_wholes(mentions: list[tuple[int, int]], wholes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The mentions, merged with whole names inside longer words, where no mention extends beyond them. Both in
    order."""
    out: list[tuple[int, int]] = []
    at = 0
    for start, end in wholes:
        if out and start < out[-1][1]:
            continue
        while at < len(mentions) and mentions[at][1] <= start:
            out.append(mentions[at])
            at += 1
        inside = at
        while inside < len(mentions) and mentions[inside][0] < end:
            inside += 1
        if all(start <= first and last <= end for first, last in mentions[at:inside]):
            out.append((start, end))
            at = inside
    return out + mentions[at:]


def _gather(wanted: dict[Spellings, tuple[Part, ...]], parts: Iterable[Part]) -> None:
    for part in parts:
        wanted[part.spellings] = (*wanted.get(part.spellings, ()), part)


def _needles(wanted: Iterable[Spellings], compounds: Iterable[Compounds]) -> Iterator[str]:
    """Strings one of which occurs in the letters of every text with a mention."""
    words = list(dict.fromkeys(needle for spellings in wanted for needle in spellings.needles))
    # A number identifies somebody only next to another word of the name.
    words = [word for word in words if not word.isdigit()] or words
    yield from words
    # A needle of a compound that contains a shorter needle is left out: the shorter one is searched already.
    yield from (each for one in compounds for each in one.needles if not any(needle in each for needle in words))


def _touches(text: str, start: int, end: int) -> bool:
    """Whether a letter is adjacent, in a script without blanks between words."""
    alone = is_letter(text[start - 1 : start]) or is_letter(text[end : end + 1])
    return alone and bool(CONTINUOUS.match(text[start]))


def _is_particle(before: FoundPart, after: FoundPart) -> bool:
    """Whether the last letter is a particle: where names are written in one piece the surname comes first (도윤이)."""
    spelt = after.part.letters
    return (
        before.end == after.start
        and len(spelt) == 1
        and not spelt.isascii()
        and after.part.number <= before.part.number
    )


def _with_ending(text: str, end: int) -> bool:
    """Whether an ending follows behind an apostrophe."""
    return text.startswith("'", end) and is_letter(text[end + 1 : end + 2])


def _before_capital(folded: Folded, one: FoundPart) -> bool:
    end = folded.span(one.start, one.end)[1]
    return bool(regex.match(r"[ \t]+\p{Lu}", folded.original[end : end + 8]))
