"""Finds identities in text whose letters are escaped.

Backslash escapes of JSON, JavaScript, Python and .properties; doubled apostrophes of SQL and YAML; character references
of XML and HTML; quoted-printable; TeX accents. Percent-encoding is handled by the Redactor.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace

from relay.anonymise.decoded_view import Place, View, mapped, undone
from relay.anonymise.identities import Finding
from relay.message.read.html_tokens import unescape

_ROUNDS = 3
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "b": "\b", "v": "\v", "0": "\0", "a": "\a"}
_HEX_RUN = r"(?:\\x[0-9A-Fa-f]{2})+"
_ESCAPE = re.compile(
    rf"(?P<run>{_HEX_RUN})|(?P<unit>(?:\\u[0-9A-Fa-f]{{4}})+)|\\U(?P<long>[0-9A-Fa-f]{{8}})"
    r"|\\u\{(?P<braced>[0-9A-Fa-f]{1,6})\}|\\N\{(?P<named>[A-Z0-9 \-]{2,90})\}|\\(?P<octal>[0-3][0-7]{2})"
    r"|(?P<line>\\\r?\n[ \t]*)|\\(?P<simple>.)"
    r"|(?P<reference>&(?:#[0-9]{1,8}|#[xX][0-9A-Fa-f]{1,7}|[A-Za-z][A-Za-z0-9]{1,31});)"
    r"|(?<=[^\W\d_])(?P<doubled>'')(?=[^\W\d_])",
)
# Each begins with a literal character, which is searched fast.
_HAS_ESCAPE = re.compile(r"\\(?:[xuUN0-3]|[nrt'\"/])")
_HAS_DOUBLED = re.compile(r"(?<=[^\W\d_])''(?=[^\W\d_])")
_HAS_REFERENCE = re.compile(r"&(?:#|[A-Za-z]{2,31};)")

_SOFT = r"=[ \t]{0,80}\r?\n"
_QUOTED = re.compile(rf"(?:=[0-9A-F]{{2}}(?:{_SOFT})?)+|{_SOFT}")
_IS_QUOTED = re.compile(r"=(?:\r?\n|[C-F][0-9A-F]=[89AB][0-9A-F])")

_MARKS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "t": "\u0361", "c": "\u0327", "d": "\u0323", "b": "\u0331",
    "k": "\u0328", "r": "\u030a",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å", "AA": "Å", "l": "ł",
    "L": "Ł", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ", "i": "ı",
    "j": "ȷ", "textquoteright": "’", "textquotesingle": "'", "-": "", "/": "", ",": "\u2009",
}  # fmt: skip
_ACCENT = (
    r"\\(?:[`'^\"~=.][ ]?(?:\{[ ]?\\?[^\W\d_]?[ ]?\}|\\[ij](?![a-zA-Z])|[^\W\d_])"
    r"|[uvHtcdbkr](?:\{[ ]?\\?[^\W\d_][ ]?\}|[ ][^\W\d_]))"
)
_SPECIAL = (
    r"\\(?:(?:ss|ae|AE|oe|OE|o|O|aa|AA|l|L|dh|DH|th|TH|dj|DJ|ng|NG|i|j|textquoteright|textquotesingle)"
    r"(?:\{\}|[ ]+|(?![a-zA-Z]))|[-/,])"
)
_ACCENTS = rf"\{{(?P<in>{_ACCENT}|{_SPECIAL})\}}|(?P<accent>{_ACCENT})|(?P<special>{_SPECIAL})"
_TEX = re.compile(_ACCENTS)
_HAS_TEX = re.compile(r"\\(?:[`'^\"~=.]\s?[\\{a-zA-Z]|[uvHcdkr]\{|(?:ss|ae|AE|oe|OE|o|O|aa|AA|l|L)\b)")
# Only in TeX and BibTeX files is "~" a blank, and only there do braces protect capitals.
_IS_TEX = re.compile(r"\\(?:documentclass|begin|usepackage|author|title|section|newcommand)\b")
_IS_BIBTEX = re.compile(r"@[A-Za-z]{3,20}\{")
_TEX_FILE = re.compile(
    rf"{_ACCENTS}|\{{(?P<one>[^\W\d_])\}}(?=[^\W\d_])|(?<![\w\]}}])\{{(?P<kept>[^\W\d_]+)\}}|(?P<tie>~)"
)


_Form = Callable[[str, str], str]
_Meaning = Callable[[re.Match[str]], str]


def find(text: str, finder: Callable[[str], list[Finding]], *, tex: bool = True) -> list[Finding]:
    """What ``finder`` finds in the decoded text, as ranges of the original text, with replacements escaped as the text
    around; in order, none overlapping. Without ``tex`` a backslash before a quotation mark is no accent. Linear in the
    text."""
    found: list[Finding] = []
    for plain, form, place in _views(text, tex):
        for finding in finder(plain):
            start, end = place(finding.start, finding.end)
            words = form(finding.replacement, text[start:end])
            found.append(replace(finding, start=start, end=end, replacement=words))
    found.sort(key=lambda finding: (finding.start, -finding.end))
    out: list[Finding] = []
    for finding in found:
        if not out or finding.start >= out[-1].end:
            out.append(finding)
        elif finding.end > out[-1].end:
            out[-1] = replace(out[-1], end=finding.end)
    return out


def without_escapes(text: str) -> str:
    """The text with its backslash escapes and character references decoded once."""
    return undone(text, _ESCAPE, _meaning).plain if "\\" in text or "&" in text else text


def _views(text: str, tex: bool) -> Iterator[tuple[str, _Form, Place]]:
    # Most texts hold none of the characters that begin escapes; testing for those is much faster than a pattern.
    slashed = "\\" in text
    if (
        (slashed and _HAS_ESCAPE.search(text))
        or ("&" in text and _HAS_REFERENCE.search(text))
        or ("''" in text and _HAS_DOUBLED.search(text))
    ):
        yield from _rounds(text, _ESCAPE, _meaning, _escaped)
    if "=" in text and _IS_QUOTED.search(text):
        yield from _rounds(text, _QUOTED, _unquoted, _quoted, 1)
    if not tex:
        return
    if (slashed and _IS_TEX.search(text)) or ("{" in text and _IS_BIBTEX.search(text)):
        yield from _rounds(text, _TEX_FILE, _of_tex, _in_tex, 1)
    elif slashed and _HAS_TEX.search(text):
        yield from _rounds(text, _TEX, _of_tex, _in_tex, 1)


def _rounds(
    text: str, escapes: re.Pattern[str], meaning: _Meaning, form: _Form, rounds: int = _ROUNDS
) -> Iterator[tuple[str, _Form, Place]]:
    """The text with its escapes decoded, repeatedly while some are left: JSON in JSON, references in JSON."""
    views: list[View] = []
    for _ in range(rounds):
        view = undone(text, escapes, meaning)
        if view.plain == text:
            return
        views.append(view)
        text = view.plain
        yield text, form, mapped(tuple(views))


def _meaning(escape: re.Match[str]) -> str:
    kind = escape.lastgroup or ""
    return _MEANINGS[kind](escape[kind])


def _numbered(digits: str) -> str:
    number = int(digits, 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"


def _by_name(name: str) -> str:
    try:
        return unicodedata.lookup(name)
    except KeyError:
        return "\ufffd"


_MEANINGS: dict[str, Callable[[str], str]] = {
    "run": lambda sequence: _as_text(bytes.fromhex(sequence.replace("\\x", ""))),
    "unit": lambda sequence: bytes.fromhex(sequence.replace("\\u", "")).decode("utf-16-be", "replace"),
    "long": _numbered,
    "braced": _numbered,
    "named": _by_name,
    "octal": lambda sequence: chr(int(sequence, 8)),
    "line": lambda _: "",
    "simple": lambda sequence: _SIMPLE.get(sequence, sequence),
    "reference": unescape,
    "doubled": lambda _: "'",
}


def _as_text(octets: bytes) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def _unquoted(escape: re.Match[str]) -> str:
    return _as_text(bytes.fromhex(escape[0].replace("=", "")))  # fromhex skips the blanks of soft line breaks


def _of_tex(escape: re.Match[str]) -> str:
    kind = escape.lastgroup or ""
    if kind in ("one", "kept"):
        return escape[kind]
    if kind == "tie":
        return " "
    command = (escape["in"] or escape["accent"] or escape["special"])[1:]
    if command.rstrip(" {}") in _LETTERS:
        return _LETTERS[command.rstrip(" {}")]
    letter = command[1:].strip(" {}").removeprefix("\\")
    return unicodedata.normalize("NFC", letter + _MARKS[command[0]]) if letter else ""


def _escaped(words: str, source: str) -> str:
    if "\\" not in source:
        return _referred(words)
    return "".join(
        sign if sign.isascii() and sign not in "\"'\\&<>\n" else "".join(f"\\u{unit.hex()}" for unit in _units(sign))
        for sign in words
    )


def _units(sign: str) -> Iterator[bytes]:
    octets = sign.encode("utf-16-be", "replace")
    yield from (octets[at : at + 2] for at in range(0, len(octets), 2))


def _referred(words: str) -> str:
    return "".join(sign if sign.isascii() and sign not in "\"'&<>" else f"&#{ord(sign)};" for sign in words)


def _quoted(words: str, _source: str) -> str:
    return "".join(
        sign
        if sign.isascii() and sign != "="
        else "".join(f"={octet:02X}" for octet in sign.encode("utf-8", "replace"))
        for sign in words
    )


def _in_tex(words: str, _source: str) -> str:
    return re.sub(r"([&%$#_{}])", r"\\\1", words)
