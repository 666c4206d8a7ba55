"""Explains how relay treats a registered name: what it finds, what it leaves, and what the operator should add."""

from __future__ import annotations

from dataclasses import dataclass

import regex
from anyascii import anyascii

from relay.anonymise.names.lexicon import as_written, lexicon
from relay.anonymise.names.person_names import Part, PersonName, registered_names
from relay.model import Identity

_LATIN = regex.compile(r"\p{Script=Latin}")
_OTHER = regex.compile(r"(?=\p{L})[^\p{Script=Latin}]")


@dataclass(frozen=True, slots=True)
class Understood:
    """What is derived from one registered name.

    ``finds``: what is replaced wherever it is a name; ``leaves``: words that stay in ordinary sentences; ``advice``:
    sentences for the operator."""

    finds: tuple[str, ...]
    leaves: tuple[str, ...]
    advice: tuple[str, ...]

    @property
    def line(self) -> str:
        """ "finds: Sean O'Brien, O'Brien, Hope in greetings; leaves: Hope as a word"."""
        left = f"; leaves: {', '.join(self.leaves)} as a word" if self.leaves else ""
        return f"finds: {', '.join(self.finds) or 'the address alone'}{left}"


def understood(identity: Identity) -> Understood:
    """How the names and addresses of one person are treated."""
    finds: dict[str, None] = {}
    leaves: dict[str, None] = {}
    for name in registered_names(identity.known_as, () if identity.known_as else identity.addresses):
        words = _words(name)
        if len(words) > 1:
            finds[" ".join(words.values())] = None
        for part in () if name.phrase else name.parts:
            if _doubtful(part):
                finds[f"{part.written} in greetings"] = leaves[part.written] = None
            else:
                finds[part.written] = None
    return Understood(tuple(finds), tuple(leaves), tuple(_advice(identity, tuple(leaves))))


def _words(name: PersonName) -> dict[str, str]:
    return {part.letters: part.written for part in name.parts}


def _doubtful(part: Part) -> bool:
    words = lexicon()
    ordinary = part.letters in words.ordinary or part.letters in words.proper
    return part.weak or (ordinary and as_written(part.written) in words.written)


def _advice(identity: Identity, leaves: tuple[str, ...]) -> list[str]:
    names = identity.known_as
    advice = []
    if not names:
        advice.append("no name is registered: only what the address tells is found; add how this person signs")
    if leaves:
        advice.append(
            f"{', '.join(leaves)} may be an ordinary word or is short: alone it goes only where a name stands"
        )
    if names and not any(map(_OTHER.search, names)):
        advice.append("if this person also writes the name in another script than Latin, add that spelling")
    if names and not any(map(_LATIN.search, names)):
        advice.append(f"add how this person writes the name in Latin letters, such as {anyascii(names[0]).title()}")
    return advice
