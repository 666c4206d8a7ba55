"""Whether a name that a member chose may stand for them: a human name that resembles nobody it must not resemble."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator

from anyascii import anyascii

from relay.anonymise.names.fold import fold
from relay.model import Identity, Known, Persona

_LONGEST, _MOST_WORDS = 30, 3
_FEW, _MANY = 3, 7
"""Letters of a word from which on a part of it resembles it, and from which on two other letters do not matter."""
_NOBODY = Persona("[name]", "[address]")


def usable(name: str, people: Iterable[Identity], taken: Collection[str]) -> bool:
    """Whether ``name`` can be a pen name. ``people``: the member, with the names in the header of their answer, and
    their partner; ``taken``: other names in use. The caller tells nobody why it cannot."""
    if not _is_a_name(name) or _key(name) in {_key(one) for one in taken}:
        return False
    return all(not _resembles(name, person) for person in people)


def _is_a_name(name: str) -> bool:
    words = name.split()
    if not 1 <= len(words) <= _MOST_WORDS or not 2 <= len(name) <= _LONGEST:
        return False
    return all(unicodedata.category(char)[0] in "LM" or char in " -'’\u200c\u200d" for char in name) and any(
        unicodedata.category(char)[0] == "L" for char in name
    )


def _resembles(name: str, person: Identity) -> bool:
    """Whether ``name`` names ``person``, or is like a word of their names and addresses."""
    from relay.anonymise.identities import Redactor  # loads the names of every language

    if Redactor(Known(person, _NOBODY, Identity(()), Persona("", "")), name).redact(name)[0] != name:
        return True
    theirs = {word for text in (*person.addresses, *person.known_as, *person.learned) for word in _words(text)}
    return any(_alike(own, other) for own in (*_words(name), _key(name)) for other in theirs)


def _words(text: str) -> Iterator[str]:
    """The folded words of a text."""
    yield from re.findall(r"[^\W\d_]+", fold(text).text.casefold())


def _key(name: str) -> str:
    return "".join(re.findall(r"[^\W\d_]+", fold(name).text.casefold()))


def _alike(one: str, other: str) -> bool:
    """Whether two words are the same, one holds the other, or they differ in a letter or two."""
    if one.isascii() != other.isascii():
        return len(_sound(one)) > 1 and _sound(one) == _sound(other)
    short, long = sorted((one, other), key=len)
    if len(short) < _FEW:
        return one == other
    if short in long:
        return True
    return len(short) > _FEW and _distance(short, long) <= (2 if len(short) >= _MANY else 1)


def _sound(word: str) -> str:
    """The consonants of a word in Latin letters: vowels are written, or left out, in many ways."""
    consonants = re.sub("[aeiouyhw'`]", "", anyascii(word).lower())
    return re.sub(r"(.)\1+", r"\1", consonants)


def _distance(one: str, other: str) -> int:
    """The number of letters to be changed, added or left out (Levenshtein)."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        before, row[0] = row[0], number
        for at, against in enumerate(other, 1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (letter != against))
    return row[-1]
