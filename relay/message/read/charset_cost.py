"""How unlikely a text is in a charset: its cost in bits, by the letter frequencies of languages."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache
from math import log2

from relay.message.read.charset_languages import CANDIDATES, LETTERS, SIGNS

ASCII_BITS, _OUTSIDE, _SYMBOL, _BROKEN = 5.0, 12.0, 16.0, 22.0
_NO_TEXT = frozenset({"Cc", "Cn", "Co", "Cs"})
_MARKS_OF_TEXT = (("“”‘’„«»–—…\u00a0", 7.0), ("€£°§№¿¡ªº½´·", 10.0))


def cost(sample: bytes, codec: str) -> float:
    """The bits that the sample takes as text in ``codec``, in the language that needs the fewest."""
    text = sample.decode(codec, "surrogateescape")
    counts = Counter(text)
    plain = sum(number for sign, number in counts.items() if sign < "\x80")
    foreign = [(sign, number) for sign, number in counts.items() if sign >= "\x80"]
    least = min(sum(_bits(sign, language) * number for sign, number in foreign) for language in CANDIDATES[codec][1])
    return plain * ASCII_BITS + least + _stumbles(text)


def _stumbles(text: str) -> float:
    """Penalty in bits for what is rare in text: capitals after small letters, two scripts in one word, symbols within
    words."""
    bits = 0.0
    for at, sign in enumerate(text):
        if sign < "\x80" or at == 0:
            continue
        before, after = text[at - 1], text[at + 1 : at + 2]
        if sign.isalpha():
            if sign.isupper() and before.islower():
                bits += 7.0
            elif sign.islower() and before.isupper() and after.isupper():
                bits += 5.0
            if sign > "\u036f":
                touching = (before.isascii() and before.isalpha()) + (after.isascii() and after.isalpha())
                bits += touching * (3.0 if sign > "\u2fff" else 8.0)
            if after.isupper() and sign.islower():
                bits += 7.0
        elif before.isalpha() and after.isalpha() and sign not in "’·\u200c" and not unicodedata.combining(sign):
            bits += 6.0
    return bits


@lru_cache(maxsize=16_384)  # per character; nothing of a text is kept
def _bits(sign: str, language: str) -> float:
    """The bits that a non-ASCII character takes in a language."""
    category = unicodedata.category(sign)
    if category in _NO_TEXT:
        return _BROKEN
    if language in SIGNS:
        return _bits_of_sign(sign, language)
    letters = LETTERS[language]
    place, capital = letters.find(sign), 0.0
    if place < 0 and sign.isupper():
        place, capital = letters.find(sign.lower()), 4.0
    if place >= 0:
        return log2((place + 2) * 4) + capital
    if category[0] in "LM":
        return _OUTSIDE
    return next((bits for signs, bits in _MARKS_OF_TEXT if sign in signs), _SYMBOL)


_LEVELS = {"zh": ("gb2312", 0xD7), "zh-Hant": ("big5", 0xC6), "ja": ("euc_jp", 0xCF), "ko": ("euc_kr", 0xC8)}


# (first, last, bits): other characters in East Asian text. Half-width kana are single octets.
_RANGES = (
    ("\u3000", "\u303f", 7.0),
    ("\u3040", "\u30ff", 17.0),
    ("\uff01", "\uff60", 9.0),
    ("\uff61", "\uff9f", 12.0),
)


def _bits_of_sign(sign: str, language: str) -> float:
    if sign in SIGNS[language]:
        return 8.0
    if language == "ja" and "\u3040" <= sign <= "\u30ff":
        return 6.0
    for first, last, bits in _RANGES:
        if first <= sign <= last:
            return bits
    if not ("\u3400" <= sign <= "\u9fff" or "\uac00" <= sign <= "\ud7a3"):
        return 7.0 if sign in "“”‘’…—·" else 16.0
    charset, last_lead = _LEVELS[language]
    octets = sign.encode(charset, "ignore")
    if len(octets) != 2:
        return 22.0
    common = octets[0] <= last_lead
    return (11.0 if language == "ko" else 13.0) if common else 18.0
