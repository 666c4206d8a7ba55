"""Finds what comes back in a quotation: names and addresses of its author that the reader wrote (echoes.py).

A mention between just the words between which it was written is a copy. Quotations are changed, too: lines are left
out, and remarks are put between words. So a mention also stays where the words around are like those around one that
was written, or the whole quotation is like a letter of the reader's; but each that was written comes back once in a
quotation. What there is more, who answers has written: "> Your name: Omar".
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter

import regex

from relay.anonymise import tokens
from relay.anonymise.cited_lines import cited_passages
from relay.anonymise.echo_places import CONTEXT, NEAREST, Places, Written, folded_words, written_places
from relay.anonymise.echoes import is_known_entry, texts_of, words_above, words_below
from relay.anonymise.identities import Finding, Redactor, folded_letters
from relay.anonymise.likeness import is_text_like
from relay.anonymise.signature_blocks import Rows, quoted_passages
from relay.model import Attachment, Echoes, Known

_MOST_COMPARED = 60_000
"""Pairs of a mention in a quotation with changes and one that was written which are compared."""
_FEW = 2
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
Passage = tuple[int, int, bool]
"""The start and end of a quotation, and whether it has quote marks."""


class EchoFilter:
    """The echoes that one letter may hold. ``everywhere``: what is read now was all written by somebody else, as an
    attached mail. ``entries``: lines of calendar entries that come back, which programs repeat in their text."""

    def __init__(self) -> None:
        self.everywhere = False
        self.entries: tuple[str, ...] = ()
        self._of: Echoes | None = None
        self._written: dict[str, list[Written]] = {}
        self._places: dict[str, Places] = {}

    @contextmanager
    def in_another_mail(self) -> Iterator[None]:
        """Read an attached mail in this context."""
        before, self.everywhere = self.everywhere, True
        try:
            yield
        finally:
            self.everywhere = before

    def places(self, words: str, echoes: Echoes) -> Places | None:
        """Where ``words``, which are a mention or a part of one, stood when they were written; None for nowhere."""
        if self._of is not echoes:
            self._of, self._written, self._places = echoes, written_places(echoes), {}
        if words not in self._written:
            return None
        if words not in self._places:
            self._places[words] = Places(self._written[words])
        return self._places[words]


class _Quoted:
    """The quotations in the last text that was asked for."""

    def __init__(self) -> None:
        self._text = ""
        self._passages = self._cited = _Passages(())

    def at(self, place: int, text: str, redactor: Redactor) -> Passage | None:
        """The quotation at a place of the text, and whether it has quote marks; None for none."""
        if text != self._text:
            name = redactor.known.recipient_persona.name
            self._passages = _Passages(quoted_passages(text, redactor.of_letter(Rows), name))
            self._cited = _Passages((*one, True) for one in cited_passages(text, redactor))
            self._text = text
        return self._cited.at(place) or self._passages.at(place)

    def between(self, place: int, text: str) -> tuple[int, int]:
        """The range between quotations around a place of this text that is in none."""
        edges = [one.edges(place, len(text)) for one in (self._cited, self._passages)]
        return max(start for start, _ in edges), min(end for _, end in edges)


class _Passages:
    """Ranges of a text, in order."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self._passages = list(passages)
        self._starts = [start for start, _, _ in self._passages]

    def at(self, place: int) -> Passage | None:
        at = bisect_right(self._starts, place) - 1
        return self._passages[at] if at >= 0 and place < self._passages[at][1] else None

    def edges(self, place: int, end: int) -> tuple[int, int]:
        """The end of the one before a place, and the start of the one behind it, or ``end``."""
        at = bisect_right(self._starts, place)
        return self._passages[at - 1][1] if at else 0, self._starts[at] if at < len(self._starts) else end


def without_echoes(text: str, found: list[Finding], redactor: Redactor) -> list[Finding]:
    """The findings of the author in ``text`` without those that come back in a quotation."""
    echoes, echo_filter = redactor.known.echoes, redactor.of_letter(EchoFilter)
    if not (found and echoes.mentions):
        return found
    left: dict[int, Finding] = {}
    around: list[_Around] = []
    for number, finding in enumerate(found):
        places = echo_filter.places(folded_letters(text[finding.start : finding.end]), echoes)
        if places is None or not _repeats(text, finding, echo_filter.entries):
            left[number] = finding
        if places is not None and number in left:
            whole = (0, len(text), False) if echo_filter.everywhere else None
            quoted = redactor.of_letter(_Quoted)
            passage = whole or quoted.at(finding.start, text, redactor)
            around.append(_Around(text, finding, places, passage, number))
            if passage is None:
                around[-1].bound(text, finding, quoted.between(finding.start, text))
    for number in _coming_back(around, text, echoes):
        del left[number]
    return list(left.values())


class _Around:
    """A finding, and the words around it as far as the quotation goes that it is in; ``passage`` is None in none."""

    def __init__(self, text: str, finding: Finding, places: Places, passage: Passage | None, number: int = 0) -> None:
        start, end, self._marked = passage or (0, len(text), False)
        self.passage, self.places, self.number = passage, places, number
        self._own: tuple[tuple[str, ...], tuple[str, ...]] = (), ()
        self.before = folded_words(words_above(text, finding.start, start))[::-1]
        self.behind = folded_words(words_below(text, finding.end, end))
        self._above, self._below = self.before[CONTEXT - 1 :: -1], self.behind[:CONTEXT]
        self.is_alone = not _WORD.search(text, text.rfind("\n", 0, finding.start) + 1, finding.start) and not (
            _WORD.search(text, finding.end, end if (line := text.find("\n", finding.end)) < 0 else line)
        )

    @property
    def is_copy(self) -> bool:
        """Whether it stands between just the words between which it was written."""
        return self.places.has_both(self._above, self._below)

    @property
    def is_like(self) -> bool:
        """Whether it may be one that was written, in a quotation with changes: whoever answers between the lines cuts
        it anywhere. A line that a program wrapped has lost its marks, and is in none: there all must be the same."""
        if self.passage is None:
            return False
        cut = self._marked and self.places.has_cut(self._above, self._below)
        near = (*self.before[:NEAREST], *self.behind[:NEAREST])
        return cut or self.places.has_one(self._above, self._below) or self.places.has_near(near)

    def likeness(self, written: Written) -> int:
        """How much the words around are like those of one that was written."""
        return written.likeness(self.before, self.behind)

    def bound(self, text: str, finding: Finding, between: tuple[int, int]) -> None:
        """Look at no word of the quotations around, for ``is_amid``."""
        above = folded_words(words_above(text, finding.start, between[0], NEAREST))
        self._own = above, folded_words(words_below(text, finding.end, between[1], NEAREST))

    def is_amid(self, written: Written) -> bool:
        """Whether most of the words next to it on both sides were near this one on the same side: a list that was
        copied without marks of a quotation, and has remarks in it. A signature has no such words on both sides, and an
        answer between quoted lines none."""
        sides = zip(self._own, (written.above, written.below), strict=True)
        return all(2 * sum(word in near for word in words) > NEAREST for words, near in sides)

    def may_be(self, written: Written, *, in_copy: bool) -> bool:
        """Whether it may be this one, by the words around; ``in_copy``: its quotation holds copies. One that was
        written without any is a whole letter, and comes back alone in its line; or several of a letter that holds too
        many."""
        if self.passage is None:
            return self.is_amid(written)
        if not (written.above or written.below):
            return in_copy if written.times > 1 else self.is_alone
        return not (self.before or self.behind) or self.likeness(written) > 1


def _coming_back(around: Sequence[_Around], text: str, echoes: Echoes) -> Iterator[int]:
    """The numbers of the findings that come back. Copies do; of others each mention that was written comes back once in
    a quotation, or as often as it was written, the likest first."""
    by_passage: dict[Passage | None, list[_Around]] = {}
    for one in around:
        by_passage.setdefault(one.passage, []).append(one)
    for passage, several in by_passage.items():
        copies = [one for one in several if one.is_copy]
        yield from (one.number for one in copies)
        others = [one for one in several if not one.is_copy]
        if others:
            # A quotation with remarks between the words is like the letter all the same.
            alike = is_text_like(text[slice(*passage[:2])] if passage else text, echoes.sketches)
            changed = [one for one in others if alike or one.is_like]
            yield from _each_once(copies, changed) if changed else ()


def _each_once(copies: Sequence[_Around], changed: Sequence[_Around]) -> Iterator[int]:
    most = _MOST_COMPARED // (len(copies) + len(changed))
    pairs = [
        (at >= len(copies), -one.likeness(written), at, written)
        for at, one in enumerate((*copies, *changed))
        for written in one.places.written[:most]
        if one.may_be(written, in_copy=bool(copies))
    ]
    used: Counter[tuple[int, int]] = Counter()
    done: set[int] = set()
    for is_changed, _, at, written in sorted(pairs, key=itemgetter(0, 1, 2)):
        # A part of a mention, such as a first name at the end of a line, comes back by itself.
        if at not in done and all(used[word] < written.times for word in written.words):
            used.update(written.words)
            done.add(at)
            if is_changed:
                yield changed[at - len(copies)].number


def _repeats(text: str, finding: Finding, entries: Sequence[str]) -> bool:
    """Whether the finding is in one of these lines, which is repeated here."""
    words = text[finding.start : finding.end]
    return any(
        text.find(line, max(0, finding.end - len(line)), finding.start + len(line)) >= 0
        for line in entries
        if words in line
    )


def known_lines(files: Sequence[Attachment], known: Known) -> Iterator[str]:
    """Lines of calendar entries that come back as the reader wrote them, but those of one or two words: a name alone
    may be a signature."""
    if not known.echoes.files:
        return
    for file in files:
        if file.media_type == "text/calendar":
            texts = (words for uid, words in texts_of(file) if is_known_entry(uid, words, known))
            lines = (line.strip() for words in texts for line in words.split("\n"))
            yield from (line for line in lines if len(_WORD.findall(line)) > _FEW)


def without_returned(text: str, redactor: Redactor) -> list[Finding]:
    """The findings of the author in a text that a program may have taken from the reader's letter, such as "Accepted:
    lunch with Omar", without those that come back."""
    with redactor.of_letter(EchoFilter).in_another_mail():
        return without_echoes(text, redactor.find(text), redactor)


def may_come_back(text: str, place: int, redactor: Redactor) -> bool:
    """Whether something that the reader wrote may come back at a place of the text."""
    if not redactor.known.echoes.mentions:
        return False
    quoted = redactor.of_letter(EchoFilter).everywhere
    return quoted or redactor.of_letter(_Quoted).at(place, text, redactor) is not None


def link_comes_back(url: str, redactor: Redactor) -> bool:
    """Whether a link in a quotation holds no name but those with which the reader wrote it."""
    echoes, echo_filter = redactor.known.echoes, redactor.of_letter(EchoFilter)
    return not tokens.find(url, redactor) and all(
        (places := echo_filter.places(folded_letters(url[one.start : one.end]), echoes)) is not None
        and ((around := _Around(url, one, places, (0, len(url), True))).is_copy or around.is_like)
        for one in redactor.find(url)
    )
