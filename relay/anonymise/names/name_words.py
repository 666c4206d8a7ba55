"""Splits a registered text into the words of its names, without titles, degrees and particles."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import regex

from relay.anonymise.names.firm_cores import firm_cores
from relay.anonymise.names.fold import fold, letters, skeleton_of
from relay.anonymise.names.lexicon import CONTINUOUS, lexicon
from relay.anonymise.names.roles import CONJUNCTIONS, ROLE_WORDS
from relay.anonymise.names.without_forms import only_resembles_form, without_forms, without_forms_within

_LATIN = regex.compile(r"\p{Script=Latin}")
_LONGEST_IN_ONE = 7
_LONGEST_SURNAME = 4
_SHORTEST_FIRM = 4
_PARTED = regex.compile(
    r"\s*(?:[|()\[\]•;]|(?<!\b[asd])/|/(?![lpo]\b))\s*|\s+[-–—]\s+|\s+(?:aka|alias|genannt|dit|dite)\s+",
    regex.IGNORECASE,
)
# "L'Atelier", "All'Angolo": an article and its word.
_ELIDED = regex.compile(r"^(?:[ld]|all|dell|nell|de|sa|s)['’‘ʼ`´](?=[^\W\d_]{4})", regex.IGNORECASE)
# "A&B Motors": an employer's words, unless nothing but letters is left (H&M).
_AMPERSAND = regex.compile(r"(?<=\w)&(?=\w)")
# What stands before the name of a saint in an employer's name; people abbreviate it or not.
_SAINTS = frozenset(("st", "saint", "sankt", "sint", "ste", "sainte"))
# An employer's name ends in quotation marks: ООО «Полярная сова».
_QUOTED = regex.compile(r"\S\s+[«„“\"].+[»“”\"]\s*$")
# Separators in local parts; a title joined to the name (Dr.Jane); degrees.
_LOCAL_JOINTS = regex.compile(r"[._\-=\d]+")
_JOINED_TITLE = regex.compile(r"(?<=[^\W\d_]{2}\.)(?!\p{Ll})(?=[^\W\d_]{2})")
_COMMAS = regex.compile(r"[,\s]+")
_HYPHENS = regex.compile(r"[-·・‧]")
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


def split_names(name: str) -> Iterator[tuple[list[str], bool]]:
    """The words of each name in a registered text, without titles, degrees and particles, CJK names split; and whether
    it is the name of an employer or school."""
    cores = firm_cores(name)
    yield from ((list(words), True) for words in cores)
    if cores:
        return
    whole = without_forms(name)
    one = whole.sure and len(_PARTED.split(" ".join(whole.words))) == 1  # "Northbank (Pvt) Ltd"
    for piece in (name,) if one else _PARTED.split(name):
        bare = without_forms(piece)
        words = _untitled(piece)
        if words and (bare.sure or _is_firm(piece, words)):
            yield _of_firm(_without_legal_form(piece, words, bare.words)), True
        elif words:
            yield words, False


@lru_cache(maxsize=128)
def mailbox_words(address: str) -> tuple[str, ...]:
    """The words of a local part that consists of a name: jane.whitcombe, j.whitcombe, jane."""
    local = address.rpartition("@")[0].partition("+")[0]
    pieces = [piece for piece in _LOCAL_JOINTS.split(local) if piece]
    words = tuple(word for word in pieces if len(word) > 1 and skeleton_of(word) not in ROLE_WORDS)
    if len(pieces) == 1 and (not words or len(words[0]) < 3 or any(map(str.isdigit, local))):
        return ()
    return words


@lru_cache(maxsize=512)
def plain(word: str) -> str:
    """A word's letters only, folded; cached because every step asks for the same few words."""
    return letters(skeleton_of(word))


def _is_firm(name: str, words: list[str]) -> bool:
    """Whether it is the name of an employer or school: it has a word of such names, "&", or a possessive before its
    last word."""
    organisations = lexicon().organisations
    return len(words) > 1 and (
        "&" in name
        or " + " in name
        or (
            any(
                plain(piece) in organisations
                for at, word in enumerate(words)
                for piece in (word, _ELIDED.sub("", word))
                if not only_resembles_form(words, at)
            )
            and not _vietnamese_person(words)
        )
        or _QUOTED.search(name) is not None
        or any(skeleton_of(word).endswith("'s") for word in words[:-1])
    )


def _vietnamese_person(words: list[str]) -> bool:
    """Whether it begins with a Vietnamese surname. Syllables of names are words, some of them of schools (Trường)."""
    return "vi" in lexicon().surnames.get(plain(words[0])) and is_vietnamese(words)


def is_vietnamese(words: list[str]) -> bool:
    """Whether it is a Vietnamese name, by its surname and short words: then every syllable of it is a word."""
    codes = lexicon().surnames
    spelt = [plain(word) for word in words]
    return (
        len(words) > 1
        and all(len(word) <= 7 for word in spelt)
        and any("vi" in codes.get(word) for word in (spelt[0], spelt[-1]))
        and (any(not word.isascii() for word in words) or all(len(word) <= 6 for word in spelt))
    )


class _Titles(NamedTuple):
    """Titles as words, letters only: before a name, after it, and after it and a comma (degrees)."""

    before: frozenset[str]
    behind: frozenset[str]
    degrees: frozenset[str]


def _without_legal_form(name: str, words: list[str], bare: list[str]) -> list[str]:
    """An employer's words without the legal form, where what remains tells of it: two words, or one that is no ordinary
    word. ``name`` is as registered, ``bare`` without the forms at its ends."""
    known = lexicon()
    joined = " ".join(bare).strip(" ,")
    apart = _AMPERSAND.sub(" & ", joined)
    kept = without_forms_within(_untitled(apart if max(map(len, apart.split()), default=0) > 1 else joined))
    telling = [word for word in map(plain, kept) if len(word) > 2 and not known.is_word(word)]
    return kept if len(kept) > 1 or telling else _untitled(name.replace("(", " ").replace(")", " ")) or words


def _of_firm(words: list[str]) -> list[str]:
    """An employer's words without those that connect them, without "Saint", and without pieces of its other words
    (7-Eleven). Unchanged when fewer than two remain."""
    kept: list[str] = []
    for at, word in enumerate(words):
        spelt = skeleton_of(word).strip(".")
        piece = bool(kept) and word in _HYPHENS.split(kept[-1]) and word != kept[-1]
        if not (piece or (0 < at < len(words) - 1 and spelt in CONJUNCTIONS) or (at == 0 and spelt in _SAINTS)):
            kept.append(word)
    return kept if len(kept) > 1 else words


@lru_cache(maxsize=1)
def _titles() -> _Titles:
    """Those of all languages, except titles that are names elsewhere: Don, Anh, Avi."""
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


def is_title(word: str) -> bool:
    """Whether it is a title that stands before or behind a name, or a degree."""
    return any(plain(word) in several for several in _titles())


def _untitled(piece: str) -> list[str]:
    titles = _titles()
    head, comma, tail = piece.partition(",")
    words = _compounded(_JOINED_TITLE.sub(" ", head).split())
    words_behind = [word for word in _COMMAS.split(tail) if word]
    if comma and words_behind and not all(plain(word) in frozenset().union(*titles) for word in words_behind):
        words = [word for word in words_behind if plain(word) not in titles.behind | titles.degrees] + words
    while len(words) > 1 and _falls_before(words[0], titles):
        words = words[1:]
    shouted = piece.isupper()
    while len(words) > 1 and _falls_behind(words[-1], titles, shouted=shouted):
        words = words[:-1]
    if words:
        words[0] = _unjoined(words[0], before=True)
        words[-1] = _unjoined(words[-1], before=False)
    kept = [word for at, word in enumerate(words) if plain(word) and not _is_particle(word, at, len(words))]
    return [cut for word in (kept or words) for cut in _cut(word, alone=len(words) == 1) if plain(cut)]


def _falls_before(word: str, titles: _Titles) -> bool:
    """Whether it is a title before a name. One that is a name elsewhere needs its full stop."""
    return plain(word) in titles.before or ("." in word and plain(word) in lexicon().names_too)


def _falls_behind(word: str, titles: _Titles, *, shouted: bool) -> bool:
    """Whether it is a title after a name. A degree without a comma needs capitals: "MA" is one, "Ma" a surname."""
    if plain(word) in titles.behind:
        return True
    capitals = sum(map(str.isupper, word))
    return plain(word) in titles.degrees and ("." in word or (capitals > 1 and not shouted) or word.islower())


def _compounded(words: list[str]) -> list[str]:
    """Join a first half that is no name alone with the next word: عبد الرحمن is one name."""
    halves = lexicon().compounds
    joined: list[str] = []
    for word in words:
        if joined and plain(joined[-1]) in halves:
            joined[-1] += " " + word
        else:
            joined.append(word)
    return joined


def _unjoined(word: str, *, before: bool) -> str:
    """The word without a title that is joined to it, in scripts without blanks and in Korean: นายณัฐวุฒิ, 김민준님."""
    folded = fold(word)
    if not (CONTINUOUS.match(folded.text) or _HANGUL.match(folded.text)):
        return word
    if folded.text in lexicon().ordinary or folded.text in lexicon().proper:
        return word  # อาทิตย์ is the sun, and no uncle (อา)
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
    """Titles joined to the end of a name, and to its beginning, longest first."""
    before: set[str] = set()
    behind: set[str] = set()
    for one in lexicon().languages.values():
        for title in one.titles:
            if len(title.before.strip()) > 2 and not title.behind and CONTINUOUS.match(title.before):
                before.add(title.before.strip())
            if title.behind and not title.before and (CONTINUOUS.match(title.behind) or _HANGUL.match(title.behind)):
                behind.add(title.behind.strip())
    return tuple(sorted(behind, key=len, reverse=True)), tuple(sorted(before, key=len, reverse=True))


def _is_particle(word: str, at: int, size: int) -> bool:
    """Whether it is a particle within a name: "van der", "bin". With a capital it may be a name, first or last (Lê)."""
    plain = word.casefold() if _LATIN.match(word) else skeleton_of(word)  # the Vietnamese Văn is not the Dutch "van"
    return plain.strip(".") in PARTICLES and (word[0].islower() or 0 < at < size - 1)


def _firm_ending(whole: str) -> int:
    """The number of characters at the end of a name in one piece that mark an employer or school: 红枫书店. At least
    two, because a single one may end a person's name (田中美園). 0: none do."""
    if len(whole) < _SHORTEST_FIRM or not (CONTINUOUS.match(whole) or _HANGUL.match(whole)):
        return 0
    organisations = lexicon().organisations
    return next((size for size in range(len(whole) - 2, 1, -1) if whole[-size:] in organisations), 0)


def _cut(word: str, *, alone: bool) -> Iterator[str]:
    """A name in one piece, split into surname and given name by the list of surnames."""
    whole = plain(word)
    if alone and (size := _firm_ending(whole)):
        yield word[:-size]
        yield word[-size:]
        return
    if alone and 2 <= len(whole) <= _LONGEST_IN_ONE and (CONTINUOUS.match(whole) or _HANGUL.match(whole)):
        surnames = lexicon().surnames
        for size in range(min(_LONGEST_SURNAME, len(whole) - 1), 0, -1):
            codes = surnames.get(whole[:size])
            # A Chinese surname of one character has a given name of two at most.
            if codes and not (size == 1 and len(whole) > 3 and codes == {"zh"}):
                yield word[:size]
                yield word[size:]
                # 황보라 may be 황보 + 라 or 황 + 보라.
                if size == 2 and len(whole) == 3 and whole[:1] in surnames:
                    yield word[1:]
                return
        if size := _likely_surname(whole):
            yield word[:size]
            yield word[size:]
            return
    pieces = _HYPHENS.split(word)
    if len(pieces) > 1 and all(len(plain(piece)) >= 3 for piece in pieces):
        yield from pieces
        return
    yield word
    yield from (piece for piece in pieces if len(pieces) > 1 and len(plain(piece)) >= 4)


def _likely_surname(whole: str) -> int:
    """The length of an unlisted surname in a name in one piece: usually one character in Korean, two in Japanese, where
    kana begin the given name; one of two Han characters. 0: not split."""
    if _HANGUL.match(whole):
        return 1 if 3 <= len(whole) <= 4 else 0
    han = _HAN.match(whole)
    if not han:
        return 0
    if han.end() < len(whole):
        return han.end()
    return 1 if len(whole) == 2 else 2 if len(whole) <= 5 else 0
