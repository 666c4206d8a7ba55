"""Recognises the line in which a program tells when, where or in which zone a letter was sent: "Sent at 21:14"."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from relay.anonymise.any_case import holds_any
from relay.anonymise.appended.languages import languages
from relay.anonymise.appended.tokens import Token, Vocabulary, tokens
from relay.anonymise.moments import moment_in, zone_in
from relay.anonymise.names.fold import skeleton_of
from relay.anonymise.pronouns import FIRST_PERSON
from relay.message.clock import HAS_CLOCK
from relay.message.digits import ascii_digits

_LONGEST, _MOST_WORDS = 160, 20
_NEAR = 3
_MOST_NAMED, _MOST_UNCASED, _MOST_UNSPACED = 4, 2, 6
_SENTENCE = re.compile(r"[?!？！؟;]|[.。]\s+\S{2,}\s")
_WORD = re.compile(r"[^\W\d_]+")
_MARKS = " .✓✔•·"
_NO_DIGITS = str.maketrans("0123456789", " " * 10)
_NUMBER = re.compile(r"[0-9]")
_MOST_OF_RECEIPT = 4  # words
# Words before the first digit, and behind the last one.
_LETTERS = re.compile(r"([^\d,،、]{1,40}?)[ ,،、]*(?=[0-9])")
_LETTERS_BEHIND = re.compile(r"(?<=[0-9])[ ,،、]*([^\d,،、]{1,40})\Z")
_HALF = re.compile(r"[ap]\.?m\.?\Z", re.IGNORECASE)
_VERB, _BESIDE = "verb", "beside"


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files(__package__).joinpath("stamps.toml").read_text("utf-8"))


def _verbs() -> list[str]:
    return [
        *(phrase for one in _table().values() for phrase in one["verbs"]),
        *(phrase for one in languages() for key in ("opens", "ends") for phrase in one.sent.phrases.get(key, ())),
    ]


def _alone() -> list[str]:
    return [phrase for one in _table().values() for phrase in one.get("alone", ())]


@lru_cache(maxsize=1)
def _receipt_words() -> frozenset[str]:
    """The words of receipts, folded, without blanks."""
    return frozenset(map(_in_one, _alone()))


def _in_one(phrase: str) -> str:
    return "".join(skeleton_of(phrase).split())


class _Ends(NamedTuple):
    """The first words of phrases or of a line, the last ones, and those of scripts without blanks."""

    firsts: frozenset[str]
    lasts: frozenset[str]
    unspaced: tuple[str, ...]

    def may_stand_in(self, line: _Ends) -> bool:
        """A quick test: whether one of these phrases may begin the line or end it."""
        if not (self.firsts.isdisjoint(line.firsts) and self.lasts.isdisjoint(line.lasts)):
            return True
        return any(holds_any(words, self.unspaced) for words in line.unspaced)


def _ends_of_phrases(phrases: Iterable[str]) -> _Ends:
    several = [found for found in map(tokens, phrases) if found]
    spaced = [found for found in several if not found[0].unspaced]
    return _Ends(
        frozenset(found[0].folded for found in spaced),
        frozenset(found[-1].folded for found in spaced),
        tuple(dict.fromkeys("".join(token.folded for token in found) for found in several if found[0].unspaced)),
    )


def _ends_of_line(line: str) -> _Ends:
    """Of a line's first and last words; digits part words."""
    words = ascii_digits(line).translate(_NO_DIGITS).strip(_MARKS).split()
    firsts = frozenset(token.folded for token in tokens(" ".join(words[:_NEAR])))
    lasts = frozenset(token.folded for token in tokens(" ".join(words[-_NEAR:]))) if len(words) > _NEAR else firsts
    return _Ends(firsts, lasts, () if line.isascii() else (_in_one(line),))


@lru_cache(maxsize=1)
def _ends_of_verbs() -> _Ends:
    return _ends_of_phrases(_verbs())


@lru_cache(maxsize=1)
def _ends_of_receipts() -> _Ends:
    return _ends_of_phrases(_alone())


@lru_cache(maxsize=1)
def _vocabulary() -> Vocabulary:
    programs = tomllib.loads(files(__package__).joinpath("programs.toml").read_text("utf-8"))
    beside = [
        *(word for one in _table().values() for word in one["beside"].split()),
        *(word for one in languages() for word in one.sent.phrases.get("words", ())),
        *(word for key in ("devices", "generic", "beside") for word in programs[key].split()),
        *programs["programs"],
    ]
    phrases = ((phrase, kind) for kind, several in ((_VERB, _verbs()), (_BESIDE, beside)) for phrase in several)
    return Vocabulary((phrase, kind) for phrase, kind in phrases if tokens(phrase))


def load() -> None:
    """Read the words. Raises ValueError when a file is invalid."""
    _vocabulary()
    _ends_of_verbs()
    _ends_of_receipts()
    _receipt_words()
    _table.cache_clear()


def is_stamp(line: str) -> bool:
    """Whether the whole line is such a stamp: it begins or ends with a word for sending or writing, tells a time of day
    or a time zone, and has hardly any words but the names of a place or program; or it is a lone receipt. Bounded
    work."""
    if not line or len(line) > _LONGEST or not (HAS_CLOCK.search(line) or "/" in line):
        return False
    ends = _ends_of_line(line)
    if _ends_of_receipts().may_stand_in(ends) and _is_lone_receipt(line):
        return True
    return _ends_of_verbs().may_stand_in(ends) and _is_told(line)


def _is_told(line: str) -> bool:
    """Whether a line with a word for sending or writing is a stamp."""
    moment = moment_in(line, 0, len(line))
    span = (_past_verb(line, moment.start), moment.end) if moment else zone_in(line)
    if span is None:
        return False
    rest = f"{line[: span[0]]} {line[span[1] :]}"
    several = [kinds for kinds, words in _vocabulary().segments(tokens(line)) if not words[0].folded.isdigit()]
    if _SENTENCE.search(rest) or not 0 < len(several) <= _MOST_WORDS:
        return False
    if _VERB not in several[0] | several[-1]:
        return False
    return _is_name([words[0] for kinds, words in _vocabulary().segments(tokens(rest)) if not kinds])


def _is_lone_receipt(line: str) -> bool:
    """Whether it is a word of receipts and a moment, and nothing else. "Read 9:14" may be a verse."""
    bare = ascii_digits(line.strip(_MARKS))
    if not _NUMBER.search(bare):
        return False
    # "既読 21:14", "21:14 既読": the word stands at one end, before any digit or behind the last one.
    before, behind = _LETTERS.match(bare), _LETTERS_BEHIND.search(bare)
    if before and _in_one(before[1]) in _receipt_words():
        return _is_moment(bare[before.end() :])
    words = bare.split()
    for size in range(1, min(_MOST_OF_RECEIPT, len(words)) + 1):
        if _in_one(" ".join(words[:size])) in _receipt_words():
            return _is_moment(" ".join(words[size:]))
    return behind is not None and _in_one(behind[1]) in _receipt_words() and _is_moment(bare[: behind.start()])


def _is_moment(text: str) -> bool:
    """Whether this is a moment with a date, a zone, "PM" or a preposition, and nothing else."""
    text = text.strip(" ,،、-–—")
    moment = moment_in(text, 0, len(text)) if text else None
    if moment is None or moment.start or text[moment.end :].strip(" ,."):
        return False
    return moment.dated or moment.zoned or text[0].isalpha() or bool(_HALF.search(text))


def _past_verb(line: str, start: int) -> int:
    """Where a moment begins without "Sent", which is a word of dates in the lines above quotations."""
    word = _WORD.match(line, start)
    is_verb = word and any(_VERB in kinds for kinds, _ in _vocabulary().segments(tokens(word[0])))
    return word.end() if word and is_verb else start


def _is_name(unknown: list[Token]) -> bool:
    """Whether the words that programs do not write there may be the name of a place: few, and with capitals."""
    if any(token.folded in FIRST_PERSON for token in unknown):
        return False
    unspaced = sum(len(token.folded) for token in unknown if token.unspaced)
    spaced = [token.written for token in unknown if not token.unspaced and not token.folded.isdigit()]
    uncased = [word for word in spaced if not (word[0].isupper() or word[0].islower())]
    capital = all(word[0].isupper() or len(word) == 1 for word in spaced if word not in uncased)
    return capital and len(spaced) <= _MOST_NAMED and len(uncased) <= _MOST_UNCASED and unspaced <= _MOST_UNSPACED
