"""Decodes what a text holds in disguise: references, escapes, percent codes, quoted-printable, base64, hexadecimal."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote

from relay.message.charrefs import unescape

_ESCAPE = re.compile(r"\\u\{?([0-9a-fA-F]{4,6})\}?|\\x([0-9a-fA-F]{2})|\\U([0-9a-fA-F]{8})|%u([0-9a-fA-F]{4})")
_QUOTED = re.compile(r"=\r?\n|=([0-9A-Fa-f]{2})")
_DASHED = re.compile(r"(?:-[0-9A-F]{2})+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){8,}")
_SHORTEST = 16
_MOST = 400_000
_URL_SAFE = str.maketrans("-_", "+/")


def views(text: str) -> Iterator[str]:
    """The text, and each form in which it shows more. A form that would be the text itself is left out."""
    yield text
    for decode in (_references, _escapes, _percent, _quoted, _dashed):
        other = decode(text)
        if other != text:
            yield other
    yield from tokens(text)


def _references(text: str) -> str:
    return unescape(unescape(text)) if "&" in text else text


def _escapes(text: str) -> str:
    if "\\" not in text and "%u" not in text:
        return text
    plain = _ESCAPE.sub(_character, text)
    # Characters beyond the first plane are escaped as two halves (RFC 8259 7).
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _character(escape: re.Match[str]) -> str:
    code = int(next(filter(None, escape.groups())), 16)
    return chr(code) if code <= 0x10FFFF else escape[0]


def _percent(text: str) -> str:
    for _ in range(3):
        if "%" not in text:
            break
        text = unquote(text)
    return text


def _quoted(text: str) -> str:
    """Quoted-printable (RFC 2045 6.7), as UTF-8."""
    if "=" not in text or not _QUOTED.search(text):
        return text
    return unquote(_QUOTED.sub(lambda code: f"%{code[1]}" if code[1] else "", text.replace("%", "%25")))


def _dashed(text: str) -> str:
    """Codes of mail gateways: -2F, -40."""
    if not any(code in text for code in ("-40", "-2E", "-2F", "-20")):
        return text
    return _DASHED.sub(lambda run: unquote(run[0].replace("-", "%")), text)


def tokens(text: str) -> Iterator[str]:
    """What long words of the text are when they are base64 or hexadecimal."""
    if max(map(len, text.split()), default=0) < _SHORTEST:
        return
    left = _MOST
    found: list[str] = []
    for token in _BASE64.finditer(text):
        left -= len(token[0])
        if left < 0:
            break
        found += _decoded(token[0])
    if found:
        yield "\n".join(found)


def _decoded(token: str) -> Iterator[str]:
    if _HEX.fullmatch(token):
        yield bytes.fromhex(token).decode("utf-8", "replace")
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
    """Random octets are no text: of what a link's token holds most is printable ASCII, or well-formed UTF-8."""
    printable = sum(32 <= octet < 127 or octet == 0 for octet in octets)
    if printable * 10 >= len(octets) * 7:
        return True
    return len(octets.decode("utf-8", "ignore").encode()) >= len(octets) - 6
