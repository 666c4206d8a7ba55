"""Finds which member a part of a letter names, and what replaces it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from relay.anonymise.history.candidate import Attribution
from relay.anonymise.history.words import I_WROTE, SOMEBODY, YOU_WROTE
from relay.anonymise.identities import Finding, Redactor
from relay.model import Persona

_ONE = re.compile(r"[^,;，；、]+")
_ADDRESS = re.compile(r"(?:mailto:)?[^\s<>()\[\]\"',;]{1,100}@[^\s<>()\[\]\"',;]{1,200}|mailto:", re.IGNORECASE)


class People:
    """Both members of a pair, searched in one text."""

    def __init__(self, text: str, redactor: Redactor) -> None:
        self._text = text
        self._redactor = redactor
        self._personas = (redactor.known.author_persona, redactor.known.recipient_persona)
        self._found: list[Finding] | None = None

    def named(self, start: int, end: int) -> list[Persona]:
        """The members whom text[start:end] names, by address, whole name, alias or pseudonym."""
        several = list(_ONE.finditer(self._text, start, end))
        return [persona for persona in self._personas if any(self._is(persona, *one.span()) for one in several)]

    def _is(self, persona: Persona, start: int, end: int) -> bool:
        passage = self._text[start:end]
        if any(ours and ours.casefold() in passage.casefold() for ours in (persona.alias, persona.name)):
            return True
        if self.harmless(start, end):  # as in most answers: the search is not needed
            return False
        name = list(_ADDRESS.sub(lambda address: " " * len(address[0]), passage))
        known = False
        for finding in self._findings(start, end):
            if finding.replacement == persona.alias:
                return True
            if finding.replacement == persona.name:
                for place in range(max(0, finding.start - start), min(finding.end - start, len(name))):
                    known = known or name[place].isalnum()
                    name[place] = " "
        # Another person may share one of their names.
        return known and not any(sign.isalnum() for sign in name)

    def _findings(self, start: int, end: int) -> Iterator[Finding]:
        if self._found is None:
            self._found = self._redactor.find_people(self._text)
        place = max(0, bisect_left(self._found, start, key=lambda finding: finding.start) - 1)
        while place < len(self._found) and self._found[place].start < end:
            if self._found[place].end > start:
                yield self._found[place]
            place += 1

    def harmless(self, start: int, end: int) -> bool:
        """Whether text[start:end] contains nothing but pseudonyms and aliases."""
        passage = self._text[start:end].casefold()
        for persona in self._personas:
            for ours in (persona.alias, persona.name):
                if ours:
                    passage = passage.replace(ours.casefold(), " ")
        return not any(sign.isalnum() for sign in passage.replace("mailto:", " "))

    def who_wrote(self, attribution: Attribution) -> str:
        """The pseudonym of the author of the quotation below, or the sign for an unnamed person."""
        author, recipient = self._personas
        if attribution.pronoun:
            # In nested quotations "you" may be either member.
            writer = (
                author if attribution.pronoun in I_WROTE else recipient if attribution.pronoun in YOU_WROTE else None
            )
            return writer.name if writer and not attribution.quoted else SOMEBODY
        named = [persona.name for place in attribution.names for persona in self.named(*place)]
        return ", ".join(dict.fromkeys(named)) or SOMEBODY

    def instead(self, start: int, end: int) -> str:
        """The replacement for the people named there: pseudonyms, or the sign for an unnamed person."""
        return ", ".join(dict.fromkeys(persona.name for persona in self.named(start, end))) or SOMEBODY
