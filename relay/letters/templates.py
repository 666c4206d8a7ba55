"""The letters relay writes itself: a file a letter in templates/LANGUAGE/, the operator's before the shipped ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import jinja2
from jinja2.sandbox import SandboxedEnvironment

from relay.shipped import shipped

FALLBACK = "en"
SAMPLES: dict[str, dict[str, object]] = {
    "welcome": {
        "programme": "the mentoring programme",
        "help": "postmaster@relay.example.org",
        "own_name": "Quiet River",
        "own_alias": "quiet-river.k7t3mp9wq2xrd@relay.example.org",
        "partner_name": "Golden Heron",
        "partner_alias": "golden-heron.t4vw8hnzc6bkg@relay.example.org",
        "role": "mentor",
        "partner_role": "mentee",
        "kept": True,
        "max_size": "25 MiB",
    },
    "undeliverable": {
        "programme": "the mentoring programme",
        "help": "postmaster@relay.example.org",
        "name": "Golden Heron",
        "sent_at": datetime(2025, 3, 12, 9, 30, tzinfo=UTC),
        "id": "k7t3mp9wq2xr",
        "why": "their mailbox is full",
    },
    "partly-relayed": {
        "programme": "the mentoring programme",
        "help": "postmaster@relay.example.org",
        "name": "Golden Heron",
        "id": "k7t3mp9wq2xr",
        "missed": 1,
        "copied": 2,
    },
    "delayed": {
        "programme": "the mentoring programme",
        "help": "postmaster@relay.example.org",
        "name": "Golden Heron",
        "sent_at": datetime(2025, 3, 12, 9, 30, tzinfo=UTC),
        "id": "k7t3mp9wq2xr",
        "days": "3 days",
    },
    "is-it-yours": {
        "programme": "the mentoring programme",
        "help": "postmaster@relay.example.org",
        "name": "Golden Heron",
        "id": "k7t3mp9wq2xr",
        "days": 7,
        "code": "K7F3Q2",
    },
    "from-another-address": {
        "programme": "the mentoring programme",
        "help": "postmaster@relay.example.org",
        "name": "Golden Heron",
        "id": "k7t3mp9wq2xr",
        "code": "K7F3Q2",
    },
    "asked-again": {
        "programme": "the mentoring programme",
        "help": "postmaster@relay.example.org",
        "about": "is-it-yours",
        "name": "Golden Heron",
        "code": "K7F3Q2",
    },
    "answered-no": {
        "programme": "the mentoring programme",
        "help": "postmaster@relay.example.org",
        "about": "is-it-yours",
        "name": "Golden Heron",
        "id": "k7t3mp9wq2xr",
    },
    "left-to-coordinator": {
        "programme": "the mentoring programme",
        "help": "postmaster@relay.example.org",
        "about": "is-it-yours",
        "name": "Golden Heron",
        "id": "k7t3mp9wq2xr",
    },
    "no-answered": {
        "about": "is-it-yours",
        "name": "Quiet River",
        "side": "mentee",
        "pair": "k7f3q2xw",
        "id": "k7t3mp9wq2xr",
    },
    "unclear-answer": {
        "about": "is-it-yours",
        "name": "Quiet River",
        "side": "mentee",
        "pair": "k7f3q2xw",
        "id": "k7t3mp9wq2xr",
    },
    "not-taken": {
        "programme": "the mentoring programme",
        "help": "postmaster@relay.example.org",
        "name": "Golden Heron",
        "id": "k7t3mp9wq2xr",
        "why": "Your mentoring pair is paused just now; your letter was not sent. Please keep it until then.",
    },
    "not-relayed": {
        "programme": "the mentoring programme",
        "help": "postmaster@relay.example.org",
        "id": "k7t3mp9wq2xr-2",
        "why": "Your mentoring pair is paused just now; your letter was not sent. Please keep it until then.",
    },
    "closed-meanwhile": {
        "programme": "the mentoring programme",
        "help": "postmaster@relay.example.org",
        "name": "Golden Heron",
        "sent_at": datetime(2025, 3, 12, 9, 30, tzinfo=UTC),
        "id": "k7t3mp9wq2xr",
    },
    "confirm-address": {
        "programme": "the mentoring programme",
        "help": "postmaster@relay.example.org",
        "days": 7,
        "code": "K7F3Q2",
    },
    "address-added": {
        "programme": "the mentoring programme",
        "help": "postmaster@relay.example.org",
    },
    "address-confirmed": {
        "programme": "the mentoring programme",
        "help": "postmaster@relay.example.org",
        "sent": 2,
    },
    "letters-elsewhere": {
        "programme": "the mentoring programme",
        "help": "postmaster@relay.example.org",
    },
    "has-ended": {
        "programme": "the mentoring programme",
        "help": "postmaster@relay.example.org",
        "name": "Golden Heron",
        "count": 2,
    },
    "suspended": {
        "name": "Golden Heron",
        "side": "mentor",
        "pair": "k7f3q2xw",
        "partner": "Quiet River",
    },
    "held-back": {
        "programme": "the mentoring programme",
        "help": "postmaster@relay.example.org",
        "name": "Golden Heron",
        "sent_at": datetime(2025, 3, 12, 9, 30, tzinfo=UTC),
        "id": "k7t3mp9wq2xr",
    },
    "not-passed-on": {
        "programme": "the mentoring programme",
        "help": "postmaster@relay.example.org",
        "name": "Golden Heron",
        "sent_at": datetime(2025, 3, 12, 9, 30, tzinfo=UTC),
        "id": "k7t3mp9wq2xr",
    },
    "operator": {
        "programme": "the mentoring programme",
        "domain": "relay.example.org",
        "id": "k7t3mp9wq2xr",
        "peer": "192.0.2.25",
    },
}
"""Every letter there is, with the values it may use, as an example of each.

``about`` is the question that a letter goes back to: is-it-yours, from-another-address or confirm-address. About the
last one nothing is said of a letter, so ``name`` and ``id`` may be left out there, but for letters to the operator.
"""


class StationeryError(Exception):
    """A template is missing or cannot be filled in; the words name it and say why."""


class LetterTemplates:
    """Fills in letters. ``home_templates`` is the operator's folder, which goes first; it need not exist."""

    def __init__(self, home_templates: Path | None = None) -> None:
        folders = [home_templates] if home_templates is not None else []
        # Sandboxed, for templates are words and not programs; no escaping, for the letters are plain text.
        self._environment = SandboxedEnvironment(
            loader=jinja2.FileSystemLoader([*folders, shipped("templates")]),
            undefined=jinja2.StrictUndefined,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def letter(self, name: str, language: str, /, **values: object) -> tuple[str, str]:
        """Subject and body (LF line ends) of the letter ``name`` in ``language`` (BCP 47), or else in English.

        ``values`` are those of SAMPLES[name]. Raises StationeryError.
        """
        try:
            text = self._environment.select_template(list(_places(name, language))).render(values)
        except (jinja2.TemplateError, OSError, UnicodeDecodeError, TypeError, ValueError, ZeroDivisionError) as error:
            raise StationeryError(f"the letter {language}/{name}.txt cannot be filled in: {error}") from error
        first, _, body = text.replace("\r\n", "\n").partition("\n")
        subject = first.removeprefix("Subject:").strip()
        if not first.startswith("Subject:") or not subject or not body.strip():
            raise StationeryError(
                f"the letter {language}/{name}.txt must begin with a line “Subject: …”, then an empty line, then words"
            )
        return subject, body.strip("\n") + "\n"

    def languages(self) -> list[str]:
        """The languages there are letters in."""
        return sorted({name.partition("/")[0] for name in self._environment.list_templates()} | {FALLBACK})

    def problems(self) -> list[str]:
        """What is wrong with the templates, one sentence each: every letter is filled in once, in every language."""
        found: list[str] = []
        for language in self.languages():
            for name, values in SAMPLES.items():
                try:
                    self.letter(name, language, **values)
                except StationeryError as error:
                    found.append(str(error))
        return found


@lru_cache(maxsize=64)
def _clean(language: str) -> str:
    """A language tag fit to be a folder's name, or English."""
    return language.lower() if re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", language) else FALLBACK


def _places(name: str, language: str) -> Iterator[str]:
    """Where the letter may lie, best first: ar-eg, ar, en."""
    tag = _clean(language)
    while tag:
        yield f"{tag}/{name}.txt"
        tag = tag.rpartition("-")[0]
    yield f"{FALLBACK}/{name}.txt"
