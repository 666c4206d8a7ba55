"""Everything that is searched for one person: addresses, private domains, names and initials."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache

from relay.anonymise.any_case import holds_any
from relay.anonymise.mailboxes import Mailbox, PrivateDomain, domains_of, mailbox, private_domain
from relay.anonymise.names import lookalikes
from relay.anonymise.names.find import Finder
from relay.anonymise.names.fold import Folded
from relay.anonymise.names.initials import initials_of, signed_initials
from relay.anonymise.names.name_words import split_names
from relay.anonymise.names.other_scripts import OtherScripts
from relay.anonymise.names.person_names import PersonName, handles, learned_names, registered_names
from relay.anonymise.names.vocabulary import Codes
from relay.anonymise.search_text import SearchText
from relay.model import Identity, Persona


class SearchedPerson:
    """One person. ``names`` are the registered ones and what was derived from them; ``written`` are the words of the
    registered ones alone."""

    def __init__(
        self,
        persona: Persona,
        mailboxes: tuple[Mailbox, ...],
        domains: tuple[PrivateDomain, ...],
        names: tuple[PersonName, ...],
        *,
        finder: Finder,
        written: tuple[tuple[str, ...], ...],
    ) -> None:
        self.persona = persona
        self.mailboxes = mailboxes
        self.domains = domains
        self.names = names
        self.finder = finder
        self._written = written
        self.needles = tuple(dict.fromkeys(self._needles()))

    @cached_property
    def alphabets(self) -> frozenset[str]:
        """The alphabets of the names, but for the Latin one."""
        return lookalikes.alphabets_of(part.written for name in self.names for part in name.parts)

    @cached_property
    def _other_scripts(self) -> OtherScripts:
        of_address = ([part.written for part in name.parts] for name in self.names if name.of_address)
        return OtherScripts(self._written or of_address)

    def in_other_scripts(self, folded: Folded, text_languages: Callable[[], Codes | None]) -> Iterator[tuple[int, int]]:
        """Where a text is signed with the person's name in another script: ranges of the original."""
        return self._other_scripts.find(folded, text_languages)

    @cached_property
    def _initials(self) -> tuple[str, ...]:
        return initials_of([part.written for part in name.parts] for name in self.names if not name.phrase)

    def signed_initials(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where a text is signed with the person's initials, and what stands there instead."""
        return signed_initials(text, self._initials, self.persona.name)

    def may_be_in(self, letters: str) -> bool:
        """A quick test of the letters of a text: False is certain."""
        return holds_any(letters, self.needles)

    def with_learned(self, learned: Sequence[str]) -> SearchedPerson:
        """The same person, with the names that the letter's header gives."""
        more = learned_names(learned, self.names)
        if not more:
            return self
        finder = Finder(more, also=self.finder)
        return SearchedPerson(
            self.persona, self.mailboxes, self.domains, self.names, finder=finder, written=self._written
        )

    def _needles(self) -> Iterator[str]:
        """Strings one of which occurs in the letters of every text with a mention."""
        yield from (needle for box in self.mailboxes for needle, _ in box.needles)
        yield from (domain.labels[0] for domain in self.domains)
        yield from self.finder.needles

    def find(
        self, text: SearchText, text_languages: Callable[[], Codes | None], prose: bool
    ) -> Iterator[tuple[int, int, str, str]]:
        """(start, end, replacement, kind), offsets in the skeleton. Outside of ``prose`` context does not make a
        name."""
        for box in self.mailboxes:
            if box.may_stand_in(text.letters):
                for start, end in (*box.find(text.undisguised), *box.find_scattered(text.folded.text)):
                    yield start, end, self.persona.alias, "address"
        for domain in self.domains:
            if domain.may_stand_in(text.letters):
                for start, end in domain.find(text.undisguised):
                    yield start, end, self.persona.alias, "address"
        if holds_any(text.letters, self.finder.needles):
            for start, end in self.finder.find(text.folded, text.letters, text_languages, prose=prose):
                yield start, end, self.persona.name, "name"


@lru_cache(maxsize=256)
def registered_person(identity: Identity, persona: Persona) -> SearchedPerson:
    """Cached for the people whose letters a worker handles (16 KB each with the needles of the leak check): building
    it takes as long as a search."""
    names = registered_names(identity.known_as, identity.addresses)
    return SearchedPerson(
        persona,
        tuple(map(mailbox, identity.addresses)),
        tuple(map(private_domain, domains_of(identity.addresses))),
        names,
        finder=Finder(names, handles(identity.addresses)),
        written=tuple(tuple(words) for name in identity.known_as for words, firm in split_names(name) if not firm),
    )


@lru_cache(maxsize=256)
def person_of(identity: Identity, persona: Persona) -> SearchedPerson:
    """The person of an identity, with what the letter's header gives."""
    return registered_person(identity.registered, persona).with_learned(identity.learned)
