"""Splits long content streams into pieces that can be parsed in bounded memory (ISO 32000-2 7.8.2).

Parsed, an instruction of two octets takes some 400, so long streams are never parsed at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from relay.refusals import CannotAnonymise

PIECE = 256 * 1024
"""Octets after which the end of an instruction is searched. Most streams are shorter, and stay whole."""
MAX_PIECE = 1024 * 1024
MAX_TOKENS = 4_000_000
"""Strings, brackets and comments, and the text between them, in one stream."""
_TOO_MUCH = "a PDF document draws more than can be made anonymous; please send a shorter document"

_TOKEN = re.compile(
    rb"(?P<plain>[^()<>\[\]{}%]+)|(?P<string>\((?>(?:[^()\\]++|\\.)*)\))|(?P<nested>\()|(?P<open><<|\[)|(?P<close>>>|\])"
    rb"|(?P<hex><[0-9A-Fa-f\s\0]*>)|(?P<comment>%[^\r\n]*)",
    re.DOTALL,
)
# An operator between other tokens: no name, which begins with a slash, and no true, false or null, which are longer.
_OPERATOR = re.compile(rb"(?<=\s)[A-Za-z'\"][A-Za-z0-9*]{0,2}(?=\s)")
_INLINE_PICTURE = re.compile(rb"(?<![^\s()<>\[\]{}/%])(?:BI|ID)(?![^\s()<>\[\]{}/%])")
_PARENTHESIS = re.compile(rb"\\.|[()]", re.DOTALL)


def pieces_of(octets: bytes) -> Iterator[bytes]:
    """``octets`` in pieces that end at the end of an instruction. Cut only where every parser agrees on that: after the
    first inline picture, or the first invalid octets, the rest stays whole. Raises CannotAnonymise when a piece is
    longer than MAX_PIECE."""
    begin = 0
    for end in (*_cuts(octets), len(octets)) if len(octets) > PIECE else (len(octets),):
        if end - begin > MAX_PIECE:
            raise CannotAnonymise(_TOO_MUCH)
        yield octets[begin:end]
        begin = end


def _cuts(octets: bytes) -> Iterator[int]:
    picture = _INLINE_PICTURE.search(octets)
    last = picture.start() if picture else len(octets)
    begin = place = depth = count = 0
    while place < last:
        count += 1
        if count > MAX_TOKENS:
            raise CannotAnonymise(_TOO_MUCH)
        token = _TOKEN.match(octets, place)
        if token is None:
            return
        kind, end = token.lastgroup, token.end()
        if kind == "nested":
            end = _string_end(octets, place)
        elif kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
        if depth < 0:
            return
        if kind == "plain" and depth == 0:
            while operator := _OPERATOR.search(octets, max(place, begin + PIECE), min(end, last)):
                begin = operator.end()
                yield begin
        place = end


def _string_end(octets: bytes, place: int) -> int:
    depth = 0
    for found in _PARENTHESIS.finditer(octets, place, place + MAX_PIECE):
        depth += {b"(": 1, b")": -1}.get(found[0], 0)
        if depth == 0:
            return found.end()
    return len(octets)
