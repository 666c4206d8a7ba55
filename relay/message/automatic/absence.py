"""Recognises absence messages by their words, in the languages of absence_phrases.toml.

A person may write the same: that they are away, and whom to ask meanwhile. A machine's message says so at once, asks
nothing, and does not know whom it is written to.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from importlib.resources import files

LONGEST = 1500
"""Characters of a message that is read for these phrases: longer ones are letters."""
_BEGINNING = 350  # characters in which a message says that its author is away
_GREETING = 120  # characters in which a person names whom they write to
_GAP = 60
_KEY, _SHORT = _KEYS = 4, 2
_WORD_BEGINS = re.compile(r"(?<![^\W_])\w|[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Where a phrase may begin: at words, and in scripts without spaces, or with endings written on, at every letter."""
_TAG = re.compile(r"(?:\s*(?:\[[^\[\]]{0,40}\]|\([^()]{0,40}\)))+\s*")
_AFTER_SUBJECT = re.compile(r"\s*(?:[:：\-–—]|$)")
_SENTENCE_BEGINS = re.compile(r"(?:\A|[.!?:。！？।*\-–—(\n])[\s\"'*_]*+")
_SENTENCE_ENDS = re.compile(r"(?<!\d)\.|[!?。！？।]")  # "the 9. of February" goes on
_QUESTION = re.compile(r"[?？؟¿]")

Phrase = tuple[str, ...]
"""The pieces between gaps, in their order."""


PHRASES: dict[str, dict[str, list[str]]] = tomllib.loads(
    files(__package__).joinpath("absence_phrases.toml").read_text("utf-8")
)
"""By language and kind."""


def _phrases(kind: str) -> tuple[Phrase, ...]:
    those = (phrase for language in PHRASES.values() for phrase in language.get(kind, ()))
    return tuple(dict.fromkeys(tuple(piece.strip() for piece in one.split("*") if piece.strip()) for one in those))


def _by_beginning(*kinds: str) -> dict[str, tuple[Phrase, ...]]:
    """The phrases of these kinds by the characters they begin with: four, or two of a shorter first piece."""
    found: dict[str, tuple[Phrase, ...]] = {}
    for phrase in (one for kind in kinds for one in _phrases(kind)):
        key = phrase[0][:_KEY] if len(phrase[0]) >= _KEY else f"{phrase[0]} "[:_SHORT]
        found[key] = (*found.get(key, ()), phrase)
    return found


_SUBJECTS, _TITLES = _by_beginning("subject"), _by_beginning("title")
_AUTO, _AWAY, _MEANWHILE = _by_beginning("auto"), _by_beginning("away"), _by_beginning("urgent", "access")


def says_so(subject: str) -> bool:
    """Whether the subject is one that only programs write. Tags before it ("[External]") do not count."""
    return _begins(subject, _SUBJECTS)


def is_absence(subject: str, text: str, addressed: Iterable[str] = ()) -> bool:
    """Whether ``text``, the message's own words, is an absence message; ``addressed`` are names of the recipient, by
    which only a person greets them."""
    if len(text) > LONGEST:
        return False
    text = plain(text)
    flat = text.replace("\n", " ")
    if any(name and plain(name) in flat[:_GREETING] for name in addressed):
        return False
    titled = _begins(subject, _TITLES)
    away = _stands(flat, _AWAY, _BEGINNING)
    automatic = _begins_a_sentence(text, flat, _AUTO)
    if not (titled or away or automatic):
        return False
    meanwhile = _stands(flat, _MEANWHILE)
    if titled and (away or meanwhile):
        return True
    if automatic:
        return away or meanwhile or len(text) <= _BEGINNING
    return away and meanwhile and not _QUESTION.search(text)


def plain(text: str) -> str:
    """For comparison: lower case, one form of apostrophe, one blank between words of a line."""
    text = unicodedata.normalize("NFC", text).casefold().replace("\u2019", "'").replace("\xa0", " ")
    return "\n".join(" ".join(line.split()) for line in text.split("\n"))


def _begins(subject: str, phrases: dict[str, tuple[Phrase, ...]]) -> bool:
    line = plain(subject)
    tag = _TAG.match(line)
    line = line[tag.end() :] if tag else line
    those = (one for size in _KEYS for (one,) in phrases.get(line[:size], ()))
    return any(line.startswith(one) and _AFTER_SUBJECT.match(line, len(one)) for one in those)


def _stands(text: str, phrases: dict[str, tuple[Phrase, ...]], most: int = LONGEST) -> bool:
    """Whether one of the phrases begins within the first ``most`` characters of ``text``."""
    return _one_begins(phrases, text, (begin.start() for begin in _WORD_BEGINS.finditer(text, 0, most)))


def _begins_a_sentence(text: str, flat: str, phrases: dict[str, tuple[Phrase, ...]]) -> bool:
    """Whether one of the phrases stands in ``flat``, the text without its line ends, where a sentence begins."""
    return _one_begins(phrases, flat, (before.end() for before in _SENTENCE_BEGINS.finditer(text)))


def _one_begins(phrases: dict[str, tuple[Phrase, ...]], text: str, places: Iterable[int]) -> bool:
    """Whether one of the phrases begins at one of these places; at nearly all none has the same first characters."""
    return any(
        text.startswith(one[0], at) and _goes_on(text, at + len(one[0]), one[1:])
        for at in places
        for size in _KEYS
        if (those := phrases.get(text[at : at + size]))
        for one in those
    )


def _goes_on(text: str, at: int, pieces: Phrase) -> bool:
    """Whether the further pieces follow, each within the same sentence."""
    for piece in pieces:
        found = text.find(piece, at, at + _GAP + len(piece))
        if found < 0 or _SENTENCE_ENDS.search(text, at, found):
            return False
        at = found + len(piece)
    return True
