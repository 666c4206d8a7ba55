"""Finds identities in encoded tokens: base64 (RFC 4648 4, 5), hexadecimal, digests and encoded words of headers."""

from __future__ import annotations

import binascii
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from relay.anonymise import digests, encoded_words
from relay.anonymise.identities import Finding, Redactor, replaced

_TOKEN = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_WORD = re.compile(r"[a-z0-9+/_-]*\Z")
_PATH = re.compile(r"[a-z/_-]*\Z")
_SHORTEST = 16
_LINE = 56
_HEX = re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}){8,}(?![0-9A-Fa-f])")
_BREAKS = re.compile(r"[\r\n]+")
_URL_SAFE = str.maketrans("-_", "+/")
_URL_SAFE_AGAIN = str.maketrans("+/", "-_")
# Text in decoded octets: runs of ASCII and UTF-8, which are rare in random octets.
_BEYOND = rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}"
_WORDS = re.compile(rb"(?:[\x20-\x7e\t\r\n]|" + _BEYOND + rb"){8,}|(?:" + _BEYOND + rb"){4,}")
_WIDE_WORDS = re.compile(rb"(?:[\x20-\x7e]\0){6,}")
_IS_HEX = -1
_APART = "\n\nж\n\n"  # a word as separator, so that no name is found across two tokens


class _DecodedToken(NamedTuple):
    """A token at [start, end) that decodes to ``octets``: hex, or base64 after ``shift`` unrelated letters."""

    start: int
    end: int
    octets: bytes
    shift: int


def find(text: str, redactor: Redactor) -> list[Finding]:
    """Identities in tokens of 16 letters or more, in digests and in encoded words; in order, none overlapping. The
    replacement is the token encoded again with the identity replaced, or "" where that is impossible. Linear in the
    text."""
    longest = max(map(len, text.split()), default=0)
    others = [*encoded_words.find(text, redactor)]
    if longest >= digests.SHORTEST:
        others += digests.find(text, redactor)
    out: list[Finding] = []
    # Most texts have no word so long; this is faster than a pattern.
    for each in _telling(text, redactor) if longest >= _SHORTEST else ():
        if out and each.start < out[-1].end:
            continue
        finding = _in(each, text, redactor)
        if finding:
            out.append(finding)
    return _apart(others, out) if others else out


def _apart(first: list[Finding], others: list[Finding]) -> list[Finding]:
    """All of the first and those of the others that overlap none of them, in order. The first are few."""
    kept = [one for one in others if not any(one.start < each.end and each.start < one.end for each in first)]
    return sorted((*first, *kept), key=lambda finding: finding.start)


def _telling(text: str, redactor: Redactor) -> list[_DecodedToken]:
    """The tokens that decode to text with an identity. All are searched in one pass, because most contain nothing."""
    found = [token.span() for token in _TOKEN.finditer(text) if not _PATH.match(token[0])]
    if not found:
        return []
    tokens = list(_tokens(text, found))
    runs: list[tuple[str, int, int, int]] = []  # text, where its token begins and ends, its shift
    for start, end in _hexes(text, found):
        runs += ((words, start, end, _IS_HEX) for words in _words(bytes.fromhex(text[start:end])))
    letters = [_letters(text[start:end]) for start, end in tokens]
    for shift in range(4):
        runs += ((words, *tokens[at], shift) for words, at in _runs(letters, shift))
    begins = list(accumulate((len(words) + len(_APART) for words, *_ in runs), initial=0))
    if not runs:
        return []
    named = redactor.find(_APART.join(words for words, *_ in runs))
    spans = ((bisect_right(begins, finding.start) - 1, bisect_right(begins, finding.end - 1)) for finding in named)
    telling = {run[1:] for first, end in spans for run in runs[first:end]}
    return [_read(text, *place) for place in sorted(telling)]


def _hexes(text: str, found: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in found:
        yield from (token.span() for token in _HEX.finditer(text, start, end))


def _runs(letters: Sequence[str], shift: int) -> Iterator[tuple[str, int]]:
    """The text in all tokens decoded together from their ``shift``-th letter on, and the number of each token."""
    # Four slashes decode to octets that are no text, and so separate the tokens.
    padded = [each[shift:] + "////" + "/" * ((shift - len(each)) % 4) for each in letters]
    octets = binascii.a2b_base64("".join(padded))
    begins = list(accumulate((len(each) // 4 * 3 for each in padded), initial=0))
    for words in _WORDS.finditer(octets):
        yield words[0].decode("utf-8", "replace"), bisect_right(begins, words.start()) - 1
    if b"\0" in octets:
        for wide in _WIDE_WORDS.finditer(octets):
            yield wide[0].replace(b"\0", b"").decode("ascii"), bisect_right(begins, wide.start()) - 1


def _letters(token: str) -> str:
    return _BREAKS.sub("", token).rstrip("=").translate(_URL_SAFE)


def _read(text: str, start: int, end: int, shift: int) -> _DecodedToken:
    token = text[start:end]
    octets = bytes.fromhex(token) if shift == _IS_HEX else _decoded(_letters(token)[shift:])
    return _DecodedToken(start, end, octets, shift)


def _tokens(text: str, found: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The ranges of base64 tokens; consecutive lines of equal length are one token (RFC 2045 6.8)."""
    start = end = width = 0
    for first, last in found:
        if not width and _WORD.match(text, first, last):
            continue  # a word, a path, a number: encoded text has capitals
        size = last - first
        if not (width >= _LINE and size <= width and text[end:first] in ("\n", "\r\n")):
            if end:
                yield start, end
            start, width = first, size
        if size < width or text[last - 1] == "=":
            width = 0  # a shorter line is the last one, and so is one with padding
        end = last
    if end:
        yield start, end


def _decoded(letters: str) -> bytes:
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + "=" * (-len(letters) % 4))


def _words(octets: bytes) -> list[str]:
    words = [words[0].decode("utf-8", "replace") for words in _WORDS.finditer(octets)]
    if b"\0" in octets:
        words += [wide[0].replace(b"\0", b"").decode("ascii") for wide in _WIDE_WORDS.finditer(octets)]
    return words


def _in(read: _DecodedToken, text: str, redactor: Redactor) -> Finding | None:
    """One finding for everything in a token."""
    octets, done, at, kind = read.octets, bytearray(), 0, ""
    most = sum(map(len, (words[0] for words in _WORDS.finditer(octets)))) * 2 > len(octets)
    for words in _WORDS.finditer(octets):
        decoded = words[0].decode("utf-8", "replace")
        # In mostly binary octets a short name occurs by chance.
        found = [f for f in redactor.find(decoded) if most or f.kind == "address" or f.end - f.start > 7]
        if found:
            kind = kind or found[0].kind
            done += octets[at : words.start()] + replaced(decoded, found).encode("utf-8")
            at = words.end()
    if not kind:
        return _wide(read, redactor)
    done += octets[at:]
    return Finding(read.start, read.end, _again(read, bytes(done), text[read.start : read.end]), kind)


def _wide(read: _DecodedToken, redactor: Redactor) -> Finding | None:
    found = [finding for words in _words(read.octets) for finding in redactor.find(words)]
    return Finding(read.start, read.end, "", found[0].kind) if found else None


def _again(read: _DecodedToken, octets: bytes, token: str) -> str:
    if read.shift == _IS_HEX:
        return octets.hex() if token.lower() == token else octets.hex().upper()
    letters = binascii.b2a_base64(octets, newline=False).decode("ascii")
    if len(_BREAKS.sub("", token)) % 4:
        letters = letters.rstrip("=")
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
