"""The sentences of a member's copy: templates/LANGUAGE/copy.toml in the home, else the shipped ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from babel import Locale

from relay.letters.language import locale_of, name_in, right_to_left
from relay.letters.spelled import spelled_day, spelled_span
from relay.letters.templates import LetterTemplates
from relay.letters.words import StationeryError, Words

FILE = "copy.toml"


@dataclass(frozen=True, slots=True)
class DocumentWords:
    """The sentences in one language. ``states`` and ``events``: by name."""

    language: str
    locale: Locale
    sentences: Mapping[str, str]
    states: Mapping[str, str]
    events: Mapping[str, str]
    words: Words

    @property
    def direction(self) -> str:
        """The writing direction, for HTML."""
        return "rtl" if right_to_left(self.language) else "ltr"

    def say(self, name: str, **values: object) -> str:
        """The sentence with this name, filled in. Raises StationeryError when there is none."""
        return self._filled(self.sentences, name, values)

    def state(self, name: str) -> str:
        """The name of a state."""
        return self._filled(self.states, name, {})

    def event(self, name: str, **values: object) -> str:
        """What happened, in words."""
        return self._filled(self.events, name, values)

    def day(self, at: datetime) -> str:
        """A date such as "12 March 2025"."""
        return spelled_day(at, self.locale)

    def days(self, seconds: float) -> str:
        """A duration in whole days."""
        return spelled_span(max(1, round(seconds / 86400)), "day", self.locale)

    def language_name(self, tag: str) -> str:
        """The name of a language (BCP 47) in this one; the tag when it has none."""
        return name_in(tag, self.locale)

    def command(self, name: str) -> str:
        """The word that a member writes for a command of the desk."""
        return self.words.command(name) if name else ""

    def _filled(self, table: Mapping[str, str], name: str, values: Mapping[str, object]) -> str:
        try:
            sentence = table[name]
        except KeyError:
            raise StationeryError(f"{self.language}/{FILE} has no sentence {name}") from None
        for place, value in values.items():
            sentence = sentence.replace(f"{{{place}}}", str(value))
        return sentence


def document_words(templates: LetterTemplates, language: str) -> DocumentWords:
    """The sentences for a reader of ``language`` (BCP 47), each in English when that language has none. Raises
    StationeryError."""
    used = templates.language_for(language)
    found = templates.tables(FILE, used)
    plain = {name: value for name, value in found.items() if isinstance(value, str)}
    states, events = (dict(found.get(name, {})) for name in ("states", "events"))
    return DocumentWords(used, locale_of(language, used), plain, states, events, templates.words(used))
