"""Makes of a name the log-ins that people and administrators make of it: hoakwell, oakwellh, hazelo."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from anyascii import anyascii

from relay.anonymise.names.fold import letters, skeleton_of

_SHORTEST = 5
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "å": "aa", "ø": "oe"})


def logins(words: Sequence[str]) -> tuple[str, ...]:
    """The log-ins of a name of two words or more, in Latin letters, folded. Those with a joint between whole words are
    found by the words."""
    found: dict[str, None] = {}
    plain = [letters(skeleton_of(word)) for word in words]
    for spelt in ([_latin(word) for word in words], [_latin(word.translate(_UMLAUTS)) for word in words], plain):
        if all(spelt) and all(map(str.isascii, spelt)):
            found.update(dict.fromkeys(_made(spelt)))
    return tuple(login for login in found if len(login) >= _SHORTEST)


def _made(words: Sequence[str]) -> Iterator[str]:
    initials = "".join(word[0] for word in words[:-1])
    for given, family in ((words[0], words[-1]), (words[-1], words[0])):
        yield given[0] + family
        yield family + given[0]
        yield given[:2] + family
        yield family + given[:2]
        yield given + family
    if len(words) > 2:
        yield initials + words[-1]
        yield words[-1] + initials
        yield "".join(words)
        yield "".join((words[-1], *words[:-1]))
        yield "".join((*words[1:], words[0]))


def _latin(word: str) -> str:
    return letters(skeleton_of(anyascii(word)))
