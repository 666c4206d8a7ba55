"""Sentences outside of the templates: templates/LANGUAGE/words.toml in the home, else the shipped ones."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relay.letters.language import FALLBACK

FILE = "words.toml"
_TABLES = ("refusals", "doubts", "commands")


class StationeryError(Exception):
    """A template or words.toml is missing or cannot be used. The text names it and says why."""


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one language.

    ``programme``: how a programme is called that has no name of its own yet.
    ``draft``: the programme has not checked the letters of this language yet. ``sender`` is the neutral display name in
    From. ``preview`` comes first in a letter that is to be discreet: a glance at a list of mails or at a notification
    shows no more. ``refusals``: code (relay.letters.refusal_codes) → why a letter was refused and what works instead.
    ``doubts``: kind (relay.model.Doubt) → the name of something that a person has to decide about.
    ``commands``: the word for each command of the desk.
    """

    language: str
    draft: bool
    sender: str
    preview: str
    programme: str
    refusals: Mapping[str, str]
    doubts: Mapping[str, str]
    commands: Mapping[str, str]

    def refusal(self, code: str) -> str:
        """Why a letter was refused and what works instead. Raises StationeryError for a code without a sentence."""
        try:
            return self.refusals[code]
        except KeyError:
            raise StationeryError(f"{self.language}/{FILE} has no sentence for the refusal {code}") from None

    def command(self, name: str) -> str:
        """The word for a command of the desk. Raises StationeryError for a command without one."""
        try:
            return self.commands[name]
        except KeyError:
            raise StationeryError(f"{self.language}/{FILE} has no word for the command {name}") from None

    def doubt(self, kind: str, words: str, file: str, page: int) -> str:
        """One line about a doubt (relay.model.Doubt): file, page, what it is, and its ``words`` from the letter.

        Raises StationeryError for a kind without a name.
        """
        try:
            what, place = self.doubts[kind], self.doubts["page"].replace("{n}", str(page)) if page else ""
        except KeyError:
            raise StationeryError(f"{self.language}/{FILE} has no name for the doubt {kind}") from None
        return " · ".join(part for part in (file, place, f"{what}: {words}" if words else what) if part)


def words_of(language: str, folders: Sequence[Path]) -> Words:
    """The sentences of ``language``, each from the first of ``folders`` that has it, else in English.

    Raises StationeryError.
    """
    files = [_read(folder / tag / FILE) for tag in dict.fromkeys((language, FALLBACK)) for folder in folders]
    own = [_read(folder / language / FILE) for folder in folders]
    tables: dict[str, dict[str, str]] = {name: {} for name in _TABLES}
    for file in reversed(files):
        tables = {name: {**table, **file.get(name, {})} for name, table in tables.items()}
    keys = ("sender", "preview", "programme")
    sender, preview, programme = (next((str(file[key]) for file in files if key in file), "") for key in keys)
    # An operator's own file is not a draft unless it says so.
    draft = next((bool(file.get("draft", False)) for file in own if file), False)
    return Words(language, draft, sender, preview, programme, **tables)


def read_toml(path: Path) -> dict[str, Any]:
    """What a file of sentences says; nothing when there is none. Raises StationeryError."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise StationeryError(f"{path.parent.name}/{path.name} cannot be read: {error}") from error


def _read(path: Path) -> dict[str, dict[str, str]]:
    file = read_toml(path)
    for table in _TABLES:
        if not isinstance(file.get(table, {}), dict):
            raise StationeryError(f"{path.parent.name}/{path.name} cannot be read: {table} must be a table")
    return file
