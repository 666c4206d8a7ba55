"""Finds whom tokens name that programs write in letters and digits: base64 (RFC 4648 4, 5) and hex."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple

from relay.anonymise.identities import Finding, Redactor, replaced

_SHORTEST = 16
_TOKEN = re.compile(r"[A-Za-z0-9+/_-]{16,}")
_LINE = 56
_HEX = re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}){8,}(?![0-9A-Fa-f])")
_BREAKS = re.compile(r"[\r\n]+")
_URL_SAFE = str.maketrans("-_", "+/")
_URL_SAFE_AGAIN = str.maketrans("+/", "-_")
# What people wrote, in what a token decodes to: ASCII and UTF-8, of which random octets have little in a row.
_WORDS = re.compile(
    rb"(?:[\x20-\x7e\t\r\n]|[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}){6,}"
)
_APART = "\n\n\n"


class _Read(NamedTuple):
    """A piece [start, end) of a text that decodes to ``octets``; ``shift`` letters before it belong to none of them."""

    start: int
    end: int
    octets: bytes
    is_hex: bool = False
    shift: int = 0


def find(text: str, redactor: Redactor) -> list[Finding]:
    """Whom the tokens of 16 letters and more name; in order, none overlapping. A replacement is the token written
    again with the mention replaced; where that cannot be, the letters of the mention are cut. Linear in the text."""
    read = list(_read(text))
    if not read:
        return []
    # All at once first: most tokens have nothing in them.
    if not redactor.find(_APART.join(words for each in read for words in _words(each.octets))):
        return []
    out: list[Finding] = []
    for each in read:
        if out and each.start < out[-1].end:
            continue
        finding = _in(each, text, redactor)
        if finding:
            out.append(finding)
    return out


def named(text: str, redactor: Redactor) -> bool:
    """Does a token of the text name somebody?"""
    return bool(find(text, redactor))


def _read(text: str) -> Iterator[_Read]:
    yield from sorted(_all_read(text), key=lambda read: (read.start, not read.is_hex))


def _all_read(text: str) -> Iterator[_Read]:
    hexes = [_Read(*token.span(), bytes.fromhex(token[0]), is_hex=True) for token in _HEX.finditer(text)]
    yield from (each for each in hexes if _words(each.octets))
    for start, end in _tokens(text):
        letters = _BREAKS.sub("", text[start:end])
        for shift in range(4):
            octets = _decoded(letters[shift:])
            if _words(octets):
                yield _Read(start, end, octets, shift=shift)


def _tokens(text: str) -> Iterator[tuple[int, int]]:
    """Where tokens are; lines of one length that follow each other are one (RFC 2045 6.8)."""
    start = end = width = 0
    for token in _TOKEN.finditer(text):
        size = token.end() - token.start()
        wrapped = width >= _LINE and text[end : token.start()] in ("\n", "\r\n") and size <= width
        if not wrapped:
            if end:
                yield start, end
            start, width = token.start(), size
        elif size < width:
            width = 0  # a shorter line is the last one
        end = token.end()
    if end:
        yield start, end


def _decoded(letters: str) -> bytes:
    letters = letters.translate(_URL_SAFE)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    try:
        return binascii.a2b_base64(letters + "=" * (-len(letters) % 4))
    except binascii.Error:
        return b""


def _words(octets: bytes) -> list[str]:
    if octets.count(0) * 3 > len(octets):
        octets = octets.replace(b"\0", b"")  # UTF-16
    return [words[0].decode("utf-8", "replace") for words in _WORDS.finditer(octets)]


def _in(read: _Read, text: str, redactor: Redactor) -> Finding | None:
    """One finding for all that a token holds."""
    octets, done, at, kind = read.octets, bytearray(), 0, ""
    most = sum(map(len, (words[0] for words in _WORDS.finditer(octets)))) * 2 > len(octets)
    for words in _WORDS.finditer(octets):
        decoded = words[0].decode("utf-8", "replace")
        # A short name in what is mostly no text is there by chance.
        found = [f for f in redactor.find(decoded) if most or f.kind == "address" or f.end - f.start > 7]
        if found:
            kind = kind or found[0].kind
            done += octets[at : words.start()] + replaced(decoded, found).encode("utf-8")
            at = words.end()
    if not kind:
        return _wide(read, redactor)
    done += octets[at:]
    return Finding(read.start, read.end, _again(read, bytes(done), text[read.start : read.end]), kind)


def _wide(read: _Read, redactor: Redactor) -> Finding | None:
    if b"\0" not in read.octets:
        return None
    found = [finding for words in _words(read.octets) for finding in redactor.find(words)]
    return Finding(read.start, read.end, "", found[0].kind) if found else None


def _again(read: _Read, octets: bytes, token: str) -> str:
    if read.is_hex:
        return octets.hex() if token.lower() == token else octets.hex().upper()
    letters = binascii.b2a_base64(octets, newline=False).decode("ascii").rstrip("=")
    if "-" in token or "_" in token or not ("+" in token or "/" in token):
        letters = letters.translate(_URL_SAFE_AGAIN)
    return _wrapped(_BREAKS.sub("", token)[: read.shift] + letters, token)


def _wrapped(letters: str, token: str) -> str:
    """The letters in lines as long as those of the token."""
    ends = _BREAKS.search(token)
    if ends is None:
        return letters
    width = ends.start()
    return ends[0].join(letters[at : at + width] for at in range(0, len(letters), width))
