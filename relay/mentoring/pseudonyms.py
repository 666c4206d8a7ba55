"""Draws pseudonyms and pair ids: from the system's randomness, meeting nothing that is there already."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Collection, Iterable

from relay.mentoring.pseudonym_words import ADJECTIVES, NOUNS
from relay.model import Identity
from relay.policy.recipients import random_letters

_PAIR_ID = 8  # 38 bits: only has to be different
_CROWDED = 0.6  # when so much of the two-word names is taken, names get three words


def new_pair_id(taken: Collection[str]) -> str:
    """A short id that is not in ``taken``."""
    while (drawn := random_letters(_PAIR_ID)) in taken:
        pass
    return drawn


def words_of(identities: Iterable[Identity]) -> frozenset[str]:
    """Every word by which these people may be known, in lower case: no pseudonym may hold one of them, for their
    letters could then never be told from letters that name somebody."""
    said = " ".join(
        word for identity in identities for part in (identity.addresses, identity.known_as) for word in part
    )
    return frozenset(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", said).casefold()))


def new_name(taken: Collection[str], avoid: frozenset[str] = frozenset()) -> str:
    """A pseudonym such as "Quiet River" that is not in ``taken`` (lower case) and holds no word of ``avoid``.

    When most names of two words are taken, it has three, such as "Quiet Golden River".
    """
    three = len(taken) > _CROWDED * len(ADJECTIVES) * len(NOUNS)
    while True:
        words = [secrets.choice(ADJECTIVES), secrets.choice(NOUNS)]
        if three:
            words.insert(1, secrets.choice(ADJECTIVES))
        if len(set(words)) == len(words) and " ".join(words) not in taken and avoid.isdisjoint(words):
            return " ".join(words).title()


def name_fault(name: str, avoid: frozenset[str]) -> str:
    """What is wrong with a pseudonym somebody chose, in words that follow it; "" when nothing is.

    ``avoid`` are the words of words_of.
    """
    if not 2 <= len(name) <= 60:
        return "must have between 2 and 60 characters"
    if any(unicodedata.category(char)[0] == "C" for char in name) or re.search(r'[<>@"\\]|://', name):
        return "must be plain words: no @, no quotes, no angle brackets"
    if not any(char.isalpha() for char in name):
        return "must have letters in it"
    known = frozenset(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", name).casefold())) & avoid
    return "holds a word by which one of the two is known; choose a name that says nothing of them" if known else ""
