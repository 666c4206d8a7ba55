"""The needles of the leak check: names, addresses and employers of the author, reduced to letters only.

Independent of the finder: uses no rules of languages. From the language files it takes only ordinary words, titles,
and words of employers' names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import regex
from anyascii import anyascii

from relay.anonymise.leak_check.letters_alone import letters, signs, spaced
from relay.anonymise.names.roles import NOT_A_PERSON, ROLE_WORDS
from relay.anonymise.names.vocabulary import Vocabulary
from relay.anonymise.names.ways import languages
from relay.anonymise.providers import private_domains
from relay.model import Identity

LONG = 8
"""From this many letters on a name also counts inside of longer words."""
_SHORTEST_STEM, _SHORTEST_STEM_OF_OTHERS = 6, 4
_SHORTEST_LOGIN = 5
_APART = re.compile(r"\s*[|/()\[\]•;]\s*|\s+[-–—]\s+")
_PIECES = re.compile(r"[._\-=\d]+")
_UMLAUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue",
                         "Å": "Aa", "Ø": "Oe"})  # fmt: skip
_UMLAUTS = {"ae": "ä", "oe": "ö", "ue": "ü"}
_WRITTEN_UMLAUT = re.compile(r"([aou])e|aa")
_UNSEEN_JOINT = "\u200c"
_RUN = regex.compile(r"[\p{L}\p{M}]+")
_NO_NAMES = ROLE_WORDS | NOT_A_PERSON
_PARTICLES = frozenset(
    str.split("""
    van von der den dem des del della dalla delle degli dei dos das bin ibn ben bint abu abd zum zur ter ten the and
    und och san santa saint mac ould oglu kizi بن ابن بنت ابو بو عبد בן בת אבן אבו
    """)
)


@lru_cache(maxsize=512)
def bare(word: str) -> str:
    """The letters of one word of a name; cached because many rules ask for them."""
    return letters(word)


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
    plain = {spelling for word in single for spelling in _spellings(word)}
    # Of a short name in Latin letters only "s" is an ending: with "a" or "o" it would be another name.
    plural = {f"{word}s" for word in plain if word.isascii() and 3 < len(word) < _SHORTEST_STEM}
    with_capital = {word for word in plain if word in others or (len(word) == 3 and word.isascii())}
    with_capital |= {word for word in plural if not is_ordinary(word)}
    sure = {word for word in plain - with_capital if not unspaced(word)}
    ordinary = {bare(word) for name in names if not name.firm for word in name.words if is_ordinary(bare(word))}
    jointed = [word for word in single if len(spaced(word).split()) > 1 or _UNSEEN_JOINT in word]
    wholes = [whole for name in names for whole in _wholes(name)]
    wholes += [Whole(bare(word), edged=len(bare(word)) < LONG, capital=False) for word in jointed]
    inside = [word for word in plain - others if len(word) >= LONG or unspaced(word)]
    stems = [stem for word in sure for stem in _stems(word)]
    logins = [login for name in names if not name.firm for login in _logins(name)]
    return Needles(
        addresses,
        wholes=tuple(dict.fromkeys(wholes)),
        words=frozenset(sure),
        with_capital=frozenset(with_capital),
        inside=tuple(sorted(inside)),
        stems=tuple(sorted(stems)),
        logins=tuple(dict.fromkeys(logins)),
        ordinary=frozenset(ordinary),
        proper=frozenset(word for word in ordinary if word in _proper()),
        jointed=bool(jointed),
        keys=tuple(_shortest({*plain, *with_capital, *stems, *logins, *(whole.letters for whole in wholes)})),
    )


class Learned:
    """The full names that a letter's own header gives its author; they count only with all their words together. A text
    matches none of them unless its letters contain one of the ``keys``: the longest word of each name."""

    def __init__(self, learned: tuple[str, ...]) -> None:
        self._names = _learned(learned)
        self.keys = tuple({key for name in self._names for key in _ways(max(name.words, key=len))})

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
    registered = [words for name in identity.known_as for words in written_words(name)]
    person = next((words for words, firm in registered if not firm), ())
    own = frozenset(bare(word) for words in (person, *boxes) for word in words)
    for words, firm in registered:
        yield _Name(words, firm, others=len(words) > 1 and own.isdisjoint(map(bare, words)))
    for words in boxes:
        yield _Name(words, firm=False)


def _local_words(address: str) -> tuple[str, ...]:
    local = address.rpartition("@")[0].partition("+")[0]
    words = (word for word in _PIECES.split(local) if len(word) > 1)
    return tuple(word for word in words if word.casefold() not in _NO_NAMES)


def written_words(name: str) -> Iterator[tuple[tuple[str, ...], bool]]:
    """The words of each name in a registered text, without titles and particles, and whether it is an employer's."""
    for piece in _APART.split(name):
        head, _, tail = piece.partition(",")
        words = _untitled(head.split())
        if len(words) == 1:
            words += _untitled(tail.split())
        if words:
            yield tuple(words), len(words) > 1 and ("&" in piece or any(map(_of_firm, words)))


def _of_firm(word: str) -> bool:
    """Whether it is a word of employers' and schools' names, with or without an article (L'Atelier)."""
    return any(bare(one) in _organisations() for one in (word, re.split("['’]", word)[-1]))


def _untitled(words: list[str]) -> list[str]:
    """Without titles, initials and particles; unchanged when nothing would be left."""
    titles = _titles()
    kept = [
        word
        for word in words
        if (len(bare(word)) > 1 or not word[0].isupper())
        and bare(word) not in titles
        and not (word.endswith(".") and word.isascii())
        and not (bare(word) in _PARTICLES and not word[0].isupper())
    ]
    return kept or [word for word in words if signs(word)]


def _alone(name: _Name) -> Iterator[str]:
    """The words of a name that identify somebody alone: no ordinary words, and no syllables."""
    if len(name.words) > 1 and _of_syllables(name.words):
        return
    for word in (*name.words, *_given(name.words), *_pieces(name.words)):
        plain = bare(word)
        least = 3 if plain.isascii() else 2
        if len(plain) >= least and not is_ordinary(plain) and plain not in ROLE_WORDS:
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
        _short_surnames().intersection((plain[0], plain[-1])) and all(word[:1].isascii() for word in plain)
    )


def _spellings(word: str) -> Iterator[str]:
    """A word with its umlauts dropped, and with umlauts as two letters, however it is registered."""
    yield bare(word)
    yield bare(word.translate(_UMLAUT))
    plain = bare(word)
    if len(plain) > 4 and plain.isascii():
        yield _WRITTEN_UMLAUT.sub(lambda two: two[1] or "a", plain)


@lru_cache(maxsize=256)
def _ways(word: str) -> tuple[str, str, str]:
    """The letters of a word as written, with umlauts as two letters, and as one."""
    return bare(word), bare(word.translate(_UMLAUT)), _WRITTEN_UMLAUT.sub(lambda two: two[1] or "a", bare(word))


def _wholes(name: _Name) -> Iterator[Whole]:
    if len(name.words) == 1:
        return
    ordinary = name.words[0][0].isupper() and all(is_ordinary(bare(word)) for word in name.words)
    for plain in dict.fromkeys(zip(*map(_ways, name.words), strict=True)):
        orders = {"".join(plain), "".join(plain[::-1])}
        if not name.firm:
            orders |= {plain[0] + plain[-1], plain[-1] + plain[0], "".join((plain[-1], *plain[:-1]))}
        for one in sorted(orders):
            if len(one) > 1:
                yield Whole(one, edged=len(one) < LONG and not (unspaced(one) or is_hangul(one)), capital=ordinary)


def _stems(word: str) -> Iterator[str]:
    """The beginnings of inflected forms: the whole word, and of a longer one all but its last letter."""
    if len(word) >= (_SHORTEST_STEM if word.isascii() else _SHORTEST_STEM_OF_OTHERS) or is_hangul(word):
        yield word
    if len(word) >= _SHORTEST_STEM_OF_OTHERS and word.endswith("σ"):
        yield word[:-1]
    if len(word) > _SHORTEST_STEM:
        yield word[:-1]
        if word.endswith("nen"):
            yield word[:-3] + "s"  # Finnish: Virtanen, Virtaselle


def _logins(name: _Name) -> Iterator[str]:
    """Initial and surname, in Latin letters, in either order."""
    if len(name.words) < 2:
        return
    for words in ([anyascii(word) for word in name.words], [anyascii(word.translate(_UMLAUT)) for word in name.words]):
        plain = [bare(word) for word in words]
        if not all(plain):
            continue
        for given, family in ((plain[0], plain[-1]), (plain[-1], plain[0])):
            for login in (given[0] + family, family + given[0], given[:2] + family, family + given[:2]):
                if login.isascii() and len(login) >= _SHORTEST_LOGIN and not is_ordinary(login):
                    yield login


def load_words() -> None:
    """Load the word lists of all languages that the needles need."""
    for read in (_ordinary_words, _proper, _organisations, _short_surnames, _titles):
        read()


def is_ordinary(word: str) -> bool:
    """Whether it is an ordinary word, a place or a month in any language."""
    return (len(word) < 3 and word.isascii()) or word in _ordinary_words()


@lru_cache(maxsize=1)
def _ordinary_words() -> Vocabulary:
    """The ordinary words, places and months of all languages."""
    return Vocabulary((one.code, map(letters, one.as_written.split())) for one in languages())


@lru_cache(maxsize=1)
def _proper() -> Vocabulary:
    return Vocabulary(("", map(letters, one.proper.split())) for one in languages())


@lru_cache(maxsize=1)
def _organisations() -> Vocabulary:
    return Vocabulary(("", map(letters, one.organisations)) for one in languages())


@lru_cache(maxsize=1)
def _short_surnames() -> frozenset[str]:
    return frozenset(word for one in languages() for word in map(letters, one.surnames) if word.isascii())


@lru_cache(maxsize=1)
def _titles() -> frozenset[str]:
    phrases = (each for one in languages() for title in one.titles for each in (title.before, title.behind))
    return frozenset(letters(phrase) for phrase in phrases if phrase)


def unspaced(word: str) -> bool:
    """Whether it is in a script without blanks between words, and long enough not to match by chance."""
    first = word[:1]
    name = unicodedata.name(first, "") if first else ""
    if name.startswith(("CJK", "HIRAGANA", "KATAKANA")):
        return len(word) > 1
    return name.startswith(("THAI", "LAO", "KHMER", "MYANMAR")) and len(word) > 3


def is_hangul(word: str) -> bool:
    """Whether it is Korean, where particles follow a name without a blank."""
    return unicodedata.name(word[:1] or " ", "").startswith("HANGUL")


def spelt(identity: Identity) -> Iterable[str]:
    """The words searched in octets, in every charset that could spell them: addresses, and for each word that
    identifies somebody alone the common beginning of its forms. Of a learned name all words must match, so only the
    longest."""
    words: dict[str, None] = dict.fromkeys(identity.addresses)
    single = [word for name in _names(identity) for word in (*_alone(name), max(name.words, key=len))]
    single += [max(name.words, key=len) for name in _learned(identity.learned)]
    for word in dict.fromkeys(single):
        words.update(dict.fromkeys(_beginnings(word)))
    return tuple(words)


@lru_cache(maxsize=256)
def _beginnings(word: str) -> tuple[str, ...]:
    """The common beginning of all forms of a word, for each way to write its umlauts."""
    found = []
    for written in dict.fromkeys((word, word.translate(_UMLAUT), *_umlauts(word))):
        run = max(_RUN.findall(written), key=len, default="")
        if len(run) > 1:
            found.append(run[:-1] if len(run) > _SHORTEST_STEM else run)
    return tuple(found)


def _umlauts(word: str) -> Iterator[str]:
    """A word with two-letter umlauts written as umlauts."""
    if word.isascii():
        yield re.sub("ae|oe|ue", lambda two: _UMLAUTS[two[0]], word)
