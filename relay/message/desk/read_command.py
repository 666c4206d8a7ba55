"""Reads a line as a command of the desk, in the words of any language (words/*.toml).

    pause                          pause, for the pair that the mail is about
    lang fr                        lang, "fr"
    en pause                       at pause@: pause, "en pause"

The addresses of the desk have one name in every language; the words of the line are understood in all of them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from relay.message.confirmation.answer_line import folded_words

HELP, REPORT = "help", "report"
_UNTIL, _AUTO = "until", "auto"  # words that stand behind a command
_LONGEST = 6  # words in a phrase


@dataclass(frozen=True, slots=True)
class Written:
    """A command as somebody wrote it: its ``name``, "" for none that is known, and what follows it in the line."""

    name: str
    argument: str = ""


def read_command(line: str, desk: str = HELP) -> Written:
    """The command in ``line``, the first of a mail to the desk's address named ``desk``.

    At help@ every command is understood. At another address the line is that command's argument, unless it is just
    the word of another command; at report@ it always is: nothing that is written there may be taken for less.
    """
    words = line.split()
    name, length = _begin(words)
    rest = " ".join(words[length:]).strip(" .,;:!?—-")
    if name and (desk in (HELP, name) or (not rest and desk != REPORT)):
        return Written(name, rest)
    if desk == HELP:
        return Written(HELP if not words else "")
    return Written(desk, " ".join(words).strip(" .,;:!?—-"))


def command_alone(line: str) -> str:
    """The command that ``line`` consists of; "" when it is none, or more than one."""
    name, length = _begin(line.split())
    return name if length == len(line.split()) else ""


def without_until(text: str) -> str:
    """``text`` without a first word that means "until"."""
    words = text.split()
    return " ".join(words[_length(words, _UNTIL) :])


def behind_auto(text: str) -> str | None:
    """What stands behind a first word that means "automatic" in ``text``; None when it does not begin with one."""
    words = text.split()
    length = _length(words, _AUTO)
    return " ".join(words[length:]) if length else None


def _length(words: Sequence[str], name: str) -> int:
    """How many of the first ``words`` are the longest phrase for ``name``; 0 for none."""
    lengths = range(min(len(words), _LONGEST), 0, -1)
    return next((one for one in lengths if _phrases().get(folded_words(" ".join(words[:one]))) == name), 0)


def _begin(words: Sequence[str]) -> tuple[str, int]:
    """The command that the longest phrase at the beginning of ``words`` means, and how many words that phrase has."""
    for length in range(min(len(words), _LONGEST), 0, -1):
        name = _phrases().get(folded_words(" ".join(words[:length])), _UNTIL)
        if name not in (_UNTIL, _AUTO):
            return name, length
    return "", 0


@lru_cache(maxsize=1)
def _phrases() -> Mapping[tuple[str, ...], str]:
    """What each phrase means, by its folded words."""
    tables = (tomllib.loads(file.read_text("utf-8")) for file in _files())
    return {folded_words(phrase): name for table in tables for name, phrases in table.items() for phrase in phrases}


def _files() -> list[Traversable]:
    found = files(__package__).joinpath("words").iterdir()
    return sorted((file for file in found if file.name.endswith(".toml")), key=lambda file: file.name)
