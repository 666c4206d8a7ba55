"""Searches octets for the names of an author, in every charset that could spell them, for the leak check."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from relay.anonymise.leak_check.matcher import Matcher
from relay.anonymise.leak_check.needles import octet_words
from relay.model import Identity

# Every charset of mail and files, in which a name could be written undeclared.
CHARSETS = tuple(
    str.split("""
    utf-8 utf-16-le utf-16-be utf-7 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874 iso8859-2
    iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16
    koi8-r koi8-u koi8-t cp437 cp737 cp775 cp850 cp852 cp855 cp857 cp860 cp861 cp862 cp863 cp864 cp865 cp866 cp869
    mac_roman mac_cyrillic mac_greek mac_latin2 mac_turkish mac_iceland cp932 euc_jp iso2022_jp gb18030 hz big5
    big5hkscs cp949 johab iso2022_kr ptcp154 utf-32-le utf-32-be
    """)
)
# In all other charsets ASCII is encoded as in UTF-8; the octets of one byte order contain those of the other but a NUL.
_OTHER_ORDER = {"utf-16-le": "utf-16-be", "utf-32-le": "utf-32-be"}
# Charsets that write letters as ASCII, or ASCII as more than one octet per letter.
_ASCII_CHARSETS = (
    "utf-8",
    "utf-16-le",
    "utf-16-be",
    "utf-7",
    "iso2022_jp",
    "iso2022_kr",
    "hz",
    "utf-32-le",
    "utf-32-be",
)
# In binary octets a short word occurs by chance: a photograph contains every word of four letters.
_SMALLEST, _SMALLEST_IN_TEXT = 6, 3
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_NULS = b"\0\0\0"
_AROUND = 80
_BLANK = re.compile(r"\s")
_WIDE = 500  # where the words beside a name in a page's source have to be known


def octets_name_author(
    matcher: Matcher,
    author: Identity,
    content: bytes,
    shortest: int = 1,
    spared: Callable[[str], int] | None = None,
) -> bool:
    """Whether the octets, in any charset that could spell the name, name the author. ``spared``: how often a word, in
    lower case, is shown of them because the reader wrote it."""
    low = content.lower()
    first, last = low.find(b"@"), low.rfind(b"@")
    nul = b"\0" in content
    # UTF-32 has three in a row at each ASCII letter; pictures hardly ever have.
    several = nul and _NULS in content
    smallest = _SMALLEST if _CONTROLS.search(content, 0, 4096) else _SMALLEST_IN_TEXT
    learned = Identity((), learned=author.learned)
    registered = author.registered
    ascii_only = content.isascii()
    # Most learned words are registered, too.
    words = dict.fromkeys((*_spellings(registered, ascii_only, nul), *_spellings(learned, ascii_only, nul)))
    for octets, charset in words:
        if len(octets) < smallest or (b"\0" in octets and not nul) or (_NULS in octets and not several):
            continue
        # Lower-case needles are searched in the lower-cased octets, others in the original ones.
        where = low if octets == octets.lower() else content
        # An address can only be around an "@", which base64 never has.
        start, stop = (max(0, first - len(octets)), last + len(octets)) if b"@" in octets else (0, len(where))
        at = where.find(octets, start, stop)
        if at >= 0 and spared is not None and octets.isascii() and where.count(octets) <= spared(octets.decode()):
            continue
        while at >= 0:
            end = at + len(octets)
            following = end
            if matcher.has_echoes and not _more_names_author(matcher, content, (at, end), charset, shortest):
                # What was read around it names nobody, and is not read again for each of many mentions.
                following = end + _WIDE // 2
            elif any(matcher.matches(piece, shortest) for piece in _around(content, at, end, charset, _AROUND)):
                return True
            at = where.find(octets, following)
    return False


def _more_names_author(matcher: Matcher, content: bytes, place: tuple[int, int], charset: str, shortest: int) -> bool:
    """The same with more of the octets around, without the words that the piece cuts in two: of something that the
    reader wrote they may be the second half."""
    start, end = place
    for piece in _around(content, start, end, charset, _WIDE):
        first = _BLANK.search(piece, 0, _WIDE // 8) if start > _WIDE else None
        last = _BLANK.search(piece[::-1], 0, _WIDE // 8) if end + _WIDE < len(content) else None
        if matcher.matches(piece[first.end() if first else 0 : len(piece) - (last.end() if last else 0)], shortest):
            return True
    return False


def _around(content: bytes, start: int, end: int, charset: str, reach: int) -> Iterator[str]:
    """The octets at [start, end) with their context, decoded; for UTF-16 and UTF-32 in both byte orders."""
    # With two or four octets per letter the context must begin at a letter boundary.
    first = max(start % 4, start - reach)
    yield content[first : end + reach].decode(charset, "replace")
    if charset in _OTHER_ORDER:
        first = max(0, first - (1 if charset == "utf-16-le" else 3))
        yield content[first : end + reach].decode(_OTHER_ORDER[charset], "replace")


@lru_cache(maxsize=256)
def _spellings(identity: Identity, ascii_only: bool, nul: bool) -> tuple[tuple[bytes, str], ...]:
    """Each word that names somebody, and each address, in every charset. ``ascii_only``: only encodings that consist of
    ASCII; without ``nul``: none that contains a NUL."""
    found = (each for word in octet_words(identity) for each in _encoded(word, ascii_only, nul))
    return tuple({octets: (octets, charset) for octets, charset in found}.values())


@lru_cache(maxsize=256)
def _encoded(word: str, ascii_only: bool, nul: bool) -> tuple[tuple[bytes, str], ...]:
    """One word encoded in each charset that has all its letters."""
    if word.isascii():
        charsets: tuple[str, ...] = ("utf-8", *_OTHER_ORDER) if nul else ("utf-8",)
    else:
        charsets = _ASCII_CHARSETS if ascii_only else CHARSETS
    found = {octets: charset for charset in charsets for octets in _cases(word, charset)}
    return tuple((octets, charset) for octets, charset in found.items() if not ascii_only or octets.isascii())


def _cases(word: str, charset: str) -> Iterator[bytes]:
    """The word as written, in lower case, and in capitals; an ASCII word only in lower case, in which it is
    searched."""
    try:
        for written in dict.fromkeys((word.lower(),) if word.isascii() else (word, word.lower(), word.upper())):
            octets = written.encode(charset)
            if len(octets) >= _SMALLEST_IN_TEXT:
                yield octets.strip(b"\0") if word.isascii() else octets
    except UnicodeError:
        return
