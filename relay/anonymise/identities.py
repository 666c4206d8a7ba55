"""Puts each person's alias and pseudonym where their addresses and names stand in a text.

What is found: addresses in any case, spacing, line break, disguise ("jane (at) real dot org", "%40", zero-width or
full-width signs), with tags, dots and sub-domains; IDN domains both ways; everything at a private domain; the local
part alone when it is a telling one; names as whole words in either order, with or without accents, possessives kept.

What is left on purpose: a single name that is an ordinary English word (Grace, Hope, May, Will) where it does not stand
as a name: small, or at the start of a sentence, unless alone on its line or after a word of greeting; one word of a
longer name that is no part of the person's address, outside greetings and sign-offs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from relay.anonymise.folding import Folded, fold, letters
from relay.anonymise.mailboxes import Mailbox, Undisguised, domains_of, find_domain, mailbox, undisguise
from relay.anonymise.names import Name, names_of
from relay.anonymise.ordinary_words import ROLE_WORDS
from relay.model import Identity, Known, Persona

_PARTS = re.compile(r"[._+\-=\d]+")
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
_TOKEN = re.compile(r"[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Finding:
    """An identity at [start, end) of a text; ``kind`` is "address" or "name"."""

    start: int
    end: int
    replacement: str
    kind: str


def replaced(text: str, findings: Sequence[Finding]) -> str:
    """The text with each finding's place taken by its replacement. ``findings`` are in order."""
    out: list[str] = []
    at = 0
    for finding in findings:
        out += (text[at : finding.start], finding.replacement)
        at = finding.end
    return "".join((*out, text[at:])) if out else text


class _Person:
    """All that is looked for because of one person."""

    def __init__(self, identity: Identity, persona: Persona) -> None:
        self.persona = persona
        self.mailboxes: tuple[Mailbox, ...] = tuple(mailbox(address) for address in identity.addresses)
        self.domains = tuple((domain, letters(domain.split(".")[0])) for domain in domains_of(identity.addresses))
        strong = frozenset(_words_of(identity.addresses))
        names: dict[Name, None] = {}
        for known_as in identity.known_as:
            names.update(dict.fromkeys(names_of(known_as, strong)))
        for address in identity.addresses:
            names.update(dict.fromkeys(_handles(address.rpartition("@")[0])))
        self.names = tuple(names)

    def find(self, folded: Folded, all_letters: str) -> Iterator[tuple[int, int, str, str]]:
        """(start, end, replacement, kind), places in the skeleton; addresses first."""
        undone: Undisguised | None = None
        for box in self.mailboxes:
            if box.may_stand_in(all_letters):
                undone = undone or undisguise(folded.text)
                for start, end in (*box.find(undone), *box.find_scattered(folded.text)):
                    yield start, end, self.persona.alias, "address"
        for domain, needle in self.domains:
            if needle in all_letters:
                undone = undone or undisguise(folded.text)
                for start, end in find_domain(undone, domain):
                    yield start, end, self.persona.alias, "address"
        for name in self.names:
            if name.needle in all_letters:
                for start, end in name.find(folded):
                    yield start, end, self.persona.name, "name"


def _words_of(addresses: tuple[str, ...]) -> Iterator[str]:
    for address in addresses:
        local, _, domain = fold(address).text.rpartition("@")
        yield from _PARTS.split(local)
        yield from _PARTS.split(domain)[:-1]


def _handles(local: str) -> Iterator[Name]:
    """The local part by itself, where it tells something: it has six letters or more, and is no role."""
    whole = fold(local).text.partition("+")[0]
    words = tuple(word for word in re.split(r"[._\-=]+", whole) if word)
    size = sum(map(len, words))
    if size < 6 or all(word in ROLE_WORDS for word in words):
        return
    if len(words) > 1:
        yield Name(words, joined=True, needle=max(words, key=len))
        return
    # A short local part of letters only may be any word ("garden"): only where it stands as a name.
    yield Name(words, ordinary=whole.isalpha() and size < 9, needle=words[0])


class Redactor:
    """Looks for both people of a pair. Make one for each letter; it remembers nothing of what it saw."""

    def __init__(self, known: Known) -> None:
        self._people = (_Person(known.author, known.author_persona), _Person(known.recipient, known.recipient_persona))
        own = (known.author_persona, known.recipient_persona)
        self._masks = tuple(fold(word).text for persona in own for word in (persona.alias, persona.name) if word)

    def find(self, text: str) -> list[Finding]:
        """Every identity in the text, in order, none overlapping. Linear in the text."""
        found = self._find(fold(text))
        if "%" in text and _ENCODED.search(text):
            found = _merged([*found, *self._encoded(text, found)])
        return found

    def redact(self, text: str) -> tuple[str, int]:
        """The text with every identity replaced, and how many there were. Everything else is as it was."""
        found = self.find(text)
        return replaced(text, found), len(found)

    def _find(self, folded: Folded) -> list[Finding]:
        all_letters = letters(folded.text)
        masks: list[tuple[int, int]] | None = None
        found: list[Finding] = []
        for person in self._people:
            for start, end, replacement, kind in person.find(folded, all_letters):
                if masks is None:
                    masks = list(self._masked(folded.text))
                if not any(low <= start and end <= high for low, high in masks):
                    found.append(Finding(*folded.span(start, end), replacement, kind))
        return _merged(found)

    def _masked(self, skeleton: str) -> Iterator[tuple[int, int]]:
        """Where our own aliases and pseudonyms stand: they are no identities."""
        for mask in self._masks:
            start = skeleton.find(mask)
            while start >= 0:
                yield start, start + len(mask)
                start = skeleton.find(mask, start + len(mask))

    def _encoded(self, text: str, found: list[Finding]) -> Iterator[Finding]:
        """Identities that show only once a percent-encoded word (RFC 3986 2.1) is decoded."""
        for token in _TOKEN.finditer(text):
            if not _ENCODED.search(token[0]) or any(f.start < token.end() and token.start() < f.end for f in found):
                continue
            decoded = unquote(token[0])
            hidden = self._find(fold(decoded))
            if hidden:
                clean, _ = self.redact(decoded)
                yield Finding(token.start(), token.end(), quote(clean, safe=":/?#[]@!$&'()*+,;=~"), hidden[0].kind)


def _merged(found: list[Finding]) -> list[Finding]:
    """In order; findings that overlap become one, under the replacement of the longest (an address before a name)."""
    out: list[Finding] = []
    for finding in sorted(found, key=lambda f: (f.start, -f.end, f.kind)):
        if out and finding.start < out[-1].end:
            last = out[-1]
            longer = max(last, finding, key=lambda f: (f.kind == "address", f.end - f.start))
            out[-1] = Finding(last.start, max(last.end, finding.end), longer.replacement, longer.kind)
        else:
            out.append(finding)
    return out
