"""Writes replacements into the octets of a text, in its charset, leaving all other octets unchanged."""

from __future__ import annotations

import codecs
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from relay.anonymise.identities import Finding, replaced
from relay.message.read.charset_guess import Written, encoded_word
from relay.message.read.charset_patterns import decoded

_SHIFTED = frozenset({"hz", "iso2022_kr"})
_TO_ASCII = b"\x1b(B"
_SHIFT = re.compile(rb"\x1b(?:\$[@B]|\$\([DABCO-Q]|\([BIJH]|\.[AF])")


def changed(content: bytes, written: Written, findings: Sequence[Finding]) -> tuple[bytes, Written]:
    """The octets with each finding replaced, and their text: the charset is not guessed again."""
    new = _rewritten(content, written, findings)
    return new, replace(written, text=decoded(new[len(written.mark) :], written.codec))


def _rewritten(content: bytes, written: Written, findings: Sequence[Finding]) -> bytes:
    """The octets with each finding replaced. ``findings`` are ranges of ``written.text``, in order, none overlapping.
    Linear in the content."""
    body = content[len(written.mark) :]
    if written.codec in _SHIFTED:
        return encoded_whole(replaced(written.text, findings), written.codec)
    edges = [edge for finding in findings for edge in (finding.start, finding.end)]
    places = _by_length(body, written, edges)
    if places is None:
        places = _by_decoding(body, written.codec, edges)
    shifts = _Shifts(body) if written.codec.startswith("iso2022") else None
    out, at = [written.mark], 0
    for finding, start, end in zip(findings, places[::2], places[1::2], strict=True):
        octets = encoded(finding.replacement, written.codec)
        out += (body[at:start], shifts.around(octets, start, end) if shifts else octets)
        at = end
    return b"".join((*out, body[at:]))


class _Shifts:
    """The character set in force at each offset (RFC 1468): replacements are ASCII, and the previous set is restored
    after them."""

    def __init__(self, body: bytes) -> None:
        self._found = [(shift.end(), shift[0]) for shift in _SHIFT.finditer(body)]

    def around(self, octets: bytes, start: int, end: int) -> bytes:
        """The octets for [start, end), with the escape sequences they need."""
        before, after = self._at(start), self._at(end)
        return (_TO_ASCII if before != _TO_ASCII else b"") + octets + (after if after != _TO_ASCII else b"")

    def _at(self, place: int) -> bytes:
        last = bisect_right(self._found, place, key=lambda shift: shift[0]) - 1
        return self._found[last][1] if last >= 0 else _TO_ASCII


def encoded(words: str, codec: str) -> bytes:
    """The words in a charset; characters it lacks without their marks, or dropped."""
    if codec.startswith("iso2022"):
        codec = "ascii"
    octets = encoded_word(words, codec)
    if octets is None:
        bare = "".join(sign for sign in unicodedata.normalize("NFKD", words.replace("…", "...")) if sign.isascii())
        octets = bare.encode(codec, "ignore")
    return octets


def encoded_whole(text: str, codec: str) -> bytes:
    """A text in a charset that cannot be edited in place; "?" for characters it lacks."""
    return text.encode(codec, "replace")


def _by_length(body: bytes, written: Written, edges: Sequence[int]) -> list[int] | None:
    """The octet offset of each text offset, by the length of the re-encoded text before it; None when that does not
    match the octets, as in charsets with shifts."""
    text, codec = written.text, written.codec
    if codec.startswith("iso2022"):
        return None
    errors = "surrogatepass" if codec.startswith(("utf-16", "utf-32")) else "surrogateescape"
    if text.isascii() and not codec.startswith(("utf-16", "utf-32")):
        return list(edges)
    places: list[int] = []
    at, octet = 0, 0
    try:
        for edge in (*edges, len(text)):
            octet += len(text[at:edge].encode(codec, errors))
            at = edge
            places.append(octet)
    except UnicodeEncodeError:
        return None
    left = len(body) - places.pop()
    return places if left == 0 or (errors == "surrogatepass" and 0 < left < 4) else None


def _by_decoding(body: bytes, codec: str, edges: Sequence[int]) -> list[int]:
    """The same, one octet at a time; slow, for rare charsets."""
    decoder = codecs.getincrementaldecoder(codec)("surrogateescape")
    places: list[int] = []
    wanted = iter(edges)
    edge = next(wanted, None)
    done = 0
    for octet in range(len(body)):
        while edge is not None and done >= edge:
            places.append(octet)
            edge = next(wanted, None)
        if edge is None:
            break
        done += len(decoder.decode(body[octet : octet + 1]))
    return places + [len(body)] * (len(edges) - len(places))
