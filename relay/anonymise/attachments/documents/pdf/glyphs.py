"""Maps glyph names of fonts to text (Adobe Glyph List Specification, without the list itself)."""

from __future__ import annotations

import re
import unicodedata

_UNI = re.compile(r"uni((?:[0-9A-F]{4})+)|u([0-9A-F]{4,6})")
_ACCENTED = re.compile(
    r"([A-Za-z]|AE|ae|dotlessi)"
    r"(acute|grave|circumflex|dieresis|tilde|caron|cedilla|ogonek|ring|macron|breve|dotaccent|hungarumlaut|commaaccent)"
)
_MARKS = {
    "acute": "\u0301", "grave": "\u0300", "circumflex": "\u0302", "dieresis": "\u0308", "tilde": "\u0303",
    "caron": "\u030c", "cedilla": "\u0327", "ogonek": "\u0328", "ring": "\u030a", "macron": "\u0304",
    "breve": "\u0306", "dotaccent": "\u0307", "hungarumlaut": "\u030b", "commaaccent": "\u0326",
}  # fmt: skip
_SIGNS = dict(
    zip(
        str.split("""
            space exclam quotedbl numbersign dollar percent ampersand quotesingle parenleft parenright asterisk plus
            comma hyphen period slash zero one two three four five six seven eight nine colon semicolon less equal
            greater question at bracketleft backslash bracketright asciicircum underscore grave braceleft bar
            braceright asciitilde
        """),
        " !\"#$%&'()*+,-./0123456789:;<=>?@[\\]^_`{|}~",
        strict=True,
    )
) | {
    "quoteright": "\u2019", "quoteleft": "\u2018", "quotedblleft": "\u201c", "quotedblright": "\u201d",
    "endash": "\u2013", "emdash": "\u2014", "minus": "-", "sfthyphen": "\u00ad", "nbspace": "\u00a0",
    "nonbreakingspace": "\u00a0", "periodcentered": "\u00b7", "germandbls": "\u00df", "ae": "\u00e6", "AE": "\u00c6",
    "oslash": "\u00f8", "Oslash": "\u00d8", "eth": "\u00f0", "Eth": "\u00d0", "thorn": "\u00fe", "Thorn": "\u00de",
    "lslash": "\u0142", "Lslash": "\u0141", "dcroat": "\u0111", "Dcroat": "\u0110", "oe": "\u0153", "OE": "\u0152",
    "dotlessi": "\u0131", "Idotaccent": "\u0130", "hbar": "\u0127", "Hbar": "\u0126", "dotlessj": "j",
    "ff": "ff", "fi": "fi", "fl": "fl", "ffi": "ffi", "ffl": "ffl",
}  # fmt: skip


def letters_of(glyph: str) -> str:
    """The text of a glyph name; "" when it is unknown."""
    name = glyph.partition(".")[0]
    if "_" in name and len(name) > 1:
        return "".join(letters_of(part) for part in name.split("_"))
    if len(name) == 1:
        return name
    if name in _SIGNS:
        return _SIGNS[name]
    if code := _UNI.fullmatch(name):
        digits = code[1] or code[2].rjust(8, "0")
        width = 4 if code[1] else 8
        codes = [int(digits[n : n + width], 16) for n in range(0, len(digits), width)]
        return "".join(chr(c) for c in codes if c < 0x110000 and not 0xD800 <= c < 0xE000)
    if accented := _ACCENTED.fullmatch(name):
        base = _SIGNS.get(accented[1], accented[1])
        return unicodedata.normalize("NFC", ("i" if base == "\u0131" else base) + _MARKS[accented[2]])
    return _foreign(name)


def _foreign(name: str) -> str:
    """Greek letters by name, and the numbered Cyrillic ones (afii10017 is the first capital)."""
    if name.startswith("afii100") and name[7:].isdigit():
        number = int(name[4:])
        if 10017 <= number <= 10049:
            return _cyrillic(number - 10017, 0x410)
        if 10065 <= number <= 10097:
            return _cyrillic(number - 10065, 0x430)
        return ""
    case = "CAPITAL" if name[:1].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {case} LETTER {name.upper()}")
    except KeyError:
        return ""


def _cyrillic(place: int, first: int) -> str:
    """A Cyrillic letter by its index; the sixth is the letter yo, which is out of sequence in Unicode."""
    if place == 6:
        return "\u0401" if first == 0x410 else "\u0451"
    return chr(first + (place if place < 6 else place - 1))
