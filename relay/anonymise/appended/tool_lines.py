"""Recognises the line in which a tool tells what it did with a letter: "Drafted with Gemini", "Scanned with X"."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

from relay.anonymise.appended.hints import Hints
from relay.anonymise.appended.languages import languages
from relay.anonymise.appended.tokens import Token, Vocabulary, tokens
from relay.anonymise.pronouns import FIRST_PERSON

_LONGEST, _MOST_WORDS = 240, 32
_MOST_NAMED, _MOST_UNSPACED = 3, 4
_ASKS = re.compile(r"[?？؟]")
# Sites of tools: "DeepL.com".
_DOMAIN = re.compile(r"(?<=\w)\.(?:com|net|org|ai|io|ch|app)\b", re.IGNORECASE)
# How printers and scanners name themselves, by their hardware address: Ricoh, Xerox, Brother, HP, Konica Minolta,
# Epson, Canon, Lexmark, Kyocera, OKI.
_DEVICE = re.compile(r"\b(?:RNP|XRX|BRN|BRW|NPI|KMBT|EPSON|HPI?|CANON|ET|LXK|KM|OKI)(?=[A-F]{0,11}\d)[0-9A-F]{6,12}\b")
# Names in a script without blanks: "由ChatGPT生成".
_IN_ASCII = re.compile(r"[A-Za-z0-9]+")
_TOOL, _PLAIN, _VERB, _BESIDE = "tool", "plain", "verb", "beside"


class _Tools(NamedTuple):
    """The phrases with their kinds, a quick test for names, and the names that are words, as they are written, with the
    words before them."""

    vocabulary: Vocabulary
    hints: Hints
    plain: frozenset[str]
    before_plain: frozenset[str]


@lru_cache(maxsize=1)
def _tools() -> _Tools:
    table = tomllib.loads(files(__package__).joinpath("tools.toml").read_text("utf-8"))
    plain = table["plain"].split()
    spoken = [one for one in table.values() if isinstance(one, dict)]
    phrases = [
        *((name, _TOOL) for name in (*table["tools"], *table["shows"])),
        *((name, _PLAIN) for name in plain),
        *((verb, _VERB) for one in spoken for verb in one["verbs"]),
        *((word, _BESIDE) for one in spoken for word in one["beside"].split()),
        *((word, _BESIDE) for word in table["before_plain"].split()),
        *(
            (phrase, _VERB)
            for one in languages()
            for key in ("opens", "ends")
            for phrase in one.sent.phrases.get(key, ())
        ),
    ]
    hints = Hints((*table["tools"], *table["shows"], *plain))
    return _Tools(Vocabulary(phrases), hints, frozenset(plain), frozenset(table["before_plain"].split()))


def load() -> None:
    """Read the words. Raises ValueError when the file is invalid."""
    _tools()


def is_tool_line(line: str) -> bool:
    """Whether the whole line names a tool and what was done with it, and has no other words but a few names. What
    somebody tells of themselves ("I wrote it with ChatGPT") stays. Bounded work."""
    if not line or len(line) > _LONGEST:
        return False
    known = _tools()
    device = _DEVICE.search(line)
    if not (device or _may_name(line, known.hints)) or _ASKS.search(line):
        return False
    found = tokens(_DOMAIN.sub(" ", _DEVICE.sub(" ", line) if device else line))
    if not 0 < len(found) <= _MOST_WORDS:
        return False
    segments = known.vocabulary.segments(found)
    kinds = frozenset[str]().union(*(kinds for kinds, _ in segments))
    if _VERB not in kinds:
        return False
    unknown = [several[0] for several_kinds, several in segments if not several_kinds]
    if device or _TOOL in kinds:
        return _are_names(unknown)
    return _PLAIN in kinds and not unknown and _names_plain(found, known)


def _may_name(line: str, hints: Hints) -> bool:
    """A quick test for most lines: False is certain."""
    return hints.count(line) > 0 or (not line.isascii() and hints.count(_IN_ASCII.sub(r" \g<0> ", line)) > 0)


def _names_plain(found: list[Token], known: _Tools) -> bool:
    """Whether a name that is also a word stands behind one of the words for it: "Drafted with Gemini"."""
    return any(
        token.written in known.plain and (token.glued or before.unspaced or before.folded in known.before_plain)
        for before, token in pairwise(found)
    )


def _are_names(unknown: list[Token]) -> bool:
    """Whether the other words may be names of a firm, a language or a product: few, and with capitals. Endings that are
    written onto a name are none ("ChatGPT-vel")."""
    if any(token.folded in FIRST_PERSON for token in unknown):
        return False
    spaced = [token.written for token in unknown if not (token.unspaced or token.glued or token.folded.isdigit())]
    unspaced = sum(len(token.folded) for token in unknown if token.unspaced)
    return len(spaced) <= _MOST_NAMED and unspaced <= _MOST_UNSPACED and all(word[0].isupper() for word in spaced)
