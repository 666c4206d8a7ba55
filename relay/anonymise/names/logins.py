"""Derives logins from a name, as people and administrators form them: hoakwell, oakwellh, hazelo."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import regex
from anyascii import anyascii

from relay.anonymise.names.fold import Folded, letters, skeleton_of
from relay.anonymise.names.lexicon import lexicon

_SHORTEST = 5
_SYLLABLES = regex.compile("[-‐‑]")
_REACH = 40
_WRITTEN_UMLAUT = regex.compile("([aou])e")
# Characters next to a login that are rare next to a word; and words that announce a login.
_SIGN_BEFORE = regex.compile(r"(?:[@~\\_]|//|\.[a-z]{2,}[^\s]*[/=])\Z")
_SIGN_BEHIND = regex.compile(r"[@_0-9]")
_WORDS = "|".join(
    str.split("""
    log-?in user-?name user handle nick alias account profil[a-z]* channel discord github gitlab insta(?:gram)? skype
    telegram snapchat tiktok twitter steam mastodon konto kennung benutzer[a-z]* anmeldename usuari[oa] cuenta compte
    utilisateur identifiant pseudo utente utilizador conta gebruiker[a-z]* inlog[a-z]* anvandar[a-z]* bruker[a-z]*
    kayttaja[a-z]* tunnus[a-z]* kullanici[a-z]* hesab[a-z]* uzytkownik[a-z]* uzivatel[a-z]* akun pengguna felhasznalo
    логин логін ник нік аккаунт акаунт пользовател[а-я]* користувач[а-яі]*
    """)
)
_SAID = regex.compile(rf"\b(?:{_WORDS})\b[^\n]{{0,24}}\Z")
_SAID_BEHIND = regex.compile(rf"[\"'”»]?,? (?:is|ist|est|es|e)\b[^\n.]{{0,12}}\b(?:{_WORDS})\b")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "å": "aa", "ø": "oe"})


def logins(words: Sequence[str]) -> tuple[str, ...]:
    """The logins for a name of two words or more, in Latin letters, folded. Whole words with a joiner between are found
    by the words instead."""
    found: dict[str, None] = {}
    plain = [letters(skeleton_of(word)) for word in words]
    found.update(dict.fromkeys(_with_syllables(words)))
    for spelt in ([_latin(word) for word in words], [_latin(word.translate(_UMLAUTS)) for word in words], plain):
        if all(spelt) and all(map(str.isascii, spelt)):
            found.update(dict.fromkeys(_made(spelt)))
    return tuple(login for login in found if len(login) >= _SHORTEST)


def may_be_a_word(login: str, words: Sequence[str]) -> bool:
    """Whether the login may be a word of its own. Many words consist of a short or ordinary word and one or two
    letters: spark, blight, stormy, sunflower."""
    if login in lexicon().ordinary:
        return True
    for word in words:
        spelt, ordinary = latin_spellings(word), _is_ordinary(word)
        longest = max((len(one) for one in spelt if one in login), default=0)
        if longest >= _SHORTEST and not ordinary:
            return False
    return True


@lru_cache(maxsize=256)
def latin_spellings(word: str) -> frozenset[str]:
    """The spellings of a word in Latin letters, and its letters: the parts that logins consist of."""
    return frozenset((_latin(word), _latin(word.translate(_UMLAUTS)), letters(skeleton_of(word))))


def _is_ordinary(word: str) -> bool:
    """Whether one of its spellings is an ordinary word."""
    known = lexicon().ordinary
    return any(one in known or _WRITTEN_UMLAUT.sub(r"\1", one) in known for one in latin_spellings(word))


def is_login(folded: Folded, start: int, end: int) -> bool:
    """Whether the characters or words next to [start, end) of the skeleton show that it is a login."""
    text = folded.text
    left = text[max(0, start - _REACH) : start]
    return bool(
        _SIGN_BEFORE.search(left)
        or _SIGN_BEHIND.match(text, end)
        or _SAID.search(left)
        or _SAID_BEHIND.match(text, end)
    )


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
        # Two surnames, of which often only the first is used: lfernandez, lfernandezolmedo of Lucía Fernández Olmedo.
        for family in (words[1], "".join(words[1:])):
            yield words[0][0] + family
            yield family + words[0][0]
        yield words[0] + words[1]
        yield "".join(words)
        yield "".join((words[-1], *words[:-1]))
        yield "".join((*words[1:], words[0]))


def _with_syllables(words: Sequence[str]) -> Iterator[str]:
    """The initials of a given name of several syllables, with the surname: ouyangxm, xmouyang of Ouyang Xiao-Ming."""
    for given, family in ((words[0], words[-1]), (words[-1], words[0])):
        initials = "".join(piece[0] for piece in _SYLLABLES.split(given) if piece)
        spelt, first = _latin(family), letters(skeleton_of(anyascii(initials)))
        if len(first) > 1 and spelt.isascii():
            yield first + spelt
            yield spelt + first


def _latin(word: str) -> str:
    return letters(skeleton_of(anyascii(word)))
