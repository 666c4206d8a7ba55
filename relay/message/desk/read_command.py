"""Reads a line as a command of the desk, in the words of any language (templates/LANGUAGE/commands.toml).

    pause                          pause, for the pair that the mail is about
    lang fr                        lang, "fr"
    en pause                       at pause@: pause, "en pause"

The addresses of the desk have one name in every language; the words of the line are understood in all of them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources.abc import Traversable

from relay.message.confirmation.answer_line import folded_words
from relay.shipped import shipped

HELP, REPORT = "help", "report"
_UNTIL, _AUTO = "until", "auto"  # words that stand behind a command
_POLITE = "polite"  # words around one
_LONGEST = 6  # words in a phrase
FILE = "commands.toml"
COMMANDS = ("help", "pause", "resume", "away", "leave", "report", "who", "copy", "forget", "address", "lang")

Phrases = Mapping[tuple[str, ...], str]
"""What each phrase means, by its folded words: a command, "until", "auto" or "polite"."""


@dataclass(frozen=True, slots=True)
class Written:
    """A command as somebody wrote it: its ``name``, "" for none that is known, and what follows it in the line.
    ``begun``: the line begins with it."""

    name: str
    argument: str = ""
    begun: bool = field(default=False, compare=False)


def read_command(line: str, desk: str = HELP) -> Written:
    """The command in ``line``, the first of a mail to the desk's address named ``desk``.

    At help@ every command is understood. At another address the line is that command's argument, unless it is just
    the word of another command; at report@ it always is: nothing that is written there may be taken for less.
    """
    words = _without_polite(line.split())
    name, length = _begin(words)
    rest = " ".join(words[length:]).strip(" .,;:!?—-")
    if name and (desk in (HELP, name) or (not rest and desk != REPORT)):
        return Written(name, rest, begun=True)
    if desk == HELP:
        return Written("", " ".join(words)) if words else Written(HELP)
    return Written(desk, " ".join(words).strip(" .,;:!?—-"))


def command_alone(line: str) -> str:
    """The command that ``line`` consists of; "" when it is none, or more than one."""
    if _longest_words().isdisjoint(folded_words(line)):
        return ""  # nearly always
    words = _without_polite(line.split())
    name, length = _begin(words)
    return name if length == len(words) else ""


def mentions(line: str, command: str) -> bool:
    """Whether a phrase for ``command`` stands anywhere in ``line``: "I want to leave because I have no time"."""
    words = line.split()
    return any(_begin(words[at : at + _LONGEST])[0] == command for at in range(len(words)))


def without_until(text: str) -> str:
    """``text`` without a first word that means "until"."""
    words = text.split()
    return " ".join(words[_length(words, _UNTIL) :])


def behind_auto(text: str) -> str | None:
    """What stands behind a first word that means "automatic" in ``text``; None when it does not begin with one."""
    words = text.split()
    length = _length(words, _AUTO)
    return " ".join(words[length:]) if length else None


def _without_polite(words: list[str]) -> list[str]:
    """``words`` without "please" at their beginning and "thank you" at their end, unless there is nothing else."""
    bare = words[_length(words, _POLITE) :]
    while bare and (length := next((one for one in range(1, _LONGEST) if _meaning(bare[-one:]) == _POLITE), 0)):
        bare = bare[:-length]
    return bare or words


def _length(words: Sequence[str], name: str) -> int:
    """How many of the first ``words`` are the longest phrase for ``name``; 0 for none."""
    lengths = range(min(len(words), _LONGEST), 0, -1)
    return next((one for one in lengths if _meaning(words[:one]) == name), 0)


def _begin(words: Sequence[str]) -> tuple[str, int]:
    """The command that the longest phrase at the beginning of ``words`` means, and how many words that phrase has."""
    for length in range(min(len(words), _LONGEST), 0, -1):
        name = _meaning(words[:length])
        if name not in ("", _UNTIL, _AUTO, _POLITE):
            return name, length
    return "", 0


def _meaning(words: Sequence[str]) -> str:
    """What a phrase means: a command, "until", "auto", "polite", or nothing known ("")."""
    folded = folded_words(" ".join(words))
    return _shipped().get(folded) or _more.get(folded, "")


_more: dict[tuple[str, ...], str] = {}
"""The phrases that this process was told to understand beside the shipped ones."""


def understand_commands(folder: Traversable) -> None:
    """Understand the words of the languages in ``folder`` too, from now on and in this process. Raises ValueError."""
    _more.update(command_phrases(folder, _shipped()))
    _longest_words.cache_clear()


def command_phrases(folder: Traversable, known: Phrases | None = None) -> Phrases:
    """The phrases of every language in ``folder``. Raises ValueError, which names the file, for one that cannot be
    read, and for a phrase that means another thing in another of them or among those ``known``."""
    found: dict[tuple[str, ...], str] = {}
    for language in sorted(one.name for one in folder.iterdir() if one.joinpath(FILE).is_file()):
        for name, phrases in _table(language, folder.joinpath(language, FILE)).items():
            for phrase in phrases:
                words = folded_words(phrase)
                means = (known or {}).get(words, name)
                if found.setdefault(words, means) != name:
                    raise ValueError(f"{language}/{FILE}: “{phrase}” means {name} here, and {found[words]} elsewhere")
    return found


def _table(language: str, file: Traversable) -> Mapping[str, Sequence[str]]:
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{language}/{FILE} cannot be read: {error}") from error
    if not table.keys() <= {*COMMANDS, _UNTIL, _AUTO, _POLITE}:
        raise ValueError(f"{language}/{FILE} may have nothing but {', '.join((*COMMANDS, _UNTIL, _AUTO, _POLITE))}")
    for name, phrases in table.items():
        if not isinstance(phrases, list) or not all(isinstance(one, str) and folded_words(one) for one in phrases):
            raise ValueError(f"{language}/{FILE}: {name} must be a list of words and phrases")
    return table


@lru_cache(maxsize=1)
def _longest_words() -> frozenset[str]:
    """The longest word of each phrase that means a command: one of them is in every command."""
    known = {**_shipped(), **_more}
    return frozenset(max(words, key=len) for words, name in known.items() if name in COMMANDS)


@lru_cache(maxsize=1)
def _shipped() -> Phrases:
    return command_phrases(shipped("templates"))
