"""Draws pseudonyms and pair ids from the system's random source, different from those in use."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Collection, Iterable

from relay.mentoring.pseudonym_words import ADJECTIVES, NOUNS
from relay.model import Identity
from relay.policy.recipients import random_letters

_PAIR_ID = 8  # letters, 38 bits: ids must differ, but need not be secret
_CROWDED = 0.6  # share of two-word names in use, above which names get three words


def new_pair_id(taken: Collection[str]) -> str:
    """A short id that is not in ``taken``."""
    while (drawn := random_letters(_PAIR_ID)) in taken:
        pass
    return drawn


def words_of(identities: Iterable[Identity]) -> frozenset[str]:
    """Every word in the addresses and real names of these people, in lower case.

    A pseudonym must hold none of them, because a letter with the pseudonym would then always look identifying.
    """
    text = " ".join(
        word for identity in identities for part in (identity.addresses, identity.known_as) for word in part
    )
    return frozenset(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text).casefold()))


def new_name(taken: Collection[str], avoid: frozenset[str] = frozenset()) -> str:
    """A pseudonym such as "Quiet River" that is not in ``taken`` (lower case) and holds no word of ``avoid``.

    When 60 % of the names of two words are taken, it has three, such as "Quiet Golden River".
    """
    three = len(taken) > _CROWDED * len(ADJECTIVES) * len(NOUNS)
    while True:
        words = [secrets.choice(ADJECTIVES), secrets.choice(NOUNS)]
        if three:
            words.insert(1, secrets.choice(ADJECTIVES))
        if len(set(words)) == len(words) and " ".join(words) not in taken and avoid.isdisjoint(words):
            return " ".join(words).title()


def name_fault(name: str, avoid: frozenset[str]) -> str:
    """What is wrong with a pseudonym that an operator chose, as the rest of a sentence; "" when nothing is wrong.

    ``avoid`` comes from words_of.
    """
    if not 2 <= len(name) <= 60:
        return "must have between 2 and 60 characters"
    if any(unicodedata.category(char)[0] == "C" for char in name) or re.search(r'[<>@"\\]|://', name):
        return "must be plain words: no @, no quotes, no angle brackets"
    if not any(char.isalpha() for char in name):
        return "must have letters in it"
    known = frozenset(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", name).casefold())) & avoid
    return "holds a word of a real name or address of the two; choose another" if known else ""
