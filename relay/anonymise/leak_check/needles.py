"""The needles of the leak check: names, addresses and employers of the author, reduced to letters only.

Independent of the finder: uses no rules of languages. From the language files it takes only ordinary words, titles,
and words of employers' names.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from anyascii import anyascii

from relay.anonymise.leak_check.firm_cores import firm_names, firm_phrases, has_joined_form
from relay.anonymise.leak_check.firm_edges import is_edge
from relay.anonymise.leak_check.letters_alone import letters, signs, spaced
from relay.anonymise.leak_check.registered_words import (
    bare,
    bare_firms,
    connected_words,
    is_hangul,
    is_ordinary,
    places_and_months,
    short_surnames,
    unspaced,
    written_words,
)
from relay.anonymise.leak_check.word_forms import (
    SHORTEST_STEM,
    UMLAUTS,
    common_beginnings,
    spellings_of,
    stems_of,
    umlaut_forms,
)
from relay.anonymise.names.roles import NOT_A_PERSON, ROLE_WORDS
from relay.anonymise.providers import private_domains
from relay.model import Identity

LONG = 8
"""From this many letters on a name also counts inside of longer words."""
_SHORTEST_LOGIN = 5
# Endings of one or two letters that make another word of one.
_ENDINGS = frozenset(["s", "n", "e", "d", "r", "y", "es", "er", "ed", "en", "em", "ly"])
_PIECES = re.compile(r"[._\-=\d]+")
_UNSEEN_JOINT = "\u200c"
_NO_NAMES = ROLE_WORDS | NOT_A_PERSON


@dataclass(frozen=True, slots=True)
class Whole:
    """A full name: its letters, concatenated. ``edged``: it counts only from word edge to word edge; ``capital``: only
    when each of its words has a capital, because all of them are ordinary words."""

    letters: str
    edged: bool
    capital: bool


@dataclass(frozen=True, slots=True)
class Needles:
    """The needles of one person, letters only: ``addresses`` (and digits), matched at word edges; ``wholes``; ``words``
    that stand alone, ``with_capital`` only with a capital; ``jointed``: a word has an apostrophe or hyphen; ``inside``,
    matched anywhere; ``stems``, matched at the beginning of words with short endings; ``logins`` in one piece;
    ``ordinary`` words, which count only as a signature; ``proper``: those of them that are places or months. A text
    whose letters contain none of the ``keys`` matches nothing, apart from addresses."""

    addresses: tuple[str, ...]
    wholes: tuple[Whole, ...] = ()
    words: frozenset[str] = frozenset()
    with_capital: frozenset[str] = frozenset()
    inside: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()
    ordinary: frozenset[str] = frozenset()
    proper: frozenset[str] = frozenset()
    jointed: bool = False
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Name:
    """The words of one name as written. ``firm``: the name of an employer or school; ``others``: possibly one, because
    it shares no word with the person's name."""

    words: tuple[str, ...]
    firm: bool
    others: bool = False


def needles_of(identity: Identity) -> Needles:
    """All needles of one person."""
    addresses = tuple(dict.fromkeys(each for address in identity.addresses for each in _of_address(address)))
    names = tuple(_names(identity))
    if not names:
        return Needles(addresses)
    single = [word for name in names if not name.firm for word in _alone(name)]
    others = {bare(word) for name in names if name.others for word in _alone(name)}
    plain = {spelling for word in single for spelling in spellings_of(word)}
    # Of a short name in Latin letters only "s" is an ending: with "a" or "o" it would be another name.
    plural = {f"{word}s" for word in plain if word.isascii() and 3 < len(word) < SHORTEST_STEM}
    with_capital = {word for word in plain if word in others or (len(word) == 3 and word.isascii())}
    with_capital |= {word for word in plural if not is_ordinary(word)}
    sure = {word for word in plain - with_capital if not unspaced(word)}
    ordinary = {bare(word) for name in names if not name.firm for word in name.words if is_ordinary(bare(word))}
    jointed = [word for word in single if len(spaced(word).split()) > 1 or _UNSEEN_JOINT in word]
    wholes = [whole for name in names for whole in _wholes(name)]
    connected = [whole for name in _connected(identity) for whole in _wholes(name)]
    wholes += [replace(whole, capital=True) for whole in connected]
    wholes += [whole for name in _without_forms(identity) for whole in _wholes(name)]
    wholes += [Whole(bare(word), edged=len(bare(word)) < LONG, capital=False) for word in jointed]
    inside = [word for word in plain - others if len(word) >= LONG or unspaced(word)]
    firms = {one for name in identity.known_as for one in firm_names(name)}
    inside += [word for word in firms if unspaced(word)]
    sure |= {word for word in firms if not unspaced(word) and (is_hangul(word) or not word.isascii())}
    with_capital |= {word for word in firms if word.isascii()}
    stems = [stem for word in sure for stem in stems_of(word)]
    logins = [login for name in names if not name.firm for login in _logins(name)]
    logins += [whole.letters for whole in connected if len(whole.letters) >= LONG]
    return Needles(
        addresses,
        wholes=tuple(dict.fromkeys(wholes)),
        words=frozenset(sure),
        with_capital=frozenset(with_capital),
        inside=tuple(sorted(inside)),
        stems=tuple(sorted(stems)),
        logins=tuple(dict.fromkeys(logins)),
        ordinary=frozenset(ordinary),
        proper=frozenset(word for word in ordinary if word in places_and_months()),
        jointed=bool(jointed),
        keys=tuple(_shortest({*plain, *firms, *with_capital, *stems, *logins, *(whole.letters for whole in wholes)})),
    )


class Learned:
    """The full names that a letter's own header gives its author; they count only with all their words together. A text
    matches none of them unless its letters contain one of the ``keys``: the longest word of each name."""

    def __init__(self, learned: tuple[str, ...]) -> None:
        self._names = _learned(learned)
        self.keys = tuple({key for name in self._names for key in umlaut_forms(max(name.words, key=len))})

    @cached_property
    def wholes(self) -> tuple[Whole, ...]:
        """The full names, in each spelling and order."""
        return tuple(dict.fromkeys(whole for name in self._names for whole in _wholes(name)))


@lru_cache(maxsize=64)
def _learned(learned: tuple[str, ...]) -> tuple[_Name, ...]:
    return tuple(_Name(words, firm=True) for name in learned for words, _ in written_words(name) if len(words) > 1)


def _shortest(keys: set[str]) -> Iterator[str]:
    """The keys that contain no other key."""
    for key in sorted(keys):
        if not any(other in key for other in keys - {key}):
            yield key


def _of_address(address: str) -> Iterator[str]:
    for method in ("md5", "sha1", "sha256"):
        yield hashlib.new(method, address.strip().lower().encode(), usedforsecurity=False).hexdigest()
    local, _, domain = address.rpartition("@")
    untagged = local.partition("+")[0]
    for written in _domains(domain):
        yield signs(untagged + written)
    for private in private_domains(domain.casefold().strip(".")):
        for written in _domains(private):
            yield signs(written)
    # A local part with digits identifies its owner anywhere.
    if any(map(str.isdigit, untagged)) and len(signs(untagged)) >= 6 and letters(untagged) not in ROLE_WORDS:
        yield signs(untagged)


def _domains(domain: str) -> Iterator[str]:
    """A domain as written, and in its other IDNA form (RFC 5890 2.3.2.1)."""
    yield domain
    if domain.casefold() in ("gmail.com", "googlemail.com"):
        yield from ("gmail.com", "googlemail.com")
    try:
        yield domain.encode("ascii").decode("idna") if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return


def _names(identity: Identity) -> Iterator[_Name]:
    """The registered names, and those derived from the addresses."""
    boxes = [words for address in identity.addresses if len(words := _local_words(address)) > 1]
    registered = [words for name in identity.known_as for words in _registered(name)]
    person = next((words for words, firm in registered if not firm), ())
    own = frozenset(bare(word) for words in (person, *boxes) for word in words)
    for words, firm in registered:
        yield _Name(words, firm, others=len(words) > 1 and own.isdisjoint(map(bare, words)))
    for words in boxes:
        yield _Name(words, firm=False)


def _registered(name: str) -> Iterator[tuple[tuple[str, ...], bool]]:
    if has_joined_form(name):
        yield from ((tuple(each.split()), True) for each in (name, *firm_phrases(name)))
    else:
        yield from written_words(name)


def _connected(identity: Identity) -> Iterator[_Name]:
    """Employers' names with each word that people write for "&"."""
    for name in identity.known_as:
        yield from (_Name(words, firm=True) for words in connected_words(name) if len(words) > 1)


def _without_forms(identity: Identity) -> Iterator[_Name]:
    """Employers' names of several words without their legal form."""
    for name in identity.known_as:
        yield from (_Name(words, firm=True) for words in bare_firms(name) if len(words) > 1)


def _local_words(address: str) -> tuple[str, ...]:
    local = address.rpartition("@")[0].partition("+")[0]
    words = (word for word in _PIECES.split(local) if len(word) > 1)
    return tuple(word for word in words if word.casefold() not in _NO_NAMES)


def _alone(name: _Name) -> Iterator[str]:
    """The words of a name that identify somebody alone: no ordinary words, and no syllables."""
    if len(name.words) > 1 and _of_syllables(name.words):
        return
    for word in (*name.words, *_given(name.words), *_pieces(name.words)):
        plain = bare(word)
        least = 3 if plain.isascii() else 2
        form = len(name.words) > 1 and is_edge(word)
        if len(plain) >= least and not is_ordinary(plain) and plain not in ROLE_WORDS and not form:
            yield word


def _pieces(words: Sequence[str]) -> Iterator[str]:
    """The parts of hyphenated words."""
    for word in words:
        pieces = re.split("[-\u2010\u2011\u05be]", word)
        yield from (piece for piece in pieces if len(pieces) > 1 and len(bare(piece)) > 3)


def _given(words: Sequence[str]) -> Iterator[str]:
    """The given name of a Chinese, Japanese or Korean name in one piece: usually its last two characters."""
    whole = bare(words[0])
    if len(words) == 1 and 3 <= len(whole) <= 4 and unicodedata.name(whole[0], "").startswith(("CJK", "HANGUL")):
        yield whole[-2:]


def _of_syllables(words: Sequence[str]) -> bool:
    """Whether it is a Vietnamese name: short words, with a surname that the language files list."""
    plain = [bare(word) for word in words]
    return all(len(word) <= 7 for word in plain) and bool(
        short_surnames().intersection((plain[0], plain[-1])) and all(word[:1].isascii() for word in plain)
    )


def _wholes(name: _Name) -> Iterator[Whole]:
    if len(name.words) == 1:
        return
    ordinary = name.words[0][0].isupper() and all(is_ordinary(bare(word)) for word in name.words)
    for plain in dict.fromkeys(zip(*map(umlaut_forms, name.words), strict=True)):
        orders = {"".join(plain), "".join(plain[::-1])}
        if not name.firm:
            orders |= {plain[0] + plain[-1], plain[-1] + plain[0], "".join((plain[-1], *plain[:-1]))}
        for one in sorted(orders):
            if len(one) > 1:
                yield Whole(one, edged=len(one) < LONG and not (unspaced(one) or is_hangul(one)), capital=ordinary)


def _logins(name: _Name) -> Iterator[str]:
    """Initial and surname, in Latin letters, in either order."""
    if len(name.words) < 2:
        return
    for words in ([anyascii(word) for word in name.words], [anyascii(word.translate(UMLAUTS)) for word in name.words]):
        plain = [bare(word) for word in words]
        if not all(plain):
            continue
        for given, family in ((plain[0], plain[-1]), (plain[-1], plain[0])):
            for login in (given[0] + family, family + given[0], given[:2] + family, family + given[:2]):
                if login.isascii() and len(login) >= _SHORTEST_LOGIN and not _may_be_word(login, family):
                    yield login


def _may_be_word(login: str, family: str) -> bool:
    """Whether a login is a word, or an ordinary word with an ending: "stones" of Skip Stone."""
    return is_ordinary(login) or (is_ordinary(family) and login.removeprefix(family) in _ENDINGS)


def octet_words(identity: Identity) -> Iterable[str]:
    """The words searched in octets, in every charset that could spell them: addresses, and for each word that
    identifies somebody alone the common beginning of its forms. Of a learned name all words must match, so only the
    longest."""
    words: dict[str, None] = dict.fromkeys(identity.addresses)
    single = [word for name in _names(identity) for word in (*_alone(name), max(name.words, key=len))]
    single += [max(name.words, key=len) for name in _learned(identity.learned)]
    single += [core for name in identity.known_as for core in firm_names(name)]
    for word in dict.fromkeys(single):
        words.update(dict.fromkeys(common_beginnings(word)))
    return tuple(words)
