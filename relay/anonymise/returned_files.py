"""Keeps what the reader wrote in a file as they wrote it, when the file comes back to them with changes in it.

A member may send a list of names, and get it back sorted, or with a column filled in. That a file was made from one of
theirs is seen by its words (relay.anonymise.likeness). Then a text of it may name its author as often as theirs did.
Where it does so more often, who changed it has written their own name: those mentions are scrubbed that stand least
between the words between which the reader wrote them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, partial

import regex

from relay.anonymise.echo_places import NEAR
from relay.anonymise.echoes import mentions_in
from relay.anonymise.identities import Finding, Redactor, folded_letters
from relay.anonymise.likeness import counts_of, sketch
from relay.model import Echo, Echoes, Known

MAX_MENTIONS = 300
"""Mentions in the files of one letter that are remembered with the words around."""
_MAX_VALUES, _LONGEST_VALUE = 200, 200
_MAX_SKETCHES, _MAX_COUNTED = 20, 60
_MOST_COMPARED = 20_000
"""Pairs of a mention in the file that comes back and one in the file that was sent which are compared."""
_REACH = 200
_BESIDE = 4
"""What it counts that the words right beside a mention are the same; one of those near counts 1."""
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")


class _File:
    """One file while it is cleaned."""

    def __init__(self, content: bytes, known: Known) -> None:
        self.content, self._known = content, known
        self.counts: dict[str, int] = {}

    @cached_property
    def sent(self) -> dict[str, int] | None:
        """How often the words of mentions were in the file of the reader's from which this one was made; None for a
        new file."""
        return counts_of(self.content, self._known.echoes.sketches) if self._known.echoes.sketches else None


class FileEchoes:
    """What the files of one letter say of its reader, and what comes back in them (``redactor.of_letter``)."""

    def __init__(self) -> None:
        self._mentions: dict[Echo, None] = {}
        self._values: dict[str, None] = {}
        self._sketches: dict[str, None] = {}
        self._file: _File | None = None

    @contextmanager
    def reading(self, content: bytes, redactor: Redactor) -> Iterator[None]:
        """In this context, the file ``content`` is cleaned."""
        before, file = self._file, _File(content, redactor.known)
        self._file = file
        try:
            with redactor.sifted(partial(self._sift, redactor)):
                yield
        finally:
            self._file = before
        if file.counts and len(self._sketches) < _MAX_SKETCHES:
            self._sketches[sketch(content, file.counts)] = None

    @contextmanager
    def as_a_whole(self, redactor: Redactor) -> Iterator[None]:
        """In this context, find what a text holds whoever wrote it: ``without_returned`` is asked afterwards."""
        with redactor.sifted(None):
            yield

    @property
    def is_returned(self) -> bool:
        """Whether the file that is cleaned was made from one of the reader's."""
        return self._file is not None and self._file.sent is not None

    def may_hold(self, address: str) -> bool:
        """Whether this file may show an address of its author's, because its reader wrote it there."""
        sent = self._file.sent if self._file is not None else None
        return sent is not None and all(word in sent for word in _words(address))

    def note(self, text: str, redactor: Redactor) -> None:
        """Note the mentions of the reader in a text of the file."""
        if self._file is None or not (mentions := mentions_in(text, redactor)):
            return
        named = {word for one in mentions for word in _words(one.words)}
        counts = self._file.counts
        for word, count in Counter(word for word in _words(text) if word in named).items():
            if word in counts or len(counts) < _MAX_COUNTED:
                counts[word] = max(count, counts.get(word, 0))
        for one in mentions[: MAX_MENTIONS - len(self._mentions)]:
            if one.before or one.behind:
                self._mentions[one] = None

    def without_returned(self, text: str, found: list[Finding], redactor: Redactor) -> list[Finding]:
        """What was found of the author in a text of the file, without what comes back."""
        sent = self._file.sent if found and self._file is not None else None
        if not sent:
            return found
        words = [set(_words(text[one.start : one.end])) for one in found]
        counts = Counter(word for word in _words(text) if word in sent)
        new = {at for at, those in enumerate(words) if not those or not all(word in sent for word in those)}
        more = {word: count - sent[word] for word, count in counts.items() if count > sent[word]}
        if more:
            own = _least_like(text, found, redactor.known.echoes)
            for word, count in more.items():
                holding = [at for at in own if word in words[at]]
                new.update(holding[: max(0, count - len(new.intersection(holding)))] if holding else ())
        return [one for at, one in enumerate(found) if at in new]

    def _sift(self, redactor: Redactor, text: str, found: list[Finding]) -> list[Finding]:
        self.note(text, redactor)
        return self.without_returned(text, found, redactor)

    def note_value(self, text: str) -> None:
        """Note a text by itself in the letter that names the reader, such as the words for a picture."""
        if len(text) <= _LONGEST_VALUE and len(self._values) < _MAX_VALUES:
            self._values[text] = None

    def with_files(self, echoes: Echoes) -> Echoes:
        """What is remembered of the letter, with what is remembered of its files."""
        sketches = (*echoes.sketches, *filter(None, self._sketches))
        if not (self._mentions or self._values or sketches):
            return echoes
        mentions = tuple(dict.fromkeys((*echoes.mentions, *self._mentions)))
        return replace(echoes, mentions=mentions, values=tuple(self._values), sketches=sketches)


def _least_like(text: str, found: Sequence[Finding], echoes: Echoes) -> list[int]:
    """The numbers of the findings, first those in spellings that the reader wrote less often, and that which stands
    least between words between which it was written; without those between just the same ones, which are copies."""
    spelled = [folded_letters(text[one.start : one.end]) for one in found]
    more = Counter(spelled) - Counter(folded_letters(one.words) for one in echoes.mentions)
    written = [(_near(one.before)[::-1], _near(one.behind)) for one in echoes.mentions]
    written = written[: _MOST_COMPARED // max(1, len(found))]
    ranked = []
    for at, one in enumerate(found):
        above = _near(text[max(0, one.start - _REACH) : one.start])[: -NEAR - 1 : -1]
        below = _near(text[one.end : one.end + _REACH])[:NEAR]
        best = max((_likeness(above, before) + _likeness(below, behind) for before, behind in written), default=0)
        ranked.append((spelled[at] not in more, best, -at))
    return [-at for _, best, at in sorted(ranked) if best < 2 * (_BESIDE + NEAR)]


def _near(text: str) -> list[str]:
    """The words of a text but numbers, which change with every row that is put in."""
    return [word for word in _words(text) if not word.isdigit()]


def _likeness(found: Sequence[str], written: Sequence[str]) -> int:
    """How much the words on one side of a mention, the nearest first, are like those when it was written."""
    beside = _BESIDE if found[:1] == written[:1] else 0
    return beside + len(set(found) & set(written))


def _words(text: str) -> Iterator[str]:
    return (folded_letters(word[0]) for word in _WORD.finditer(text))
