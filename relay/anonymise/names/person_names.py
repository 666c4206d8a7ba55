"""Derives what is searched from registered names, addresses and display names: the parts of each name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import regex
from anyascii import anyascii

from relay.anonymise.names.fold import letters, skeleton_of
from relay.anonymise.names.latin import in_latin
from relay.anonymise.names.lexicon import CONTINUOUS, lexicon
from relay.anonymise.names.logins import latin_spellings, logins, may_be_a_word
from relay.anonymise.names.name_words import is_vietnamese, mailbox_words, plain, split_names
from relay.anonymise.names.roles import CONJUNCTIONS, CONNECTIVES
from relay.anonymise.names.spellings import Form, Spellings, spellings_of
from relay.anonymise.names.without_forms import without_forms

_LONG_NAME = 8
_LATIN = regex.compile(r"\p{Script=Latin}")
_HUMP = regex.compile(r"(?<=[a-z])(?=[A-Z])")
# Alphabetic scripts: their transliterations differ little between standards.
_ALPHABETIC = regex.compile(r"[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Georgian}\p{Script=Armenian}]")
# After two words: "Itziar y Ramiro Bengoa" are two people.
_CONJUNCTION = regex.compile(r"\S[ \t]+\S+[ \t](\p{Ll})(?=[ \t])")
_HANGUL = regex.compile(r"\p{Script=Hangul}")
_SIGNS = regex.compile("[&+,]")
# A legal form in brackets: (株)青葉.
_BRACKETED = regex.compile(r"\A\(\w+\)|\(\w+\)\Z")
_MOST_OF_FIRM = 4
_WRITTEN_CONJUNCTIONS = frozenset(one for one in CONJUNCTIONS if len(one) > 1 and one.isalpha() and one.isascii())


@dataclass(frozen=True, slots=True)
class Part:
    """One word of a name. ``number`` is its index in the name; ``weak``: alone it identifies nobody; ``exact``: the
    spelling that an accented word must have (Vietnamese); ``login``: it occurs whole, without endings; ``anywhere``: it
    also counts inside of a longer word; ``written``: the word as registered; ``capital``: alone it counts only with a
    capital."""

    letters: str
    number: int
    spellings: Spellings
    weak: bool = False
    exact: str = ""
    login: bool = False
    anywhere: bool = False
    written: str = ""
    capital: bool = False


class Compounds:
    """Combinations of the words of one name: logins, and the name in one piece. Computed only for texts that hold one
    of the ``needles``: the first, second or last word, one of which every compound contains."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        # Of three words the second may be a surname whose login has no other: lfernandez of Lucía Fernández Olmedo.
        edges = frozenset().union(*map(latin_spellings, {words[0], words[1], words[-1]}))
        # Many texts contain numbers: a compound with one is searched only where the other word occurs, too.
        self.needles = tuple(one for one in edges if one and not one.isdigit())

    @cached_property
    def initials(self) -> frozenset[str]:
        """The first letters of its words, in Latin letters, too."""
        return frozenset(one[0] for word in self._words for one in latin_spellings(word) if one)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The logins, then the name in one piece."""
        words = self._words
        made = [Part(one, -1, Spellings.alone(one), may_be_a_word(one, words), login=True) for one in logins(words)]
        return (*made, *_in_one_piece(words))


class FirmCompounds(Compounds):
    """An employer's name in one piece, with "and" before its last word, or as ``registered``: harbourandquill,
    bankoflindholm."""

    def __init__(self, words: Sequence[str], registered: Iterable[str]) -> None:
        super().__init__(words)
        self._registered = tuple(registered)

    @cached_property
    def initials(self) -> frozenset[str]:
        """None: an employer has no initials."""
        return frozenset()

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The name with each word that means "and"."""
        spelt = product(*map(latin_spellings, self._words[:_MOST_OF_FIRM]))
        wholes = ["".join(words[:-1]) + one + words[-1] for words in spelt for one in sorted(_WRITTEN_CONJUNCTIONS)]
        wholes += sorted({one for name in self._registered for one in latin_spellings(name)})
        return tuple(Part(one, -1, Spellings.alone(one), login=True) for one in dict.fromkeys(wholes))


@dataclass(frozen=True, slots=True)
class PersonName:
    """One name: its ``parts``, one per word; their ``compounds``; ``phrase``: only all words together identify somebody
    (an employer), with ``connectives`` between them; ``joined``: one-letter words that are registered between its parts
    (Ortega y Gasset); ``of_address``: it is known only from an address."""

    parts: tuple[Part, ...]
    compounds: Compounds | None = None
    phrase: bool = False
    joined: frozenset[str] = frozenset()
    of_address: bool = False
    connectives: frozenset[str] = frozenset()

    @property
    def words(self) -> tuple[str, ...]:
        """Its words in order, letters only."""
        return tuple(part.letters for part in self.parts)


def registered_names(known_as: Sequence[str], addresses: Iterable[str]) -> tuple[PersonName, ...]:
    """The names that a person is known as, and those in their addresses, without duplicates."""
    registered = [split for name in known_as for split in split_names(name)]
    mailboxes = [list(found_in) for found_in in map(mailbox_words, addresses) if found_in]
    telling = frozenset(word for words in mailboxes for word in map(plain, words))
    persons = _persons(registered, telling)
    found: dict[tuple[str, ...], PersonName] = {}
    for words, firm in registered:
        key = tuple(map(plain, words))
        found.setdefault(key, _name(words, phrase=firm, telling=telling, persons=persons))
    for words, firm in registered:
        for latin in romanised(words) if not firm else ():
            found.setdefault(tuple(map(plain, latin)), _name(latin, weak=not _ALPHABETIC.match(words[0])))
    for words in mailboxes:
        key = tuple(map(plain, words))
        found.setdefault(key, _name(words, weak=len(words) == 1, of_address=True))
    joined = frozenset(skeleton_of(each[1]) for name in known_as for each in _CONJUNCTION.finditer(name))
    connectives = {name: frozenset(_connectives(" ".join(without_forms(name).words))) for name in known_as}
    connected = [name for name, found_in in connectives.items() if found_in]
    both = frozenset().union(*connectives.values())
    return tuple(
        replace(_connected(name, connected), joined=joined, connectives=both) for name in found.values() if name.parts
    )


def _connected(name: PersonName, connected: Sequence[str]) -> PersonName:
    """An employer's name, with what it is in one piece."""
    if not (name.phrase and connected and len(name.parts) > 1):
        return name
    words = [part.written for part in name.parts]
    registered = (one for one in connected if all(word in one for word in words))
    return replace(name, compounds=FirmCompounds(words, registered))


def _connectives(name: str) -> Iterator[str]:
    """The words and signs that connect the words of a registered name, and what people write for them."""
    found = {sign for word in _SIGNS.sub(r" \g<0> ", skeleton_of(name)).split() if (sign := word.strip(".'"))}
    yield from found & CONNECTIVES
    if found & CONJUNCTIONS:
        yield from CONJUNCTIONS


def learned_names(learned: Iterable[str], registered: Iterable[PersonName]) -> tuple[PersonName, ...]:
    """The names that a letter's own header gives its author besides the ``registered`` ones."""
    own = frozenset(word for name in registered if not name.of_address for word in name.words)
    known = {name.words for name in registered}
    found: dict[tuple[str, ...], PersonName] = {}
    for name in learned:
        for words, _ in split_names(name):
            key = tuple(map(plain, words))
            if key in known or key in found:
                continue
            # A one-word display name may be anything; one of several words is a name: each alone counts with a capital.
            strange = own.isdisjoint(key)
            found[key] = _name(words, weak=strange and len(words) == 1, persons=frozenset() if strange else None)
    return tuple(name for name in found.values() if name.parts)


def handles(addresses: Iterable[str]) -> Iterator[str]:
    """The local parts that are no names but identifying: six letters and digits or more, and no role."""
    for address in addresses:
        local = skeleton_of(address.rpartition("@")[0]).partition("+")[0]
        whole = letters(local)
        if len(whole) >= 6 and not mailbox_words(address):
            yield whole


def _persons(registered: list[tuple[list[str], bool]], telling: frozenset[str]) -> frozenset[str]:
    """The words that are certainly the person's: those of the addresses, and of the first name that is no
    employer's."""
    first = next((words for words, firm in registered if not firm), [])
    return telling | frozenset(map(plain, first))


def romanised(words: Sequence[str]) -> Iterator[list[str]]:
    """A name of another script in its usual Latin spellings; nothing for a name in Latin letters."""
    if any(_LATIN.search(word) for word in words):
        return
    # Syllables of Korean and Chinese names are often joined by a hyphen.
    bare = [_HUMP.sub("-", anyascii(word)).strip("-") for word in words]
    for latin in (bare, *in_latin(words)):
        yield [word for word in latin if _LATIN.search(word)]


def _name(
    words: list[str],
    *,
    phrase: bool = False,
    weak: bool = False,
    telling: frozenset[str] = frozenset(),
    persons: frozenset[str] | None = None,
    of_address: bool = False,
) -> PersonName:
    vietnamese = is_vietnamese(words)
    # A name that shares no word with the first may be an employer's: its words count alone only with a capital.
    capital = persons is not None and len(words) > 1 and persons.isdisjoint(map(plain, words))
    parts = []
    for number, word in enumerate(words):
        bare = plain(word)
        short = len(bare) < 2 or (len(bare) == 2 and bare.isascii() and bare.isalpha()) or bare.isdigit()
        doubtful = weak or short or vietnamese or (phrase and bare not in telling)
        exact = _accented(word) if vietnamese and not word.isascii() else ""
        if _BRACKETED.search(word):
            spellings = Spellings.bracketed(bare, skeleton_of(word))
        else:
            spellings = Spellings.alone(bare) if bare.isdigit() else spellings_of(word, inflected=not vietnamese)
        parts.append(Part(bare, number, spellings, doubtful, exact, written=word, capital=capital))
    compounds = Compounds(words) if len(words) > 1 and not phrase else None
    return PersonName(tuple(parts), compounds, phrase, of_address=of_address)


def login_of(handle: str) -> Part:
    """A local part that is no name, searched where logins occur."""
    return Part(handle, -1, Spellings.alone(handle), login=True)


def _in_one_piece(words: Sequence[str]) -> Iterator[Part]:
    """Given name and surname in one piece, long enough to be found without word edges, as in "MsJanePollardessay"."""
    bare = [plain(word) for word in words]
    known = lexicon()
    spaced = not (CONTINUOUS.match(bare[0]) or _HANGUL.match(bare[0]))
    if spaced and all(word in known.ordinary or word in known.proper or len(word) < 3 for word in bare):
        return
    orders = [(bare[0], bare[-1]), (bare[-1], bare[0])]
    # Chinese, Korean and Japanese write the surname first; the last letter of 도윤이 is a particle.
    for first, second in dict.fromkeys(orders if spaced or len(bare[0]) > 1 else orders[:1]):
        if len(first + second) >= (_LONG_NAME if spaced else 3):
            spellings = Spellings.of((Form(first + second, frozenset({len(first)})),), anywhere=True)
            yield Part(first + second, -1, spellings, login=True, anywhere=True)


def _accented(word: str) -> str:
    """The word with its accents, in lower case."""
    return unicodedata.normalize("NFC", word).casefold()
