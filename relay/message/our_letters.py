"""Recognises relay's own letters where somebody quotes or forwards one: by the codes and reply addresses of its
questions, and by the sentences of the templates, in every language.

Such a letter is for its reader only. It may say that they asked to leave, or what was seen in a letter of theirs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources.abc import Traversable

from relay.shipped import shipped

_WELCOME = "welcome.txt"
"""The letter that is answered to the other member: it is none of those that are recognised."""
_FIRST = 5
"""Words by which a sentence is looked up."""
_LENGTH = 24
"""Characters of a sentence that tells anything."""
_ENOUGH = 2
"""Sentences that tell a letter of relay's: one alone may be anybody's."""
_FIRST_REACH, _REACH = 160, 400  # characters of these words, and of a sentence
_SUBJECT, _PREFIXES = 400, 8  # characters of a subject, and pieces between its colons
_QUESTIONS = 8  # codes and addresses that are asked about

_BEGUN = re.compile(r"[.!?:;؟।。…\n](?=[>\s]{0,40}+([^>\s]{1,40}+)[>\s]{1,40}+([^>\s]{1,40}+))")
_BLANK = re.compile(r"[>\s]+")
_STOP = re.compile(r"[.!?:;؟।。…](?:\s|\Z)|\0")
_MARKUP = re.compile(r"\{%[^%]*%\}")
_PLACE = re.compile(r"\{\{[^}]*\}\}")
_HELP = ": {{ help }}"
_STOPS = re.compile("[.!?:;؟।。…]")
_CLOSING = re.compile(r"^(.+)\n\{\{ programme \}\}\s*\Z", re.MULTILINE)
_OUTER = ".,;:!?()[]{}<>«»“”„‘’\"'*_-–—؟،؛।。… \0"

_CODE = "(?=[A-Z]*[2-9])(?=[2-9]*[B-Z])[2-9BCDFGHJKMNPQRSTVWXYZ]{6}"
_IN_SUBJECT = re.compile(rf"\[({_CODE})\]")
_ANY_CODE = re.compile(rf"(?<![\w-]){_CODE}(?![\w-])")
# Where it begins is looked at last, so that places are found by their first character.
_ADDRESS = re.compile(r"([cdi]-(?<![\w-]..)[0-9a-f]{24})@")
_CODE_ALONE = re.compile(r"[^\w\n]{0,4}([0-9A-Za-z](?:[ -]?[0-9A-Za-z]){5})[^\w\n]{0,4}")
_FIRST_LINE = 24


def sentences_of_ours(text: str) -> tuple[str, ...]:
    """The sentences of relay's letters in ``text``, folded; () when there are too few to tell it from anybody's words.
    Linear."""
    known, found = _known(), dict[str, None]()
    text = "\n" + text.casefold()
    if known.beginnings.isdisjoint(_BEGUN.findall(text)):
        return ()
    for begun in _BEGUN.finditer(text):
        if begun.groups() in known.beginnings:
            sentences = known.sentences.get(_said(text, begun.start(1), _FIRST_REACH, _FIRST))
            if sentences:
                said = _said(text, begun.start(1), _REACH)
                found |= dict.fromkeys(one for one in sentences if said.startswith(one))
    if len(found) == 1 and not known.helping.isdisjoint(found):
        found |= dict.fromkeys(one for one in known.closings if one in text)
    return tuple(found) if len(found) >= _ENOUGH else ()


def questions_of_ours(subject: str, texts: Sequence[str], *, quoted: bool) -> tuple[str, ...]:
    """What a letter of these ``texts`` shows of relay's questions: codes, and local parts of reply addresses. A code
    counts in brackets in the subject, as the first line of a text, or where relay is ``quoted``. () for nearly every
    letter."""
    found = dict.fromkeys(_IN_SUBJECT.findall(subject[:_SUBJECT]))
    for text in texts:
        found |= dict.fromkeys(_ADDRESS.findall(text))
        if alone := _code_begun(text):
            found[alone] = None
    if found or quoted:
        found |= dict.fromkeys(code for text in texts for code in _ANY_CODE.findall(text))
    return tuple(found)[:_QUESTIONS]


def _code_begun(text: str) -> str:
    """The code of which the first line of a letter consists, as people type it; "" for nearly every letter."""
    line = text[: 2 * _FIRST_LINE].lstrip()[:_FIRST_LINE].partition("\n")[0]
    alone = _CODE_ALONE.fullmatch(line.rstrip())
    code = re.sub("[ -]", "", alone[1]).upper() if alone else ""
    return code if _ANY_CODE.fullmatch(code) else ""


def is_subject_of_ours(subject: str, *, quoted: bool) -> bool:
    """Whether a subject, behind the prefixes of answers, is that of one of relay's letters. Without a code it is only
    where such a letter is ``quoted``: "Thank you for your answer" may be anybody's."""
    bare = _IN_SUBJECT.sub("", subject[:_SUBJECT])
    if not quoted and bare == subject:
        return False
    parts = bare.split(":")[-_PREFIXES:]
    behind = (":".join(parts[at:]) for at in range(len(parts)))
    return any(_folded(one.casefold().split()) in _known().subjects for one in behind)


def understand_letters(folder: Traversable) -> None:
    """Recognise the letters of the templates in ``folder``, too, from now on and in this process."""
    _folders.append(folder)
    _known.cache_clear()


_folders: list[Traversable] = []
"""What this process was told to read beside the shipped templates."""


def load() -> None:
    """Read the templates."""
    _known()


@dataclass(frozen=True, slots=True)
class _Known:
    """What recognises the letters of relay, folded. ``sentences``: by their first words, up to what is filled in;
    ``beginnings``: the first two words of each, with their marks; ``helping``: those sentences that say where help is;
    ``closings``: the lines that stand below them; ``subjects``: those without anything to fill in."""

    sentences: Mapping[str, Mapping[str, None]]
    beginnings: frozenset[tuple[str, str]]
    helping: frozenset[str]
    closings: frozenset[str]
    subjects: frozenset[str]


@lru_cache(maxsize=1)
def _known() -> _Known:
    read = [
        (file.name, file.read_bytes().decode("utf-8", "replace")) for folder in _places() for file in _letters(folder)
    ]
    welcomes = [text for name, text in read if name == _WELCOME]
    others = [text for name, text in read if name != _WELCOME]
    sentences: dict[str, dict[str, None]] = defaultdict(dict)
    beginnings: set[tuple[str, str]] = set()
    welcome = {sentence for text in welcomes for _, sentence in _sentences(text)}
    for beginning, sentence in (one for text in others for one in _sentences(text)):
        if sentence not in welcome:
            sentences[_first(sentence)][sentence] = None
            beginnings.add(beginning)
    subjects = {one for text in others for one in _subjects(text)}
    return _Known(
        sentences,
        frozenset(beginnings),
        frozenset(_folded(one.casefold().split()) for text in others for one in _helping(text)),
        frozenset(_folded(one.casefold().split()) for text in others for one in _CLOSING.findall(text)),
        frozenset(subjects - {one for text in welcomes for one in _subjects(text)}),
    )


def _places() -> tuple[Traversable, ...]:
    return (shipped("templates"), *_folders)


def _letters(folder: Traversable) -> Iterator[Traversable]:
    for language in folder.iterdir() if folder.is_dir() else ():
        for file in language.iterdir() if language.is_dir() else ():
            if file.name.endswith(".txt"):
                yield file


def _sentences(template: str) -> Iterator[tuple[tuple[str, str], str]]:
    """The sentences of a template, as far as they have nothing to fill in, each with its first two words as they
    stand."""
    plain = _PLACE.sub("\0", _MARKUP.sub("\n", template.partition("\n")[2])).casefold()
    for begun in _BEGUN.finditer(plain):
        line = plain[begun.start(1) : begun.start(1) + _REACH].partition("\n")[0]
        stop = _STOP.search(line)
        sentence = _folded(line[: stop.start() if stop else None].split())
        if len(sentence.split()) >= _FIRST and len(sentence) >= _LENGTH:
            yield (begun[1], begun[2]), sentence


def _helping(template: str) -> Iterator[str]:
    """The sentences that say where help is."""
    for line in template.split("\n") if _HELP in template else ():
        if line.endswith(_HELP):
            yield _STOPS.split(line.removesuffix(_HELP))[-1]


def _first(sentence: str) -> str:
    return " ".join(sentence.split(None, _FIRST)[:_FIRST])


def _subjects(template: str) -> Iterator[str]:
    """The subjects that a template may have, unless there is something to fill in."""
    subject = template.partition("\n")[0].removeprefix("Subject:").replace("[{{ code }}]", "")
    for one in _MARKUP.sub("\n", subject).split("\n"):
        if "{{" not in one and (folded := _folded(one.casefold().split())):
            yield folded


def _said(text: str, start: int, reach: int, most: int | None = None) -> str:
    """The words from ``start`` on, folded, without the marks of quotations: at most ``most`` of those in reach."""
    return _folded(_BLANK.sub(" ", text[start : start + reach]).split()[:most])


def _folded(words: list[str]) -> str:
    """Words, which are casefolded, as they are compared."""
    return " ".join(bare for word in words if (bare := word.strip(_OUTER)))
