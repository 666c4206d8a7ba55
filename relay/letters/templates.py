"""Fills in the templates of letters: templates/LANGUAGE/NAME.txt in the home, else the shipped ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
from babel import Locale
from babel.dates import format_time
from babel.numbers import format_decimal
from babel.units import format_unit
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from relay.letters.catalogue import catalogue
from relay.letters.language import FALLBACK, locale_of, parents, right_to_left
from relay.letters.spelled import spelled_day, spelled_span
from relay.letters.words import StationeryError, Words, read_toml, words_of
from relay.shipped import shipped

RLM = "\N{RIGHT-TO-LEFT MARK}"
_BEFORE_ADDRESS = re.compile(r"(?<=[A-Za-z0-9])(?=: \S+@\S+$)", re.MULTILINE)
"""Between "letter k7t3mp9w" and ": help@relay.example": in right-to-left text the two would be shown in the wrong
order, as one piece of Latin text (Unicode UAX 9, N1)."""


class Filled(NamedTuple):
    """A letter with its values filled in. ``text`` has LF line ends. ``language`` is the one that was used."""

    subject: str
    text: str
    language: str


class LetterTemplates:
    """Fills in letters.

    ``home_templates`` is the operator's folder, which takes precedence; it need not exist. ``fallback`` is the
    programme's language (BCP 47), for members whose language has no letters. The last fallback is English.
    """

    def __init__(self, home_templates: Path | None = None, fallback: str = FALLBACK) -> None:
        self.fallback = fallback
        self._folders = [*([home_templates] if home_templates is not None else []), shipped("templates")]
        self._words: dict[str, Words] = {}
        self._sentences: dict[str, dict[str, str]] = {}

    @cached_property
    def _environment(self) -> SandboxedEnvironment:
        # Sandboxed, because templates are text and not programs; not escaped, because letters are plain text.
        environment = SandboxedEnvironment(
            loader=jinja2.FileSystemLoader(self._folders),
            undefined=jinja2.StrictUndefined,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters |= {"day": _day, "number": _number, "plural": _plural, "duration": _duration}
        environment.filters["clock"] = _clock
        environment.filters |= {"megabytes": _megabytes, "refusal": _refusal, "doubt": _doubt, "word": _word}
        environment.filters["look"] = _look
        return environment

    def letter(self, name: str, language: str, zone: tzinfo = UTC, /, **values: object) -> Filled:
        """The letter ``name`` in ``language`` (BCP 47), or in the first fallback that has it, with dates in ``zone``.

        ``values`` are those named by its samples in the catalogue. Raises StationeryError.
        """
        try:
            template = self._environment.select_template(list(self._paths(name, language)))
            used = str(template.name).partition("/")[0]
            known = {"locale": locale_of(language, used), "words": self.words(used), "in_zone": zone}
            known["events"] = self._events(used)
            text = template.render(values, **known)
        except (jinja2.TemplateError, OSError, UnicodeDecodeError, TypeError, ValueError, ZeroDivisionError) as error:
            raise StationeryError(f"the letter {language}/{name}.txt cannot be filled in: {error}") from error
        first, _, body = text.replace("\r\n", "\n").partition("\n")
        subject = first.removeprefix("Subject:").strip()
        if not first.startswith("Subject:") or not subject or not body.strip():
            raise StationeryError(
                f"the letter {language}/{name}.txt must begin with a line “Subject: …”, then an empty line, then text"
            )
        if right_to_left(used):
            body = _BEFORE_ADDRESS.sub(RLM, body)
        return Filled(subject, body.strip("\n") + "\n", used)

    def words(self, language: str) -> Words:
        """The sentences of a language that has letters. Raises StationeryError."""
        if language not in self._words:
            self._words[language] = words_of(language, self._folders)
        return self._words[language]

    def tables(self, file: str, language: str) -> dict[str, Any]:
        """What ``file`` (TOML) says in ``language``, each value from the operator's folder, else as shipped, else in
        English. Raises StationeryError."""
        found: dict[str, Any] = {}
        for folder in (path / tag / file for tag in (FALLBACK, language) for path in reversed(self._folders)):
            for name, value in read_toml(folder).items():
                found[name] = {**found.get(name, {}), **value} if isinstance(value, dict) else value
        return found

    def languages(self) -> list[str]:
        """The tags of all languages that have letters, English first."""
        names = self._environment.list_templates(extensions=["txt"])
        found = {name.partition("/")[0] for name in names if "/" in name}
        return [FALLBACK, *sorted(found - {FALLBACK})]

    def has(self, language: str) -> bool:
        """Whether there are letters in ``language`` or in a more general form of it (ar for ar-EG)."""
        return not set(parents(language)).isdisjoint(self.languages())

    def language_for(self, language: str) -> str:
        """The language in which relay writes to a member with ``language``."""
        available = self.languages()
        return next(tag for tag in self._chain(language) if tag in available)

    def draft(self, language: str) -> bool:
        """Whether the letters for a member with ``language`` are a draft, which the programme has not checked yet."""
        return self.words(self.language_for(language)).draft

    def problems(self) -> list[str]:
        """The errors in the templates, one sentence each. Fills in every letter in every language with every sample."""
        found: list[str] = []
        for language in self.languages():
            try:
                self.words(language)
                self.tables("copy.toml", language)
            except StationeryError as error:
                found.append(str(error))
                continue
            for name, entry in catalogue().items():
                faults = (self._fault(name, language, sample) for sample in entry.samples)
                found += (fault for fault in faults if fault)
        return list(dict.fromkeys(found))

    def _events(self, language: str) -> dict[str, str]:
        """The sentences about what happened, of a member's copy (document_words.py)."""
        if language not in self._sentences:
            self._sentences[language] = dict(self.tables("copy.toml", language).get("events", {}))
        return self._sentences[language]

    def _fault(self, name: str, language: str, sample: Mapping[str, object]) -> str:
        try:
            self.letter(name, language, **sample)
        except StationeryError as error:
            return str(error)
        return ""

    def _paths(self, name: str, language: str) -> Iterator[str]:
        """The paths to look for, best first: ar-eg, ar, the programme's language, en."""
        return (f"{tag}/{name}.txt" for tag in self._chain(language))

    def _chain(self, language: str) -> Iterable[str]:
        return dict.fromkeys((*parents(language), *parents(self.fallback), FALLBACK))


def _locale(context: Context) -> Locale:
    locale: Locale = context["locale"]
    return locale


@jinja2.pass_context
def _day(context: Context, at: date) -> str:
    """A date such as "12 March 2025", for a time the one in the reader's time zone."""
    zone: tzinfo = context["in_zone"]
    day = at.astimezone(zone) if isinstance(at, datetime) else at
    return spelled_day(day, _locale(context))


@jinja2.pass_context
def _clock(context: Context, at: datetime) -> str:
    """A time of day such as "14:30", in the reader's time zone."""
    zone: tzinfo = context["in_zone"]
    return str(format_time(at.astimezone(zone), "short", locale=_locale(context)))


@jinja2.pass_context
def _number(context: Context, number: int) -> str:
    return str(format_decimal(number, locale=_locale(context)))


@jinja2.pass_context
def _plural(context: Context, number: int, **forms: str) -> str:
    """The form for ``number`` by the plural rules of the language (CLDR): zero, one, two, few, many or other.

    "other" is required, and used for a form that is not given. "{n}" in a form is replaced by the number.
    """
    form = forms.get(_locale(context).plural_form(number), forms["other"])
    return form.replace("{n}", str(format_decimal(number, locale=_locale(context))))


@jinja2.pass_context
def _duration(context: Context, seconds: float) -> str:
    """A rounded duration, such as "3 days" or "1 hour"."""
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size * 0.9:
            return spelled_span(round(seconds / size), unit, _locale(context))
    return spelled_span(1, "minute", _locale(context))


@jinja2.pass_context
def _megabytes(context: Context, octets: int) -> str:
    """A size such as "25 MB", rounded down."""
    return str(format_unit(octets // 1024**2, "megabyte", "short", locale=_locale(context)))


def _sentence(find: Callable[..., str], *about: object) -> str:
    """What ``find`` of Words returns. A sentence that is missing is a fault of the letter that uses it."""
    try:
        return find(*about)
    except StationeryError as error:
        raise ValueError(str(error)) from error


@jinja2.pass_context
def _refusal(context: Context, code: str) -> str:
    """Why a letter was refused and what works instead, for a code of relay.letters.refusal_codes."""
    return _sentence(context["words"].refusal, code)


@jinja2.pass_context
def _word(context: Context, command: str) -> str:
    """The word that a member writes for a command of the desk."""
    return _sentence(context["words"].command, command)


@jinja2.pass_context
def _doubt(context: Context, seen: Mapping[str, Any]) -> str:
    """One line about something that a person has to decide. ``seen`` has the fields of relay.model.Doubt."""
    line = _sentence(context["words"].doubt, seen["kind"], seen["words"], seen["file"], seen["page"])
    # A line of plain text has the direction of its first letter, which may be that of a file's Latin name.
    return RLM + line if _locale(context).text_direction == "rtl" else line


@jinja2.pass_context
def _look(context: Context, look: Mapping[str, Any]) -> str:
    """One line about somebody who read letters, or looked at who a member is: when, what, who and why."""
    events: Mapping[str, str] = context["events"]
    if look["name"] not in events:
        raise ValueError(f"copy.toml has no sentence {look['name']}")
    by = " – ".join(part for part in (look["who"], look["why"]) if part)
    return f"{_day(context, look['at'])}: {events[look['name']]}{f' ({by})' if by else ''}"
