"""Makes of registered names, addresses and display names what is looked for: the parts of each name, as they are
spelt, inflected and put together."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import regex
from anyascii import anyascii

from relay.anonymise.names.fold import fold, is_letter, letters, skeleton_of
from relay.anonymise.names.latin import in_latin
from relay.anonymise.names.lexicon import CONTINUOUS, lexicon
from relay.anonymise.names.logins import logins, may_be_a_word
from relay.anonymise.names.roles import LEGAL_FORMS, ROLE_WORDS
from relay.anonymise.names.vocabulary import Codes
from relay.anonymise.names.ways import Language

_LONG_NAME = 8
_LATIN = regex.compile(r"\p{Script=Latin}")
# MacAskill is also written Mac Askill.
_CAMEL = regex.compile(r"(?<=\p{Ll})(?=\p{Lu}\p{Ll})")
_HUMP = regex.compile(r"(?<=[a-z])(?=[A-Z])")
# Scripts that write vowels: what they become in Latin letters is much the same by every rule.
_ALPHABETIC = regex.compile(r"[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Georgian}\p{Script=Armenian}]")
_LONGEST_END = 6
_SHORTEST_STEM = 2
_LONGEST_IN_ONE = 7
_LONGEST_SURNAME = 4
_SHORTEST_FIRM = 4
_PARTED = regex.compile(
    r"\s*(?:[|()\[\]•;]|(?<!\b[asd])/|/(?![lpo]\b))\s*|\s+[-–—]\s+|\s+(?:aka|alias|genannt|dit|dite)\s+",
    regex.IGNORECASE,
)
_JOINTS = "'-·・.‧"
# "L'Atelier", "All'Angolo": an article and its word.
_ELIDED = regex.compile(r"^(?:[ld]|all|dell|nell|de|sa|s)['’‘ʼ`´](?=[^\W\d_]{4})", regex.IGNORECASE)
# A firm's name has quotation marks at its end: ООО «Полярная сова».
_QUOTED = regex.compile(r"\S\s+[«„“\"].+[»“”\"]\s*$")
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
# Behind two words: "Itziar y Ramiro Bengoa" are two people.
_CONJUNCTION = regex.compile(r"\S[ \t]+\S+[ \t](\p{Ll})(?=[ \t])")
_HAN = regex.compile(r"[\p{Script=Han}々〆ヶ]+")
_HANGUL = regex.compile(r"\p{Script=Hangul}")
PARTICLES = frozenset(
    str.split("""
    van von der den dem des de del della delle degli dei di da do dos das du la le les lo el al ad bin ibn ben bint abu
    abd zu zum zur af av ter ten te 't op in 't y e i och und and et of the san santa saint st mac ap ferch o oglu kizi
    bani ould binti binte bte bt a/l a/p s/o d/o
    بن ابن بنت ابو ام ال عبد בן בת אבן אבו 의 の phon na
    """)
)


class Form(NamedTuple):
    """One spelling of a part: its ``stem`` (letters alone), the places in it where a joint may stand, and the ends it
    may have in text, to each the languages that write it so. ``whole``: it may also stand without any. ``strict``: it
    counts only in a text of those languages, for elsewhere it is another word."""

    stem: str
    joints: frozenset[int] = frozenset()
    tails: Mapping[str, Codes] = MappingProxyType({})
    whole: bool = True
    strict: bool = False


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
    """One name: its ``parts``; ``phrase`` when only all of them together name somebody (an employer); ``joined`` are
    the words of one letter that are registered between its parts (Ortega y Gasset). ``of_address``: an address tells
    it, and nothing else."""

    parts: tuple[Part, ...]
    phrase: bool = False
    joined: frozenset[str] = frozenset()
    of_address: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """Its words in their order, letters alone."""
        return tuple(part.letters for part in self.parts if part.number >= 0)


def registered_names(known_as: Sequence[str], addresses: Iterable[str]) -> tuple[PersonName, ...]:
    """The names that a person is known as, and those that their addresses are made of; what says the same once."""
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
    for words in mailboxes:
        key = tuple(map(_plain, words))
        found.setdefault(key, _name(words, weak=len(words) == 1, of_address=True))
    joined = frozenset(skeleton_of(each[1]) for name in known_as for each in _CONJUNCTION.finditer(name))
    return tuple(replace(name, joined=joined) for name in found.values() if name.parts)


def learned_names(learned: Iterable[str], registered: Iterable[PersonName]) -> tuple[PersonName, ...]:
    """The names that a letter's own header gives its author besides the ``registered``."""
    own = frozenset(word for name in registered if not name.of_address for word in name.words)
    known = {name.words for name in registered}
    found: dict[tuple[str, ...], PersonName] = {}
    for name in learned:
        for words, _ in _readings(name):
            key = tuple(map(_plain, words))
            if key in known or key in found:
                continue
            # A display name of one word may be anything; of several it is a name: each alone counts with a capital.
            strange = own.isdisjoint(key)
            found[key] = _name(words, weak=strange and len(words) == 1, persons=frozenset() if strange else None)
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
        or (
            any(_plain(piece) in organisations for word in words for piece in (word, _ELIDED.sub("", word)))
            and not _vietnamese_person(words)
        )
        or _QUOTED.search(name) is not None
        or any(skeleton_of(word).endswith("'s") for word in words[:-1])
    )


def _vietnamese_person(words: list[str]) -> bool:
    """Has it a surname in front? Syllables of names are words, and some are those of unions and schools (Trường)."""
    return "vi" in lexicon().surnames.get(_plain(words[0]), ()) and _vietnamese(words)


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
    # Syllables of Korean and Chinese names are often joined by a hyphen.
    plain = [_HUMP.sub("-", anyascii(word)).strip("-") for word in words]
    for spelt in (plain, *in_latin(words)):
        yield [word for word in spelt if _LATIN.search(word)]


def _readings(name: str) -> Iterator[tuple[list[str], bool]]:
    """The words of each name in a registered text, titles, degrees and particles gone, CJK names cut; and whether it is
    the name of an employer or a school."""
    for piece in _PARTED.split(name):
        words = _untitled(piece)
        if words:
            firm = _is_firm(piece, words)
            yield _without_legal_form(words) if firm else words, firm


class _Titles(NamedTuple):
    """Titles word for word, letters alone: before a name, behind it, and behind it and a comma (degrees)."""

    before: frozenset[str]
    behind: frozenset[str]
    degrees: frozenset[str]


def _without_legal_form(words: list[str]) -> list[str]:
    """A firm's words but for its legal form, when two are left, or one that is no ordinary word."""
    known = lexicon()
    kept = [word for word in words if _plain(word) not in LEGAL_FORMS]
    telling = [word for word in map(_plain, kept) if len(word) > 2 and not known.is_word(word)]
    return kept if len(kept) > 1 or telling else words


@lru_cache(maxsize=1)
def _titles() -> _Titles:
    """Those of all languages, but for titles that are names elsewhere: Don, Anh, Avi."""
    before: set[str] = set()
    behind: set[str] = set()
    degrees: set[str] = set()
    names: set[str] = set()
    for one in lexicon().languages.values():
        names.update(map(letters, one.names_too))
        for title in one.titles:
            before.add(letters(title.before))
            before.update(letters(word) for word in title.before.split() if "." in word)
            (degrees if title.behind.lstrip().startswith(",") else behind).add(letters(title.behind))
    return _Titles(frozenset(before - names - {""}), frozenset(behind - names - {""}), frozenset(degrees - {""}))


def _untitled(piece: str) -> list[str]:
    titles = _titles()
    head, comma, tail = piece.partition(",")
    words = _compounded(regex.sub(r"(?<=[^\W\d_]{2}\.)(?!\p{Ll})(?=[^\W\d_]{2})", " ", head).split())
    words_behind = [word for word in regex.split(r"[,\s]+", tail) if word]
    if comma and words_behind and not all(_plain(word) in frozenset().union(*titles) for word in words_behind):
        words = [word for word in words_behind if _plain(word) not in titles.behind | titles.degrees] + words
    while len(words) > 1 and _falls_before(words[0], titles):
        words = words[1:]
    shouted = piece.isupper()
    while len(words) > 1 and _falls_behind(words[-1], titles, shouted=shouted):
        words = words[:-1]
    if words:
        words[0] = _unjoined(words[0], before=True)
        words[-1] = _unjoined(words[-1], before=False)
    kept = [word for at, word in enumerate(words) if _plain(word) and not _is_particle(word, at, len(words))]
    return [cut for word in (kept or words) for cut in _cut(word, alone=len(words) == 1) if _plain(cut)]


def _falls_before(word: str, titles: _Titles) -> bool:
    """Is it a title before a name? One that is a name elsewhere is told by its full stop."""
    return _plain(word) in titles.before or ("." in word and _plain(word) in lexicon().names_too)


def _falls_behind(word: str, titles: _Titles, *, shouted: bool) -> bool:
    """Is it a title behind a name? A degree without its comma is told by its capitals: "MA" is one, "Ma" a surname."""
    if _plain(word) in titles.behind:
        return True
    capitals = sum(map(str.isupper, word))
    return _plain(word) in titles.degrees and ("." in word or (capitals > 1 and not shouted) or word.islower())


def _compounded(words: list[str]) -> list[str]:
    """A first half that is no name alone goes with the word behind it: عبد الرحمن is one name."""
    halves = lexicon().compounds
    joined: list[str] = []
    for word in words:
        if joined and _plain(joined[-1]) in halves:
            joined[-1] += " " + word
        else:
            joined.append(word)
    return joined


def _unjoined(word: str, *, before: bool) -> str:
    """Without the title that a script without blanks, or Korean, writes together with it: นายณัฐวุฒิ, 김민준님."""
    folded = fold(word)
    if not (CONTINUOUS.match(folded.text) or _HANGUL.match(folded.text)):
        return word
    for title in _joined_titles()[before]:
        rest = len(folded.text) - len(title)
        if rest < 2 + before or not (folded.text.startswith(title) if before else folded.text.endswith(title)):
            continue
        at = folded.span(0, rest)[1] if not before else folded.span(len(title), len(title) + 1)[0]
        if not (before and unicodedata.category(word[at])[0] == "M"):
            return word[at:] if before else word[:at]
    return word


@lru_cache(maxsize=1)
def _joined_titles() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those that stand without a blank behind a name, and before it, the longest first."""
    before: set[str] = set()
    behind: set[str] = set()
    for one in lexicon().languages.values():
        for title in one.titles:
            if len(title.before) > 1 and not title.behind and CONTINUOUS.match(title.before):
                before.add(title.before.strip())
            if title.behind and not title.before and (CONTINUOUS.match(title.behind) or _HANGUL.match(title.behind)):
                behind.add(title.behind.strip())
    return tuple(sorted(behind, key=len, reverse=True)), tuple(sorted(before, key=len, reverse=True))


def _is_particle(word: str, at: int, size: int) -> bool:
    """A small word within a name: "van der", "bin". With a capital it may be a name itself, first or last (Lê)."""
    plain = word.casefold() if _LATIN.match(word) else skeleton_of(word)  # the Văn of Vietnam is none of Holland
    return plain.strip(".") in PARTICLES and (word[0].islower() or 0 < at < size - 1)


def _firm_ending(whole: str) -> int:
    """How many signs, two at least, of a name in one piece say that an employer or a school is called so: 红枫书店. One
    sign may end a person's name (田中美園). 0: none do."""
    if len(whole) < _SHORTEST_FIRM or not (CONTINUOUS.match(whole) or _HANGUL.match(whole)):
        return 0
    organisations = lexicon().organisations
    return next((size for size in range(len(whole) - 2, 1, -1) if whole[-size:] in organisations), 0)


def _cut(word: str, *, alone: bool) -> Iterator[str]:
    """A name in one piece, cut into surname and given name where the language's surnames tell how."""
    whole = _plain(word)
    if alone and (size := _firm_ending(whole)):
        yield word[:-size]
        yield word[-size:]
        return
    if alone and 2 <= len(whole) <= _LONGEST_IN_ONE and (CONTINUOUS.match(whole) or _HANGUL.match(whole)):
        surnames = lexicon().surnames
        for size in range(min(_LONGEST_SURNAME, len(whole) - 1), 0, -1):
            codes = surnames.get(whole[:size], frozenset())
            # A Chinese surname of one sign has a given name of two at most.
            if codes and not (size == 1 and len(whole) > 3 and codes == {"zh"}):
                yield word[:size]
                yield word[size:]
                # 황보라 is of 황보 or of 황.
                if size == 2 and len(whole) == 3 and whole[:1] in surnames:
                    yield word[1:]
                return
        if size := _likely_surname(whole):
            yield word[:size]
            yield word[size:]
            return
    pieces = _HYPHENS.split(word)
    if len(pieces) > 1 and all(len(_plain(piece)) >= 3 for piece in pieces):
        yield from pieces
        return
    yield word
    yield from (piece for piece in pieces if len(pieces) > 1 and len(_plain(piece)) >= 4)


def _likely_surname(whole: str) -> int:
    """Where a name in one piece is cut when its surname is a rare one: most are of one sign in Korean, of two in
    Japanese, where kana begin the given name; of two Han signs each is one. 0: not at all."""
    if _HANGUL.match(whole):
        return 1 if 3 <= len(whole) <= 4 else 0
    han = _HAN.match(whole)
    if not han:
        return 0
    if han.end() < len(whole):
        return han.end()
    return 1 if len(whole) == 2 else 2 if len(whole) <= 5 else 0


def _local_words(address: str) -> list[str]:
    """The words of a local part that is made of a name: jane.whitcombe, j.whitcombe, jane."""
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
    of_address: bool = False,
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
                _forms(word, inflected=not vietnamese),
                doubtful,
                exact,
                written=word,
                capital=capital,
            )
        )
    if len(words) > 1 and not phrase:
        parts += [Part(one, -1, (Form(one),), may_be_a_word(one, words), login=True) for one in logins(words)]
        parts += _wholes(words)
    return PersonName(tuple(parts), phrase, of_address=of_address)


def _wholes(words: list[str]) -> Iterator[Part]:
    """Given name and surname in one piece: so long that no edges are needed, as in "MsJanePollardessay"."""
    plain = [_plain(word) for word in words]
    known = lexicon()
    spaced = not (CONTINUOUS.match(plain[0]) or _HANGUL.match(plain[0]))
    if spaced and all(word in known.ordinary or word in known.proper or len(word) < 3 for word in plain):
        return
    orders = [(plain[0], plain[-1]), (plain[-1], plain[0])]
    # Chinese, Korean and Japanese write the surname first; of 도윤이 the last letter is a particle.
    for first, second in dict.fromkeys(orders if spaced or len(plain[0]) > 1 else orders[:1]):
        if len(first + second) >= (_LONG_NAME if spaced else 3):
            form = Form(first + second, frozenset({len(first)}))
            yield Part(first + second, -1, (form,), login=True, anywhere=True)


def skeleton_free(word: str) -> str:
    """The word with its accents, in small letters."""
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
# Hausa letters with a hook are typed with an apostrophe where there is no key for them: D'anlami.
_HOOKED = regex.compile("[ɓɗƙƴƁƊƘƳ](?=.)")
_WITHIN = regex.compile(r"(?<=\p{Arabic})\u200c(?=\p{Arabic})")


@lru_cache(maxsize=256)
def _forms(word: str, *, inflected: bool) -> tuple[Form, ...]:
    """The spellings of one word. Many people share a name, and each letter of one gives it again."""
    return tuple(_spelt_and_inflected(word, inflected=inflected))


def _spelt_and_inflected(word: str, *, inflected: bool) -> Iterator[Form]:
    """The word with umlauts in both ways, with the ends that languages give it, and with the beginnings and other
    letters of some."""
    seen: set[tuple[str, frozenset[int]]] = set()
    for spelt in _spellings(_WITHIN.sub("-", word)):
        skeleton = skeleton_of(spelt)
        plain = letters(skeleton)
        # Where Persian parts a word without a blank (U+200C), people write a blank, too.
        joints = _joint_places(skeleton_of(_HOOKED.sub(r"\g<0>'", _CAMEL.sub("-", spelt.replace("\u200c", "-")))))
        if (plain, joints) in seen or not plain:
            continue
        seen.add((plain, joints))
        script = _script_of(plain[-1]) if inflected else ""
        for end, form in _with_ends(plain, joints, script):
            yield form
            yield from _begun_otherwise(end, form, script)
        yield from _written_otherwise(plain, joints, script)


def _with_ends(plain: str, joints: frozenset[int], script: str) -> Iterator[tuple[str, Form]]:
    """The word with the ends that take the place of each of its own, and that."""
    table = _endings(script)
    yield "", Form(plain, joints, table.get("", Form("").tails))
    for size in range(1, min(_LONGEST_END, len(plain) - 1) + 1):
        end = plain[-size:]
        tails = table.get(end)
        if not tails:
            continue
        stem = plain[:-size]
        inside = frozenset(place for place in joints if place < len(stem))
        if len(stem) >= _SHORTEST_STEM:
            yield end, Form(stem, inside, tails, whole=False)
        # An apostrophe parts words, and a stem of one letter is everywhere: such an end is looked for with its stem
        # (Солов'я, Льва).
        for tail in _apart(script, end) if len(stem) >= _SHORTEST_STEM else tails:
            if len(stem) >= _SHORTEST_STEM or len(tail) > size:
                parted = frozenset({len(stem)}) if "'" in tail else frozenset()
                yield end, Form(stem + letters(tail), inside | parted, {"": tails[tail]}, whole=False)


@lru_cache(maxsize=1024)  # of ends that the languages' files have, not of names
def _apart(script: str, end: str) -> tuple[str, ...]:
    return tuple(tail for tail in _endings(script)[end] if "'" in tail)


@lru_cache(maxsize=4096)
def _spoken(script: str, end: str, codes: Codes, *, whole: bool) -> Mapping[str, Codes]:
    """The ends in the place of ``end`` that these languages have, and none at all if the form may be ``whole``."""
    tails = _endings(script).get(end, {})
    kept = {tail: codes & spoken for tail, spoken in tails.items() if codes & spoken}
    return {**kept, "": codes} if whole else kept


def _begun_otherwise(end: str, form: Form, script: str) -> Iterator[Form]:
    """The form with the beginnings that some languages give it by what stands before: Bríd, a Bhríd; Gwyn, Wyn."""
    table = _beginnings(script)
    for size in (2, 1):
        others = table.get(form.stem[:size])
        if not others or len(form.stem) <= size:
            continue
        for start, codes in others.items():
            tails = _spoken(script, end, codes, whole=form.whole)
            if tails:
                joints = frozenset(place + len(start) - size for place in form.joints if place >= size)
                yield Form(start + form.stem[size:], joints, tails, whole=False, strict=True)
        return


def _written_otherwise(plain: str, joints: frozenset[int], script: str) -> Iterator[Form]:
    """The word with letters that some languages also write in another way: Aase, Åse. Not where it has joints."""
    if joints:
        return
    for letter, others in _also_written(script).items():
        if letter not in plain:
            continue
        for other, codes in others.items():
            for end, form in _with_ends(plain.replace(letter, other), joints, script):
                tails = _spoken(script, end, codes, whole=form.whole)
                if tails:
                    yield form._replace(tails=tails, whole=False, strict=True)


def _spellings(word: str) -> Iterator[str]:
    yield word
    spelt = word
    for letter, written in _UMLAUTS.items():
        spelt = spelt.replace(letter, written)
    yield spelt
    yield from _halves(word)
    if "և" in word:  # capitals make two letters of it, and of those the second is written in two ways
        yield word.replace("և", "եվ")
    skeleton = skeleton_of(word)
    yield from (
        word[len(one) :] for one in lexicon().articles if skeleton.startswith(one) and len(word) >= len(one) + 3
    )
    if len(skeleton) > 4 and skeleton.isascii() and _WRITTEN_UMLAUT.search(skeleton):
        yield _WRITTEN_UMLAUT.sub(r"\1", skeleton)


def _halves(word: str) -> Iterator[str]:
    """A compound name with each form of its first half, a joint between: أبو بكر, أبي بكر, أبوبكر."""
    known = lexicon()
    first, blank, second = word.partition(" ")
    if not blank:
        at = next((n for n in range(2, len(word) - 3) if skeleton_of(word[:n]) in known.compounds), 0)
        first, second = word[:at], word[at:]
        if not at or not any(skeleton_of(second).startswith(one) for one in known.articles):
            return
    for form in sorted(known.compounds.get(skeleton_of(first), ())):
        yield f"{form} {second}"


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
    return _of_script(script, lambda one: one.endings)


@lru_cache(maxsize=64)
def _beginnings(script: str) -> Mapping[str, Mapping[str, Codes]]:
    return _of_script(script, lambda one: one.beginnings)


@lru_cache(maxsize=64)
def _also_written(script: str) -> Mapping[str, Mapping[str, Codes]]:
    return _of_script(script, lambda one: one.also_written)


def _of_script(
    script: str, table: Callable[[Language], Iterable[tuple[str, tuple[str, ...]]]]
) -> Mapping[str, Mapping[str, Codes]]:
    found: dict[str, dict[str, set[str]]] = {}
    for one in lexicon().languages.values():
        if script in one.scripts:
            for key, instead in table(one):
                for other in instead:
                    found.setdefault(key, {}).setdefault(other, set()).add(one.code)
    return {key: {other: frozenset(codes) for other, codes in others.items()} for key, others in found.items()}


@lru_cache(maxsize=1024)
def _script_of(letter: str) -> str:
    """The script of a letter, among those that languages are written in; "" when it is none of them."""
    scripts = {script for one in lexicon().languages.values() for script in one.scripts}
    return next((script for script in sorted(scripts) if regex.match(rf"\p{{Script={script}}}", letter)), "")
