"""Decodes text for the leak check: references, escapes, percent codes, quoted-printable, base64, hexadecimal."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote

from relay.message.read.html_tokens import unescape

_ESCAPE = re.compile(
    r"\\u([0-9a-fA-F]{4})|\\u\{([0-9a-fA-F]{1,6})\}|\\x([0-9a-fA-F]{2})|\\U([0-9a-fA-F]{8})|%u([0-9a-fA-F]{4})"
)
# TeX accents are dropped, like those of letters; its special letters are replaced by their names.
_TEX = re.compile(
    r"\{?\\(?:[`'^\"~=.]|[uvHtcdbkr](?=[ {]))[ ]?\{?\\?([A-Za-z])\}?\}?"
    r"|\{?\\(ss|ae|AE|oe|OE|aa|AA|dh|DH|th|TH|dj|DJ|ng|NG|[oOlLij])(?![A-Za-z])(?:\{\}| )?\}?"
)
_RTF_CODES = re.compile(r"(?:\\'[0-9a-fA-F]{2})+")
_RTF_UNICODE = re.compile(r"\\u(-?[0-9]{2,5}) ?(?:\?|\\'[0-9a-fA-F]{2})?")
_RTF_PAGE = re.compile(r"\\ansicpg([0-9]{3,4})")
_RTF_WORD = re.compile(r"\\[a-z]{1,32}-?[0-9]{0,9} ?|[{}]|\r?\n")
_OCTET = re.compile(r"\\(?:x([0-9a-fA-F]{2})|([0-3][0-7]{2}))")
_OCTETS = re.compile(r"(?:\\(?:x[0-9a-fA-F]{2}|[0-3][0-7]{2}))+")
_QUOTED = re.compile(r"=\r?\n|=([0-9A-Fa-f]{2})")
_DASHED = re.compile(r"(?:-[0-9A-F]{2})+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}")
_HEX = re.compile(r"[0-9a-fA-F]{16,}")
_SHORTEST = 16
_MOST_NESTED = 8
_MOST = 400_000
_URL_SAFE = str.maketrans("-_", "+/")


def views(text: str) -> Iterator[str]:
    """The text, and each decoded form that differs from it, except tokens."""
    yield text
    for decode in (_references, _escapes, _percent, _quoted, _dashed, _tex, _rtf, _nested):
        other = decode(text)
        if other != text:
            yield other


def _references(text: str) -> str:
    return unescape(unescape(text)) if "&" in text else text


def _escapes(text: str) -> str:
    if "\\" not in text and "%u" not in text:
        return text
    plain = _ESCAPE.sub(_character, _OCTETS.sub(_of_octets, text))
    # Characters beyond the BMP are escaped as surrogate pairs (RFC 8259 7).
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _of_octets(run: re.Match[str]) -> str:
    """A run of octets escaped in hexadecimal or octal, decoded as UTF-8."""
    codes = _OCTET.findall(run[0])
    octets = bytes(int(hexadecimal, 16) if hexadecimal else int(octal, 8) for hexadecimal, octal in codes)
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return run[0]


def _character(escape: re.Match[str]) -> str:
    code = int(next(filter(None, escape.groups())), 16)
    return chr(code) if code <= 0x10FFFF else escape[0]


def _tex(text: str) -> str:
    return _TEX.sub(lambda letter: letter[1] or letter[2], text) if "\\" in text else text


def _rtf(text: str) -> str:
    """The visible text of RTF."""
    if not text.startswith("{\\rtf"):
        return text
    page = _RTF_PAGE.search(text)
    charset = f"cp{page[1]}" if page else "cp1252"
    text = _RTF_UNICODE.sub(lambda code: chr(int(code[1]) % 0x10000), text)
    text = _RTF_CODES.sub(lambda run: _in_charset(bytes.fromhex(run[0].replace("\\'", "")), charset), text)
    return _RTF_WORD.sub("", text)


def _in_charset(octets: bytes, charset: str) -> str:
    try:
        return octets.decode(charset, "replace")
    except LookupError:
        return octets.decode("cp1252", "replace")


def _percent(text: str) -> str:
    for _ in range(_MOST_NESTED):
        plain = unquote(text) if "%" in text else text
        if plain == text:
            break
        text = plain
    return text


def _nested(text: str) -> str:
    """Codes of several kinds around each other, as a reference in a link in a link."""
    if "%" not in text and not ("&" in text and "\\" in text):
        return text
    for _ in range(_MOST_NESTED):
        plain = _quoted(_escapes(_references(_percent(text))))
        if plain == text:
            break
        text = plain
    return text


def _quoted(text: str) -> str:
    """Quoted-printable (RFC 2045 6.7), as UTF-8."""
    if "=" not in text or not _QUOTED.search(text):
        return text
    return unquote(_QUOTED.sub(lambda code: f"%{code[1]}" if code[1] else "", text.replace("%", "%25")))


def _dashed(text: str) -> str:
    """Codes of mail gateways: -2F, -40."""
    if "-2" not in text and "-40" not in text:
        return text
    return _DASHED.sub(lambda run: unquote(run[0].replace("-", "%")), text)


_PRINTABLE = bytes((0, *range(32, 127)))


def tokens(text: str) -> Iterator[str]:
    """The decoded contents of long words that are base64 or hexadecimal."""
    # Markup consists of few distinct words.
    long = [word for word in dict.fromkeys(text.split()) if len(word) >= _SHORTEST]
    if not long:
        return
    left = _MOST
    found: list[str] = []
    for token in dict.fromkeys(_BASE64.findall(" ".join(long))):
        # In base64 every other letter is a capital or a digit: a word without any is a path.
        if token.islower() and token.isalpha():
            continue
        left -= len(token)
        if left < 0:
            break
        found += _decoded(token)
    if found:
        yield "\n".join(found)


def _decoded(token: str) -> Iterator[str]:
    for run in _HEX.finditer(token):
        for start in (0, 1):  # another digit may stand before it
            digits = run[0][start:]
            yield bytes.fromhex(digits[: len(digits) // 2 * 2]).decode("utf-8", "replace")
    standard = token.translate(_URL_SAFE)
    for start in range(4):
        piece = standard[start:]
        piece = piece[: len(piece) // 4 * 4]
        if len(piece) < 12:
            continue
        octets = binascii.a2b_base64(piece)
        if _mostly_text(octets):
            yield octets.decode("utf-8", "replace")
            if b"\0" in octets:
                yield octets.decode("utf-16-le", "replace")


def _mostly_text(octets: bytes) -> bool:
    """Whether the octets look like text: mostly printable ASCII, or well-formed UTF-8. Random octets do not."""
    printable = len(octets) - len(octets.translate(None, _PRINTABLE))
    if printable * 10 >= len(octets) * 7:
        return True
    return len(octets.decode("utf-8", "ignore").encode()) >= len(octets) - 6
