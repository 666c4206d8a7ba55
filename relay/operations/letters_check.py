"""Whether relay's own letters can be written: the operator's templates, and the languages in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from relay.home import Home
from relay.letters.language import name_of
from relay.letters.templates import LetterTemplates
from relay.letters.words import StationeryError
from relay.message.languages import mistakes
from relay.operations.findings import Finding, fine, warn, wrong
from relay.ownership import as_owner
from relay.settings import Settings


def check_letters(home: Home, settings: Settings) -> Iterator[Finding]:
    """Whether every template of relay's own letters can be filled in, and whether there are letters in the languages of
    the programme."""
    folder = home.templates
    if not _readable(folder):
        yield wrong(f"relay may not look into {folder}, or it is no folder", f"{as_owner(folder)}; or put it aside")
        return
    templates = templates_of(home, settings)
    problems = [*templates.problems(), *mistakes(home.templates)]
    for problem in problems:
        yield wrong(problem, f"correct it in {home.templates}, or delete it there to use the shipped one")
    if not problems:
        yield fine("all letter templates can be filled in")
    yield from check_languages(templates, settings.programme.languages)


def _readable(folder: Path) -> bool:
    """Whether this user can look into a folder, or there is none."""
    try:
        return not folder.exists() or next(folder.iterdir(), folder) is not None
    except OSError:
        return False


def templates_of(home: Home, settings: Settings) -> LetterTemplates:
    return LetterTemplates(home.templates, settings.programme.language)


def check_languages(templates: LetterTemplates, wanted: Iterable[str]) -> Iterator[Finding]:
    """The languages in which there are no letters, or only drafts."""
    for tag in sorted(wanted):
        try:
            draft = templates.draft(tag)
        except StationeryError:
            continue  # check_letters reports it
        if not templates.has(tag):
            yield warn(
                f"there are no letters in {name_of(tag)}; relay writes to members with that language in "
                f"{name_of(templates.language_for(tag))}",
                f"put letters into templates/{tag.lower()}/ of the home, or change the language",
            )
        elif draft:
            yield warn(
                f"the letters in {name_of(templates.language_for(tag))} are a draft",
                f"let somebody who speaks it read them (relay letters list --html FILE); put corrected letters, and "
                f"words.toml with draft = false, into templates/{templates.language_for(tag)}/ of the home",
            )
