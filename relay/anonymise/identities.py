"""Finds addresses and names of the author in a text, and replaces them by alias and pseudonym.

Found are: addresses in any case, spacing, line break and disguise ("jane (at) real dot org", "%40", zero-width or
full-width characters), with tags, dots and subdomains; IDN domains in both forms; everything at a private domain; an
identifying local part alone; names as whole words in either order, with or without accents, keeping possessives.

Left on purpose: a single name that is an ordinary word (Grace, Hope, May, Will) unless the context shows a name: alone
on its line, after a greeting, or capitalised inside a sentence; and, outside of greetings and sign-offs, one word of a
longer name that is no part of the person's address.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from relay.anonymise.names import lookalikes
from relay.anonymise.names.fold import fold, letters, skeleton_of
from relay.anonymise.names.lexicon import lexicon
from relay.anonymise.names.vocabulary import Codes
from relay.anonymise.percent import decoded_words, encoded_like, past_code
from relay.anonymise.search_text import SearchText
from relay.anonymise.searched_person import SearchedPerson, person_of
from relay.model import Known

_SAMPLE = 20_000


@dataclass(frozen=True, slots=True)
class Finding:
    """An identity at [start, end) of a text; ``kind`` is "address" or "name"."""

    start: int
    end: int
    replacement: str
    kind: str


def replaced(text: str, findings: Sequence[Finding]) -> str:
    """The text with each finding replaced. ``findings`` are in order."""
    out: list[str] = []
    at = 0
    for finding in findings:
        out += (text[at : finding.start], finding.replacement)
        at = finding.end
    return "".join((*out, text[at:])) if out else text


T = TypeVar("T")
Sieve = Callable[[str, list[Finding]], list[Finding]]
_NOTHING_READ: tuple[SearchText, list[Finding]] = (SearchText(""), [])


class Redactor:
    """Searches for the author of a letter. Create one per letter: it caches what it read of that letter."""

    def __init__(self, known: Known, sample: str = "") -> None:
        """``sample`` is running text of the letter, from which the language of shorter texts is taken."""
        self.known = known
        # The recipient's own identity stays: it is no secret from them, and a change would show which names are
        # registered.
        self._author = person_of(known.author, known.author_persona)
        self._sample = sample
        self._last = _NOTHING_READ
        self._sieve: Sieve | None = None
        self._of_letter: dict[type, Any] = {}

    def of_letter(self, kind: type[T]) -> T:
        """The one object of ``kind`` for this letter, in which a finder caches results across its texts. It is dropped
        with the letter."""
        found: T | None = self._of_letter.get(kind)
        if found is None:
            found = self._of_letter[kind] = kind()
        return found

    @contextmanager
    def sifted(self, sieve: Sieve | None) -> Iterator[None]:
        """In this context, leave of what is found in each text what ``sieve`` leaves of it; all with None."""
        before, self._sieve, self._last = self._sieve, sieve, _NOTHING_READ
        try:
            yield
        finally:
            self._sieve, self._last = before, _NOTHING_READ

    @property
    def is_sifted(self) -> bool:
        """Whether this is such a context."""
        return self._sieve is not None

    def find_people(self, text: str) -> list[Finding]:
        """Identities of both members, for lines that mail programs write and relay rewrites (see history)."""
        reader = person_of(self.known.recipient, self.known.recipient_persona)
        searched = self.read(text)
        return _merged(text, [*self.find(text), *self._find(searched, reader)])

    def find_reader(self, text: str) -> list[Finding]:
        """Mentions of the recipient, as they would be found in a letter that the recipient writes."""
        if not text:
            return []
        searched = self._last[0]
        if text != searched.folded.original:
            searched = SearchText(text)
        reader = person_of(self.known.recipient, self.known.recipient_persona)
        return self._with_otherwise(searched, self._find(searched, reader), reader)

    def find(self, text: str) -> list[Finding]:
        """Every identity in the text, in order, none overlapping. Linear in the text."""
        return self._search(text)[1]

    def read(self, text: str) -> SearchText:
        """The text in the forms used for searching."""
        return self._search(text)[0]

    def _search(self, text: str) -> tuple[SearchText, list[Finding]]:
        if text != self._last[0].folded.original:  # several finders ask for the same text in turn
            searched = SearchText(text)
            found = self._find(searched)
            if "%" in text:
                found = [replace(one, start=past_code(text, one.start, one.end)) for one in found]
                found = _merged(text, [*found, *self._encoded(text, found)])
            found = self._with_otherwise(searched, found, self._author)
            self._last = searched, found
            if self._sieve is not None:
                self._last = searched, self._sieve(text, found)
        return self._last

    def redact(self, text: str) -> tuple[str, int]:
        """The text with every identity replaced, and their number. Everything else is unchanged."""
        found = self.find(text)
        return replaced(text, found), len(found)

    def _find(self, text: SearchText, person: SearchedPerson | None = None, *, prose: bool = True) -> list[Finding]:
        person = person or self._author
        if not person.may_be_in(text.letters):
            return []
        folded = text.folded
        masks: list[tuple[int, int]] | None = None
        found: list[Finding] = []
        for start, end, replacement, kind in person.find(text, lambda: self._text_languages(text), prose):
            if masks is None:
                masks = sorted(self._masked(folded.text))
            mask = bisect_right(masks, (start, sys.maxsize)) - 1
            if mask < 0 or end > masks[mask][1]:
                found.append(Finding(*folded.span(start, end), replacement, kind))
        return _merged(folded.original, found)

    def _text_languages(self, text: SearchText) -> Codes | None:
        """The languages the text may be in; those of the letter when it has too few words to tell."""
        if text.text_languages is None:
            text.text_languages = (self._languages_of(text.folded.text) or self._of_sample,)
        return text.text_languages[0]

    @cached_property
    def _of_sample(self) -> Codes | None:
        return self._languages_of(skeleton_of(self._sample[:_SAMPLE])) if self._sample else None

    def _languages_of(self, skeleton: str) -> Codes | None:
        return lexicon().text_languages(skeleton, self._author.finder.people)

    def _masked(self, skeleton: str) -> Iterator[tuple[int, int]]:
        """Where our own aliases and pseudonyms occur: they are no identities."""
        own = (self.known.author_persona, self.known.recipient_persona)
        for mask in (skeleton_of(word) for persona in own for word in (persona.alias, persona.name) if word):
            start = skeleton.find(mask)
            while start >= 0:
                yield start, start + len(mask)
                start = skeleton.find(mask, start + len(mask))

    def _encoded(self, text: str, found: Sequence[Finding]) -> Iterator[Finding]:
        """Identities that are visible only after percent-decoding (RFC 3986 2.1), also of words encoded several
        times."""
        known = [(finding.start, finding.end) for finding in found]
        for decoded in decoded_words(text):
            for hidden in self._find(SearchText(decoded.words), prose=False):
                start, end = decoded.place(past_code(decoded.words, hidden.start, hidden.end), hidden.end)
                at = bisect_right(known, (start, sys.maxsize)) - 1
                if at < 0 or end > known[at][1]:
                    words = encoded_like(hidden.replacement, text[start:end])
                    yield Finding(start, end, words, hidden.kind)

    def _with_otherwise(self, searched: SearchText, found: list[Finding], person: SearchedPerson) -> list[Finding]:
        """What was ``found``, with the mentions that are written otherwise."""
        text = searched.folded.original
        otherwise = [*self._disguised(searched, found, person)]
        otherwise += [Finding(start, end, words, "name") for start, end, words in person.signed_initials(text)]
        spans = person.in_other_scripts(searched.folded, lambda: self._text_languages(searched))
        otherwise += [Finding(start, end, person.persona.name, "name") for start, end in spans]
        return _merged(text, [*found, *otherwise]) if otherwise else found

    def _disguised(self, text: SearchText, found: Sequence[Finding], person: SearchedPerson) -> Iterator[Finding]:
        """Identities in words with letters or signs that look like others."""
        if not any(text.odd_words):
            return
        known = [(finding.start, finding.end) for finding in found]
        views = lookalikes.views(
            text.folded.original,
            text.odd_words,
            person.alphabets,
            lambda words: person.may_be_in(folded_letters(words)),
        )
        for view in views:
            for hidden in self._find(SearchText(view.text), person):
                at = bisect_right(known, (hidden.start, sys.maxsize)) - 1
                if view.changes(hidden.start, hidden.end) and (at < 0 or hidden.end > known[at][1]):
                    yield hidden


def folded_letters(words: str) -> str:
    """The letters of ``words`` as they are compared: without case, accents, marks and joints."""
    return letters(fold(words).text)


def may_be_word(mention: str) -> bool:
    """Whether a mention is one word that is also an ordinary word, a place or a month in some language (Hope, Jordan,
    May). Where it cannot be replaced, only its author can say which it is."""
    words = fold(mention).text.split()
    return len(words) == 1 and lexicon().is_word(letters(words[0]))


def _merged(text: str, found: list[Finding]) -> list[Finding]:
    """In order, none overlapping. Of overlapping findings, addresses and longer ones take precedence."""
    out: list[Finding] = []
    cluster: list[Finding] = []
    end = -1
    for finding in sorted(found, key=lambda f: f.start):
        if finding.start >= end:
            out += _untangled(text, cluster)
            cluster = []
        cluster.append(finding)
        end = max(end, finding.end)
    return out + _untangled(text, cluster)


def _untangled(text: str, cluster: list[Finding]) -> list[Finding]:
    """Choose among overlapping findings; if a letter of one would be left over, join them all."""
    if len(cluster) < 2:
        return cluster
    ranked = sorted(cluster, key=lambda f: (f.kind != "address", f.start - f.end, f.start))
    chosen: list[Finding] = []
    for finding in ranked[:50]:
        if all(finding.end <= other.start or other.end <= finding.start for other in chosen):
            chosen.append(finding)
    chosen.sort(key=lambda f: f.start)
    first, last = min(f.start for f in cluster), max(f.end for f in cluster)
    edges = [first, *(edge for f in chosen for edge in (f.start, f.end)), last]
    left = "".join(text[edges[n] : edges[n + 1]] for n in range(0, len(edges), 2))
    if any(character.isalnum() for character in left):
        return [Finding(first, last, ranked[0].replacement, ranked[0].kind)]
    return chosen
