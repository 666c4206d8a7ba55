"""Whom a piece of a letter names, and what stands there instead."""

from __future__ import annotations

from bisect import bisect_left

from relay.anonymise.identities import Finding, Redactor
from relay.model import Persona

SOMEBODY = "…"
"""Stands for a person of whom nobody is to know."""


class People:
    """Both people of a pair, looked for in the places of one text."""

    def __init__(self, text: str, redactor: Redactor) -> None:
        self._text = text
        self._redactor = redactor
        self._personas = (redactor.known.author_persona, redactor.known.recipient_persona)
        self._found: list[Finding] | None = None

    def named(self, start: int, end: int) -> list[Persona]:
        """Those of the two whom text[start:end] names, by address, name, alias or pseudonym."""
        if self._found is None:
            self._found = self._redactor.find(self._text)
        said = self._text[start:end].casefold()
        return [
            persona
            for persona in self._personas
            if (persona.alias and persona.alias.casefold() in said)
            or (persona.name and persona.name.casefold() in said)
            or self._holds(start, end, persona)
        ]

    def _holds(self, start: int, end: int, persona: Persona) -> bool:
        found = self._found or []
        place = max(0, bisect_left(found, start, key=lambda finding: finding.start) - 1)
        while place < len(found) and found[place].start < end:
            if found[place].end > start and found[place].replacement in {persona.alias, persona.name}:
                return True
            place += 1
        return False

    def harmless(self, start: int, end: int) -> bool:
        """Does text[start:end] say nothing but pseudonyms and aliases?"""
        said = self._text[start:end].casefold()
        for persona in self._personas:
            for ours in (persona.alias, persona.name):
                if ours:
                    said = said.replace(ours.casefold(), " ")
        return not any(sign.isalnum() for sign in said.replace("mailto:", " "))

    def instead(self, start: int, end: int) -> str:
        """What is to be written in the place of the people named there: pseudonyms, or a sign for somebody."""
        return ", ".join(dict.fromkeys(persona.name for persona in self.named(start, end))) or SOMEBODY
