"""What the words of a line show by themselves: whether they are a sentence, speak to somebody, or may be a name."""

from __future__ import annotations

import re

from relay.anonymise.pronouns import FIRST_PERSON

MAX_LINE = 240
"""Patterns are searched in lines up to this length; a longer one is prose."""

SENTENCE_END = re.compile(r"[.!?。！？؟।۔…][)\"'”’»」』]{0,2}$")
CONTINUOUS = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
"""A letter of a script without blanks between words: Thai, Lao, kana, Chinese."""

# The vowel signs at the end of an Indic word belong to it.
_SIGNS = "\u0300-\u036f\u0900-\u0963\u0971-\u0df3\u0e31-\u0e4e\u0eb1-\u0ecd\u1000-\u1049\u1780-\u17d3"
_CAPITALISED = re.compile(
    rf"[^\W\d_a-zß-ÿ][\w'’.{_SIGNS}-]{{0,30}}|(?:von|van|de|der|da|di|bin|al|el|la|du|le|dos|ter|den)"
)
_EDGES = re.compile(rf"^[\W_]+|(?:[^\w{_SIGNS}]|_)+$")
_ASCII_SIGNS = "".join(chr(code) for code in range(128) if not chr(code).isalnum())


def without_edges(words: str) -> str:
    """Without surrounding punctuation."""
    return words.strip(_ASCII_SIGNS) if words.isascii() else _EDGES.sub("", words)


def lettered_words(words: str) -> list[str]:
    """The words that have letters, without surrounding punctuation."""
    if words.isascii():
        return [bare for word in words.split() if (bare := word.strip(_ASCII_SIGNS))[:1].isalpha()]
    return [bare for bare in map(without_edges, words.split()) if bare[:1].isalpha()]


def has_cases(found: list[str]) -> bool:
    """Whether the words are in a script with upper and lower case."""
    firsts = "".join([word[0] for word in found])
    return bool(found) if firsts.isascii() else any(first.isupper() or first.islower() for first in firsts)


def speaks(words: str) -> bool:
    """Whether prose addresses its reader: by a question, or by a pronoun of the first or second person."""
    if words.rstrip(")\"'”’»").endswith(("?", "？", "؟", ";")):
        return True
    if CONTINUOUS.search(words):
        return bool(SENTENCE_END.search(words))
    return any(word.casefold().replace("’", "'") in FIRST_PERSON for word in lettered_words(words[: 2 * MAX_LINE]))


def is_name(words: str) -> bool:
    """Whether the line may be a person's name: one to four capitalised words (short ones in scripts without
    capitals)."""
    found = words.strip(" .,!*_").split()
    return (
        1 <= len(found) <= 4
        and len(words) <= 50
        and all(_CAPITALISED.fullmatch(word) for word in found)
        and not words.endswith(("?", "!"))
        and any(word[:1].isalpha() and word not in ("The", "A", "My") for word in found)
    )
