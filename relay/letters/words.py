"""Sentences that stand in no template: templates/LANGUAGE/words.toml, the operator's before the shipped ones."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from relay.letters.language import FALLBACK

FILE = "words.toml"


class StationeryError(Exception):
    """A template is missing or cannot be filled in; the words name it and say why."""


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one language. ``draft``: nobody of the programme has read its letters yet. ``sender`` is the
    neutral name that letters come from, ``refusals`` says to a member why a letter was not taken, by code
    (relay.letters.refusal_codes). ``doubts`` names what a person has to decide, by kind (relay.model.Doubt)."""

    language: str
    draft: bool
    sender: str
    refusals: Mapping[str, str]
    doubts: Mapping[str, str]

    def refusal(self, code: str) -> str:
        """Why a letter was not taken, and what works instead. Raises StationeryError for a code without words."""
        try:
            return self.refusals[code]
        except KeyError:
            raise StationeryError(f"{self.language}/{FILE} has no words for the refusal {code}") from None

    def doubt(self, kind: str, words: str, file: str, page: int) -> str:
        """One line about something that a person has to decide: the file and page it is in, what it is, and its words.
        Raises StationeryError for a kind without words."""
        try:
            what, place = self.doubts[kind], self.doubts["page"].replace("{n}", str(page)) if page else ""
        except KeyError:
            raise StationeryError(f"{self.language}/{FILE} has no words for the doubt {kind}") from None
        return " · ".join(part for part in (file, place, f"{what}: {words}" if words else what) if part)


def words_of(language: str, folders: Sequence[Path]) -> Words:
    """The words of ``language``: of the first of ``folders`` that has them, word by word; what none has is English.

    Raises StationeryError.
    """
    files = [_read(folder / tag / FILE) for tag in dict.fromkeys((language, FALLBACK)) for folder in folders]
    own = [_read(folder / language / FILE) for folder in folders]
    refusals: dict[str, str] = {}
    doubts: dict[str, str] = {}
    for file in reversed(files):
        refusals |= file.get("refusals", {})
        doubts |= file.get("doubts", {})
    sender = next((str(file["sender"]) for file in files if "sender" in file), "")
    # An operator's own file is not a draft unless it says so.
    draft = next((bool(file.get("draft", False)) for file in own if file), False)
    return Words(language, draft, sender, refusals, doubts)


def _read(path: Path) -> dict[str, dict[str, str]]:
    try:
        file = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise StationeryError(f"{path.parent.name}/{path.name} cannot be read: {error}") from error
    for table in ("refusals", "doubts"):
        if not isinstance(file.get(table, {}), dict):
            raise StationeryError(f"{path.parent.name}/{path.name} cannot be read: {table} must be a table")
    return file
