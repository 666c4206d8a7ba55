"""Makes of registered names, addresses and display names what is looked for: the parts of each name, as they are
spelt, inflected and put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import regex
from anyascii import anyascii

from relay.anonymise.names.fold import is_letter, letters, skeleton_of
from relay.anonymise.names.lexicon import CONTINUOUS, lexicon
from relay.anonymise.names.logins import logins, may_be_a_word
from relay.anonymise.names.vocabulary import Codes

_LONG_NAME = 8
_LATIN = regex.compile(r"\p{Script=Latin}")
_HUMP = regex.compile(r"(?<=[a-z])(?=[A-Z])")
_GREEK_SOUNDS = (
    ("Μπ", "B"), ("μπ", "b"), ("Ντ", "D"), ("Γκ", "G"), ("ευ", "ef"), ("εύ", "ef"), ("Ευ", "Ef"), ("Εύ", "Ef"),
    ("αυ", "af"), ("αύ", "af"), ("Αυ", "Af"), ("Αύ", "Af"), ("γγ", "ng"), ("γχ", "nch"),
)  # fmt: skip
# Scripts that write vowels: what they become in Latin letters is much the same by every rule.
_ALPHABETIC = regex.compile(r"[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Georgian}\p{Script=Armenian}]")
_LONGEST_END = 6
_PARTED = regex.compile(r"\s*[|/()\[\]•;]\s*|\s+[-–—]\s+|\s+(?:aka|alias|genannt|dit|dite)\s+", regex.IGNORECASE)
_JOINTS = "'-·・.‧"
_HYPHENS = regex.compile(r"[-·・‧]")
_WRITTEN_UMLAUT = regex.compile("([aou])e")
_UMLAUTS = {
    "ä": "ae",
    "ö": "oe",
    "ü": "ue",
    "å": "aa",
    "ø": "oe",
    "Ä": "Ae",
    "Ö": "Oe",
    "Ü": "Ue",
    "Å": "Aa",
    "Ø": "Oe",
}
_HANGUL = regex.compile(r"\p{Script=Hangul}")
PARTICLES = frozenset(
    str.split("""
    van von der den dem des de del della delle degli dei di da do dos das du la le les lo el al ad bin ibn ben bint abu
    abd zu zum zur af av ter ten te 't op in 't y e i och und and et of the san santa saint st mac ap ferch o oglu kizi
    bani ould
    بن ابن بنت ابو ام ال عبد בן בת אבן אבו 의 の phon na
    """)
)


class Form(NamedTuple):
    """One spelling of a part: its ``stem`` (letters alone), the places in it where a joint may stand, and the ends it
    may have in text, to each the languages that write it so. ``whole``: it may also stand without any."""

    stem: str
    joints: frozenset[int] = frozenset()
    tails: Mapping[str, Codes] = MappingProxyType({})
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """One word of a name. ``number`` is its place in the name, ``weak`` says that alone it names nobody, ``exact`` is
    the spelling that an accented word must have (Vietnamese), ``login`` that it stands whole, without any ends;
    ``anywhere`` that it counts inside a longer word, too. ``written`` is how it was registered,
    ``capital`` that alone it counts only with a capital."""

    letters: str
    number: int
    forms: tuple[Form, ...]
    weak: bool = False
    exact: str = ""
    login: bool = False
    anywhere: bool = False
    written: str = ""
    capital: bool = False


@dataclass(frozen=True, slots=True)
class PersonName:
    """One name: its ``parts``; ``phrase`` when only all of them together name somebody (an employer)."""

    parts: tuple[Part, ...]
    phrase: bool = False


def person_names(known_as: Sequence[str], addresses: Iterable[str], learned: Iterable[str]) -> tuple[PersonName, ...]:
    """All names of one person, those that say the same once."""
    registered = [reading for name in known_as for reading in _readings(name)]
    mailboxes = [words for address in addresses if (words := _local_words(address))]
    telling = frozenset(word for words in mailboxes for word in map(_plain, words))
    persons = _persons(registered, telling)
    found: dict[tuple[str, ...], PersonName] = {}
    for words, firm in registered:
        key = tuple(map(_plain, words))
        found.setdefault(key, _name(words, phrase=firm, telling=telling, persons=persons))
    for words, firm in registered:
        for latin in romanised(words) if not firm else ():
            found.setdefault(tuple(map(_plain, latin)), _name(latin, weak=not _ALPHABETIC.match(words[0])))
    own = frozenset(word for key in found for word in key)
    for words in mailboxes:
        key = tuple(map(_plain, words))
        found.setdefault(key, _name(words, weak=len(words) == 1))
    for name in learned:
        for words, _ in _readings(name):
            key = tuple(map(_plain, words))
            found.setdefault(key, _name(words, weak=own.isdisjoint(key)))
    return tuple(name for name in found.values() if name.parts)


def handles(addresses: Iterable[str]) -> Iterator[str]:
    """The local parts that are no name but tell something: six letters and digits or more, and no role."""
    for address in addresses:
        local = skeleton_of(address.rpartition("@")[0]).partition("+")[0]
        whole = letters(local)
        if len(whole) >= 6 and not _local_words(address):
            yield whole


def _is_firm(name: str, words: list[str]) -> bool:
    """Is it the name of an employer or a school? It has a word of one, "&", or a possessive before its last word."""
    organisations = lexicon().organisations
    return len(words) > 1 and (
        "&" in name
        or any(_plain(word) in organisations for word in words)
        or any(skeleton_of(word).endswith("'s") for word in words[:-1])
    )


def _persons(registered: list[tuple[list[str], bool]], telling: frozenset[str]) -> frozenset[str]:
    """The words that are certainly the person's: those of the address, and of the first name that is no firm's."""
    first = next((words for words, firm in registered if not firm), [])
    return telling | frozenset(map(_plain, first))


def _plain(word: str) -> str:
    return letters(skeleton_of(word))


def romanised(words: Sequence[str]) -> Iterator[list[str]]:
    """A name of another script as it is mostly spelt in Latin letters; nothing for one that is in Latin letters."""
    if any(_LATIN.search(word) for word in words):
        return
    # Greek names are spelt by their letters or by their sounds.
    for spelt in dict.fromkeys((tuple(words), tuple(map(_by_sound, words)))):
        # Syllables of Korean and Chinese names are often joined by a hyphen.
        latin = (_HUMP.sub("-", anyascii(word)).strip("-") for word in spelt)
        yield [word for word in latin if _LATIN.search(word)]


def _by_sound(word: str) -> str:
    for letters_of_greek, sound in _GREEK_SOUNDS:
        word = word.replace(letters_of_greek, sound)
    return word


def _readings(name: str) -> Iterator[tuple[list[str], bool]]:
    """The words of each name in a registered text, titles, degrees and particles gone, CJK names cut; and whether it is
    the name of an employer or a school."""
    for piece in _PARTED.split(name):
        words = _untitled(piece)
        if words:
            yield words, _is_firm(piece, words)


@lru_cache(maxsize=1)
def _titles() -> tuple[frozenset[str], frozenset[str]]:
    """Titles before and behind a name, word for word, letters alone."""
    before: set[str] = set()
    behind: set[str] = set()
    for one in lexicon().languages.values():
        for title in one.titles:
            before.add(letters(title.before))
            before.update(letters(word) for word in title.before.split() if "." in word)
            behind.add(letters(title.behind))
    return frozenset(before - {""}), frozenset(behind - {""})


def _untitled(piece: str) -> list[str]:
    before, behind = _titles()
    head, comma, tail = piece.partition(",")
    words = regex.sub(r"(?<=[^\W\d_]{2}\.)(?!\p{Ll})(?=[^\W\d_]{2})", " ", head).split()
    degrees = [word for word in regex.split(r"[,\s]+", tail) if word]
    if comma and degrees and not all(_plain(word) in behind or _plain(word) in before for word in degrees):
        words = [word for word in degrees if _plain(word) not in behind] + words
    while len(words) > 1 and _is_title(words, before):
        words = words[1:]
    while len(words) > 1 and _plain(words[-1]) in behind:
        words = words[:-1]
    kept = [word for at, word in enumerate(words) if _plain(word) and not _is_particle(word, at, len(words))]
    return [cut for word in (kept or words) for cut in _cut(word, alone=len(words) == 1) if _plain(cut)]


def _is_particle(word: str, at: int, size: int) -> bool:
    """A small word within a name: "van der", "bin". With a capital it may be a name itself, first or last (Lê)."""
    return skeleton_of(word).strip(".") in PARTICLES and (word[0].islower() or 0 < at < size - 1)


def _is_title(words: list[str], before: frozenset[str]) -> bool:
    return _plain(words[0]) in before or (
        words[0].endswith(".") and len(_plain(words[0])) > 1 and _plain(words[0]) in before
    )


def _cut(word: str, *, alone: bool) -> Iterator[str]:
    """A name in one piece, cut into surname and given name where the language's surnames tell how."""
    whole = _plain(word)
    if alone and 2 <= len(whole) <= 6 and (CONTINUOUS.match(whole) or _HANGUL.match(whole)):
        surnames = lexicon().surnames
        for size in range(min(3, len(whole) - 1), 0, -1):
            if whole[:size] in surnames:
                yield word[:size]
                yield word[size:]
                return
    pieces = _HYPHENS.split(word)
    if len(pieces) > 1 and all(len(_plain(piece)) >= 3 for piece in pieces):
        yield from pieces
        return
    yield word
    yield from (piece for piece in pieces if len(pieces) > 1 and len(_plain(piece)) >= 4)


def _local_words(address: str) -> list[str]:
    """The words of a local part that is made of a name: jane.whitcombe, j.whitcombe, jane."""
    from relay.anonymise.names.roles import ROLE_WORDS

    local = address.rpartition("@")[0].partition("+")[0]
    pieces = [piece for piece in regex.split(r"[._\-=\d]+", local) if piece]
    words = [word for word in pieces if len(word) > 1 and skeleton_of(word) not in ROLE_WORDS]
    if len(pieces) == 1 and (not words or len(words[0]) < 3 or any(map(str.isdigit, local))):
        return []
    return words


def _name(
    words: list[str],
    *,
    phrase: bool = False,
    weak: bool = False,
    telling: frozenset[str] = frozenset(),
    persons: frozenset[str] | None = None,
) -> PersonName:
    vietnamese = _vietnamese(words)
    # A name that shares no word with the first may be of a firm: its words count alone only with a capital.
    capital = persons is not None and len(words) > 1 and persons.isdisjoint(map(_plain, words))
    parts = []
    for number, word in enumerate(words):
        plain = _plain(word)
        short = len(plain) < 2 or (len(plain) == 2 and plain.isascii() and plain.isalpha())
        doubtful = weak or short or vietnamese or (phrase and plain not in telling)
        exact = skeleton_free(word) if vietnamese and not word.isascii() else ""
        parts.append(
            Part(
                plain,
                number,
                tuple(_forms(word, inflected=not vietnamese)),
                doubtful,
                exact,
                written=word,
                capital=capital,
            )
        )
    if len(words) > 1 and not phrase:
        parts += [Part(one, -1, (Form(one),), may_be_a_word(one, words), login=True) for one in logins(words)]
        parts += _wholes(words)
    return PersonName(tuple(parts), phrase)


def _wholes(words: list[str]) -> Iterator[Part]:
    """Given name and surname in one piece: so long that no edges are needed, as in "MsJanePollardessay"."""
    plain = [_plain(word) for word in words]
    known = lexicon()
    spaced = not (CONTINUOUS.match(plain[0]) or _HANGUL.match(plain[0]))
    if spaced and all(word in known.ordinary or word in known.proper or len(word) < 3 for word in plain):
        return
    for first, second in dict.fromkeys(((plain[0], plain[-1]), (plain[-1], plain[0]))):
        if len(first + second) >= (_LONG_NAME if spaced else 3):
            form = Form(first + second, frozenset({len(first)}))
            yield Part(first + second, -1, (form,), login=True, anywhere=True)


def skeleton_free(word: str) -> str:
    """The word with its accents, in small letters."""
    import unicodedata

    return unicodedata.normalize("NFC", word).casefold()


def _vietnamese(words: list[str]) -> bool:
    """Is every syllable of it a word? A Vietnamese name, told by its surname and short words."""
    codes = lexicon().surnames
    plain = [_plain(word) for word in words]
    return (
        len(words) > 1
        and all(len(word) <= 7 for word in plain)
        and any("vi" in codes.get(word, ()) for word in (plain[0], plain[-1]))
        and (any(not word.isascii() for word in words) or all(len(word) <= 6 for word in plain))
    )


# Persian writes the parts of a compound unjoined (ZWNJ), apart or in one: کیانی‌فر, کیانی فر, کیانیفر.
_WITHIN = regex.compile(r"(?<=\p{Arabic})\u200c(?=\p{Arabic})")


def _forms(word: str, *, inflected: bool) -> Iterator[Form]:
    """The spellings of one word: with umlauts in both ways, and with the ends that languages give it."""
    seen: set[str] = set()
    for spelt in _spellings(_WITHIN.sub("-", word)):
        skeleton = skeleton_of(spelt)
        plain = letters(skeleton)
        if plain in seen or not plain:
            continue
        seen.add(plain)
        # Where Persian parts a word without a blank (U+200C), people write a blank, too.
        joints = _joint_places(skeleton_of(spelt.replace("\u200c", "-")))
        table = _endings(_script_of(plain[-1])) if inflected else {}
        yield Form(plain, joints, table.get("", Form("").tails))
        for size in range(1, min(_LONGEST_END, len(plain) - 2) + 1):
            tails = table.get(plain[-size:])
            if tails:
                stem = plain[:-size]
                yield Form(stem, frozenset(place for place in joints if place < len(stem)), tails, whole=False)


def _spellings(word: str) -> Iterator[str]:
    yield word
    spelt = word
    for letter, written in _UMLAUTS.items():
        spelt = spelt.replace(letter, written)
    yield spelt
    skeleton = skeleton_of(word)
    if len(skeleton) > 4 and skeleton.isascii() and _WRITTEN_UMLAUT.search(skeleton):
        yield _WRITTEN_UMLAUT.sub(r"\1", skeleton)


def _joint_places(skeleton: str) -> frozenset[int]:
    """The numbers of letters before which a joint stands."""
    places = set()
    count = 0
    for character in skeleton:
        if is_letter(character):
            count += 1
        elif character in _JOINTS or character == " ":
            places.add(count)
    return frozenset(places)


@lru_cache(maxsize=64)
def _endings(script: str) -> Mapping[str, Mapping[str, Codes]]:
    """For each end of a name, the ends that the languages of a script put in its place."""
    found: dict[str, dict[str, set[str]]] = {}
    for one in lexicon().languages.values():
        if script in one.scripts:
            for end, instead in one.endings:
                for tail in instead:
                    found.setdefault(end, {}).setdefault(tail, set()).add(one.code)
    return {end: {tail: frozenset(codes) for tail, codes in tails.items()} for end, tails in found.items()}


@lru_cache(maxsize=1024)
def _script_of(letter: str) -> str:
    """The script of a letter, among those that languages are written in; "" when it is none of them."""
    scripts = {script for one in lexicon().languages.values() for script in one.scripts}
    return next((script for script in sorted(scripts) if regex.match(rf"\p{{Script={script}}}", letter)), "")
