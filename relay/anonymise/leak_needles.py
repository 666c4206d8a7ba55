"""What may stand nowhere in a finished letter: names, addresses and employers of its author, reduced to letters alone.

Built by other means than the finder of names: no folding of spellings, no languages, no contexts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from relay.anonymise.names.vocabulary import Vocabulary
from relay.anonymise.names.ways import languages
from relay.anonymise.providers import private_domains
from relay.model import Identity

LONG = 8
_SHORTEST_WORD = 7
_DIGITS = str.maketrans("", "", "0123456789")
_NO_SIGNS = {code: None for code in range(128) if not chr(code).isalnum()}


def signs(text: str) -> str:
    """Letters and digits alone, of every script, small, without any mark."""
    if text.isascii():
        return text.lower().translate(_NO_SIGNS)
    apart = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(filter(str.isalnum, apart)))


def letters_of(whole: str) -> str:
    """Signs without digits."""
    if whole.isalpha():
        return whole
    return whole.translate(_DIGITS) if whole.isascii() else "".join(filter(str.isalpha, whole))


def signs_at(text: str) -> tuple[str, list[int]]:
    """The same, with the place of the character that each came from."""
    found: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for each in signs(character):
            found.append(each)
            places.append(place)
    return "".join(found), places


@dataclass(frozen=True, slots=True)
class Needle:
    """``signs`` to look for, ``edged`` when they count only at the edges of words, ``capital`` when only with a capital
    at the start of each of ``words`` words: an ordinary word is no name otherwise. ``digits``: digits count."""

    signs: str
    edged: bool
    capital: bool = False
    digits: bool = False


def needles_of(identity: Identity) -> tuple[Needle, ...]:
    """Everything to look for because of one person."""
    found: dict[Needle, None] = {}
    for address in identity.addresses:
        found.update(dict.fromkeys(_of_address(address)))
    for name in identity.known_as:
        found.update(dict.fromkeys(_of_name(name)))
    return tuple(found)


def _of_address(address: str) -> Iterator[Needle]:
    local, _, domain = address.rpartition("@")
    bare = local.partition("+")[0]
    for written in _domains(domain):
        yield Needle(signs(bare + written), edged=True, digits=True)
    for private in private_domains(domain.casefold().strip(".")):
        for written in _domains(private):
            yield Needle(signs(written), edged=True, digits=True)


def _domains(domain: str) -> Iterator[str]:
    """A domain as it is written and as DNS has it (RFC 5890 2.3.2.1)."""
    yield domain
    if domain.casefold() in ("gmail.com", "googlemail.com"):
        yield from ("gmail.com", "googlemail.com")
    try:
        yield domain.encode("ascii").decode("idna") if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return


def _of_name(name: str) -> Iterator[Needle]:
    words = written_words(name)
    plain = [signs(word) for word in words]
    whole = {"".join(plain), "".join(plain[::-1])}
    if len(plain) > 1:
        whole |= {plain[0] + plain[-1], plain[-1] + plain[0], "".join((plain[-1], *plain[:-1]))}
    ordinary = all(map(_ordinary, plain))
    for one in sorted(whole):
        letters = one.translate(_DIGITS)
        if len(plain) > 1 and len(letters) > 1:
            yield Needle(letters, edged=len(letters) < LONG and not unspaced(letters), capital=ordinary)
    for word in plain:
        letters = word.translate(_DIGITS)
        if _ordinary(word) or len(letters) < (3 if len(plain) == 1 else _SHORTEST_WORD):
            continue
        yield Needle(letters, edged=not unspaced(letters))


def written_words(name: str) -> list[str]:
    """The words of a registered name, but for what has a full stop behind it, and what stands behind a comma after two
    words or more (degrees)."""
    head, _, tail = name.partition(",")
    kept = [word for word in head.split() if not word.endswith(".") and signs(word)]
    if len(kept) == 1:
        kept += [word for word in tail.split() if not word.endswith(".") and signs(word)]
    return kept or name.split()


def _ordinary(word: str) -> bool:
    words = _ordinary_words()
    return (len(word) < 3 and word.isascii()) or word in words


@lru_cache(maxsize=1)
def _ordinary_words() -> Vocabulary:
    """The ordinary words, places and months of all languages."""
    return Vocabulary((one.code, map(signs, one.as_written.split())) for one in languages())


def unspaced(letters: str) -> bool:
    """Is it in a script without blanks between words, or with particles (Korean), and long enough to be no accident?"""
    first = letters[:1]
    name = unicodedata.name(first, "") if first else ""
    return (
        name.startswith(("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "HANGUL"))
        and len(letters) > 2
    )


def spelt(identity: Identity) -> Sequence[str]:
    """The words that are looked for in octets, by every charset that could spell them: of each name the longest, and
    each address."""
    words: dict[str, None] = dict.fromkeys(identity.addresses)
    for name in identity.known_as:
        longest = max(written_words(name), key=len, default="")
        if len(longest) > 1:
            words[longest] = None
    return tuple(words)
