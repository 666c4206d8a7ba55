"""Reduces texts to bare letters for the leak check: lower case, without accents and joiners, one blank between words.

Independent of the finder's fold: uses Unicode's own decomposition and one table.
"""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not decompose, but people type for one another.
_ALIKE = str.maketrans(
    {
        **dict(zip("øłđðıħŧŋəґ", "olddihtnaг", strict=True)),
        **{"æ": "ae", "œ": "oe", "þ": "th"},
        **dict(zip("ىیېۍےةہھەکٱ", "يييييههههكا", strict=True)),
        **dict(zip("ךםןףץ", "כמנפצ", strict=True)),
        **{chr(code): chr(code + 0x60) for code in range(0x3041, 0x3097)},  # hiragana as katakana
    }
)
_SHAPED = re.compile("LATIN LETTER SMALL CAPITAL [A-Z]|NEGATIVE (?:CIRCLED|SQUARED) LATIN CAPITAL LETTER [A-Z]")
_BLOCKS = ((0x0250, 0x02B0), (0x1D00, 0x1D30), (0xA730, 0xA7B0), (0x1F150, 0x1F16A), (0x1F170, 0x1F18A))
# Letters of other shapes: ꜱɪᴏ, 🅢🅘🅞, 🆂🅸🅾.
_SHAPES = {
    code: unicodedata.name(chr(code))[-1].lower()
    for start, end in _BLOCKS
    for code in range(start, end)
    if _SHAPED.fullmatch(unicodedata.name(chr(code), ""))
}
# A nasal letter before a consonant may also be written as anusvara: पण्डित, पंडित.
_NASALS = {f"{letter}\u094d": "\u0902" for letter in "ङञणनम"}
_NASALS |= {f"{letter}\u09cd": "\u0982" for letter in "ঙঞণনম"}
_NASALS |= {f"{letter}\u0acd": "\u0a82" for letter in "ઙઞણનમ"}
_NASALS |= {"\u0901": "\u0902", "\u0981": "\u0982", "\u0a70": "\u0a02"}
_INDIC = ("\u094d", "\u09cd", "\u0acd", "\u0901", "\u0981", "\u0a70")
_UNSEEN = "\u00ad\u034f\u0640\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u3164\uffa0"
_NO_DIGITS = dict.fromkeys(range(48, 58), " ")
_DIGITS_OUT: dict[int, None] = dict.fromkeys(range(48, 58))
_MOST_KEPT = 20_000


class _Table(dict[int, str]):
    """Maps each character of a decomposed text to itself, to a blank between words, or to nothing."""

    def __missing__(self, code: int) -> str:
        made = _sign(chr(code))
        if len(self) < _MOST_KEPT:
            self[code] = made
        return made


def _sign(character: str) -> str:
    if character.isalnum():
        return character
    kind = unicodedata.category(character)
    if kind in ("Mn", "Mc", "Me"):
        # Vowel signs of Indic and other scripts change the word; accents, points and viramas are dropped.
        spoken = "\u0900" <= character <= "\u1aff" and unicodedata.combining(character) not in (7, 9)
        return character if spoken else ""
    return "" if kind == "Cf" else " "


_TABLE = _Table({ord(character): "" for character in _UNSEEN} | _SHAPES)
_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
_ASCII_IN_ONE = {code: chr(code).lower() if chr(code).isalnum() else None for code in range(128)}


def spaced(text: str) -> str:
    """Letters, digits and vowel signs only, in lower case, with blanks in place of other characters."""
    if text.isascii():
        return text.translate(_ASCII)
    apart = unicodedata.normalize("NFKD", text.casefold()).casefold()  # 𝓢 has a case only when it is an S
    if any(mark in apart for mark in _INDIC):
        for written, dot in _NASALS.items():
            apart = apart.replace(written, dot)
    return unicodedata.normalize("NFC", apart.translate(_TABLE)).translate(_ALIKE)


def without_digits(letters: str) -> str:
    """Spaced letters, with blanks in place of digits."""
    return letters.translate(_NO_DIGITS)


def signs(text: str) -> str:
    """Letters and digits, concatenated."""
    return text.translate(_ASCII_IN_ONE) if text.isascii() else "".join(spaced(text).split())


def only_letters(signs: str) -> str:
    """Concatenated letters and digits, without the digits."""
    return signs.translate(_DIGITS_OUT)


def letters(text: str) -> str:
    """Letters, concatenated, without digits."""
    return only_letters(signs(text))
