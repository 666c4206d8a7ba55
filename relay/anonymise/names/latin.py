"""Transliterates Cyrillic and Greek names to Latin letters, by several standards and common usage, without accents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import regex

from relay.anonymise.names.fold import skeleton_of

_CYRILLIC = regex.compile(r"\p{Script=Cyrillic}")
_SHORT_END = regex.compile("[иы]й$")
_FIRST_E = regex.compile("^е")
_GREEK = regex.compile(r"\p{Script=Greek}")


def _table(pairs: str) -> Mapping[str, str]:
    return dict(pair.split("=") for pair in pairs.split())


_COMMON = _table(
    "а=a б=b в=v г=g ґ=g д=d е=e ё=e ж=zh з=z и=i і=i ї=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ў=u ф=f х=kh"
    " ц=ts ч=ch ш=sh щ=shch ъ= ы=y ь= э=e є=ye ю=yu я=ya ђ=dj ј=j љ=lj њ=nj ћ=c џ=dz ѓ=gj"
    " ќ=kj ѕ=dz ә=a ғ=g қ=k ң=n ө=o ұ=u ү=u һ=h"
)
# ICAO 9303 as in Russian passports; usage of newspapers; Ukraine 2010; Belarus 2007; Bulgaria 2009; Serbian and
# Macedonian; ISO 9 without accents.
_PASSPORT = {**_COMMON, **_table("й=i ю=iu я=ia ъ=ie є=ie")}
_PRESS = {**_COMMON, **_table("ё=yo щ=sch")}
_UKRAINIAN = {**_COMMON, **_table("г=h и=y й=i є=ie ю=iu я=ia")}
_BELARUSIAN = {**_COMMON, **_table("г=h й=i ё=io ю=iu я=ia х=kh")}
_BULGARIAN = {**_COMMON, **_table("щ=sht ъ=a ь=y х=h")}
_SOUTHERN = {**_COMMON, **_table("ж=z х=h ц=c ч=c ш=s")}
_SCHOLARLY = {**_COMMON, **_table("ж=z й=j х=h ц=c ч=c ш=s щ=sc ю=ju я=ja ё=jo є=je")}

_GREEK_LETTERS = _table(
    "α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f χ=ch ψ=ps ω=o"
)
# ELOT 743, and phonetic.
_ELOT = (("ου", "ou"), ("αυ", "av"), ("ευ", "ev"), ("ηυ", "iv"), ("γγ", "ng"), ("γξ", "nx"), ("γχ", "nch"), ("μπ", "b"))
_SOUNDS = (("ου", "ou"), ("αυ", "af"), ("ευ", "ef"), ("γγ", "ng"), ("γκ", "g"), ("ντ", "d"), ("μπ", "b"), ("τζ", "tz"),
           ("αι", "e"), ("ει", "i"), ("οι", "i"), ("χ", "h"), ("υ", "i"))  # fmt: skip


def in_latin(words: Sequence[str]) -> Iterator[list[str]]:
    """The words by each standard for their alphabet, capitalised; nothing for other scripts."""
    whole = "".join(words)
    if _CYRILLIC.search(whole):
        small = [word.lower() for word in words]
        for table in _tables("".join(small)):
            yield [_spelt(word, table) for word in small]
        # Phonetic: Yevgeny, Bely.
        phonetic = [_SHORT_END.sub("й", _FIRST_E.sub("йе", word)) for word in small]
        if phonetic != small:
            yield [_spelt(_SHORT_END.sub("й", word), _COMMON) for word in small]
            yield [_spelt(word, _COMMON) for word in phonetic]
    elif _GREEK.search(whole):
        for sounds in (_ELOT, _SOUNDS):
            spelt = []
            for word in map(skeleton_of, words):
                sounding = word
                for letters, sound in sounds:
                    sounding = sounding.replace(letters, sound)
                spelt.append(_spelt(sounding, _GREEK_LETTERS))
            yield spelt


def _tables(text: str) -> Iterator[Mapping[str, str]]:
    """The standards of the languages that use the letters of ``text``."""
    if regex.search("[ђјљњћџѓќѕ]", text):
        yield _SOUTHERN
        return
    if "ў" in text:
        yield _BELARUSIAN
    elif regex.search("[ґєії]", text):
        yield _UKRAINIAN
    else:
        yield from (_PASSPORT, _BULGARIAN)
        if "г" in text:
            yield _UKRAINIAN
    yield from (_PRESS, _SCHOLARLY)


def _spelt(word: str, table: Mapping[str, str]) -> str:
    latin = "".join(table.get(letter, letter) for letter in word)
    return latin[:1].upper() + latin[1:]
