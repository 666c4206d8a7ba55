"""Finds links as they are written in running text: among punctuation, broken over lines, in quotations."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from relay.anonymise.links.carriers import LONGEST
from relay.anonymise.links.read import split_url, without_leftovers, wrapper_of
from relay.anonymise.links.services import Wrapper, link_services, may_show_gateway

_SIGNS = rf"[^\s<>\"“”„«»]{{1,{LONGEST}}}"
_LINK = re.compile(rf"https?://{_SIGNS}", re.IGNORECASE)
# The same, or without its scheme, as some programs show a gateway's link.
_LINK_OR_BARE = re.compile(
    rf"https?://{_SIGNS}|(?<![\w@./:%=-])(?:[a-z0-9-]{{1,63}}\.){{1,8}}[a-z]{{2,24}}(?=[/?]){_SIGNS}", re.IGNORECASE
)
_REST = re.compile(r"[^\s<>\"]*")
_AT_END = frozenset(".,;:!?*'’‘`…")
_PAIRS = {")": "(", "]": "[", "}": "{"}
_MOST_LINES = 40
# A break within a link, with the marks of a quotation.
_BREAKS = r"[ \t]{0,3}\r?\n(?:[>|][ ]?){0,9}[ \t]{0,8}"
_BREAK = re.compile(_BREAKS)
_NEXT_LINE = re.compile(rf"{_BREAKS}([^\s<>\"]+)")
_LINE_END = re.compile(r"[ \t]{0,3}(?:\r?\n|\Z)")
_IN_ANGLES = re.compile(rf"[^\s<>\"]+(?:{_BREAKS}[^\s<>\"]+){{1,{_MOST_LINES}}}(?=>)")
# Signs at which programs break a link; and signs that no word has which begins a line.
_CUT = re.compile(r"(?:[-=&%?/_.,]|%[0-9A-Fa-f]{1,2})\Z")
# Signs and sizes that the rest of a parameter has, and hardly a word that begins a line.
_VALUE = re.compile(r"[%&=/_+]|[^\W\d]\d|\d[^\W\d]|\S{20}")
_NO_WORD = re.compile(r"[%=&/_0-9]")


class Written(NamedTuple):
    """A link as it is written at [start, end) of a text; ``url`` is it in one piece."""

    start: int
    end: int
    url: str


class _Piece(NamedTuple):
    """A part of a link on a line of its own; ``alone``: nothing stands behind it."""

    place: int
    words: str
    alone: bool


def links_in(text: str) -> Iterator[Written]:
    """Every link of a text that begins with http:// or https://, and those of gateways that do not, in one piece each;
    in order, none overlapping. Linear in the text."""
    pattern = _LINK_OR_BARE if may_show_gateway(text) else _LINK
    at = 0
    while found := pattern.search(text, at):
        written = _written(text, found)
        if written is None:
            inside = _LINK.search(text, found.start(), found.end())
            at = inside.start() if inside else found.end()
            continue
        yield written
        at = written.end


def _written(text: str, found: re.Match[str]) -> Written | None:
    start, scheme = found.start(), "" if "://" in found[0][:8] else "https://"
    if found.end() - start >= LONGEST:
        # Nobody opens a link of that length. What is left of it is not looked at again.
        rest = _REST.match(text, found.end())
        return Written(start, rest.end() if rest else found.end(), scheme + found[0] + (rest[0] if rest else ""))
    window = text[start : start + LONGEST]
    if text[max(0, start - 1) : start] == "<" and text[found.end() : found.end() + 1] != ">":
        broken = _IN_ANGLES.match(window)
        whole = scheme + _in_one(_BREAK.split(broken[0])) if broken else ""
        if broken and _wrapper(whole):
            return Written(start, start + broken.end(), whole)
    wrapper = _wrapper(scheme + found[0])
    if wrapper is None:
        url = _without_stops(found[0])
        return None if scheme else Written(start, start + len(url), url)
    end, url = _whole(window, found[0], wrapper)
    return Written(start, start + end, scheme + url)


def _wrapper(url: str) -> Wrapper | None:
    parts = split_url(without_leftovers(url))
    return wrapper_of(parts, link_services()) if parts else None


def _whole(window: str, first: str, wrapper: Wrapper) -> tuple[int, str]:
    """(where it ends, in one piece) of a gateway's link, put together again where it was broken over several lines, cut
    where the gateway ends it. ``window`` begins with it, ``first`` is its part on the first line."""
    pieces = list(_pieces(window, first, wrapper.until))
    ended = _until(pieces, wrapper.until) if wrapper.until else None
    if ended is not None:
        return ended
    lines = 1
    while lines < len(pieces) and _goes_on(pieces[lines - 1], pieces[lines]):
        lines += 1
    last = pieces[lines - 1]
    url = _in_one([piece.words for piece in pieces[:lines]])
    return last.place + len(_without_stops(last.words)), _without_stops(url)


def _pieces(window: str, first: str, until: re.Pattern[str] | None) -> Iterator[_Piece]:
    """The first word of a link's line, and of each following line up to one that has more than a word, or begins
    another link. Only the first word where it is whole."""
    place, words = 0, first
    for _ in range(_MOST_LINES):
        end = place + len(words)
        alone = _LINE_END.match(window, end) is not None
        yield _Piece(place, words, alone)
        following = _NEXT_LINE.match(window, end) if alone and not (until and until.search(words)) else None
        if following is None or (following[1][:4].lower() == "http" and not _misses_target(words)):
            return
        place, words = following.start(1), following[1]


def _misses_target(words: str) -> bool:
    """Whether a link that begins the next line may be the value of this line's last parameter."""
    return words.endswith("=") and "http" not in words[8:].lower()


def _until(pieces: Sequence[_Piece], until: re.Pattern[str]) -> tuple[int, str] | None:
    """(where it ends, in one piece) of a link whose end is known; None when no end is there."""
    whole, begins = "", []
    soft = _is_quoted(pieces[0].words)
    for at, piece in enumerate(pieces):
        begins.append(len(whole))
        whole += piece.words.removesuffix("=") if soft and at + 1 < len(pieces) else piece.words
    found = until.search(whole)
    if found is None:
        return None
    at = bisect_left(begins, found.end()) - 1
    return pieces[at].place + found.end() - begins[at], whole[: found.end()]


def _goes_on(piece: _Piece, following: _Piece) -> bool:
    """Whether a gateway's link whose end has no mark goes on with the word that begins the following line."""
    if piece.words.endswith("="):
        return _is_quoted(piece.words) or (following.alone and bool(_VALUE.search(following.words)))
    return following.alone and bool(_CUT.search(piece.words) and _NO_WORD.search(following.words))


def _in_one(pieces: Sequence[str]) -> str:
    """The pieces of a link without the marks of quoted-printable at their ends."""
    soft = _is_quoted(pieces[0])
    return "".join(piece.removesuffix("=") if soft else piece for piece in pieces[:-1]) + pieces[-1]


def _is_quoted(line: str) -> bool:
    """Whether a line was broken by quoted-printable that nobody decoded (RFC 2045 6.7)."""
    return "=3D" in line or (line.endswith("=") and "?" not in line)


def _without_stops(url: str) -> str:
    """A link without the punctuation of the sentence behind it, and without a bracket that was opened before it."""
    end = len(url)
    while end:
        last = url[end - 1]
        opening = _PAIRS.get(last)
        if last in _AT_END or (opening and url.count(last, 0, end) > url.count(opening, 0, end)):
            end -= 1
        else:
            break
    return url[:end]
