"""Finds the links in running text that have to change, and what stands in their place."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from relay.anonymise import tokens
from relay.anonymise.identities import Finding, Redactor, replaced
from relay.anonymise.links.carriers import LONGEST
from relay.anonymise.links.clean import Link, cleaned
from relay.anonymise.links.owners import by_program, shows_owner
from relay.anonymise.links.read import Reading, read_link, split_url, without_leftovers, wrapper_of
from relay.anonymise.links.services import Wrapper, link_services
from relay.anonymise.signature_blocks import Rows, own_passages

GONE = "[…]"
"""What stands in the place of a link that leads nowhere any more."""

_APART = "\n\nж\n\n"  # a word as separator, so that no name is found across two links
_LINK = re.compile(rf"https?://[^\s<>\"“”„«»]{{1,{LONGEST}}}", re.IGNORECASE)
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
_NO_WORD = re.compile(r"[%=&/_0-9]")


class _Written(NamedTuple):
    """A link as it is written at [start, end) of a text; ``url`` is it in one piece."""

    start: int
    end: int
    url: str


class _Piece(NamedTuple):
    """A part of a link on a line of its own; ``alone``: nothing stands behind it."""

    place: int
    words: str
    alone: bool


class LinksInText(NamedTuple):
    """``changed``: the links that are wrapped, tracked or name somebody, with what stands in their place; ``owned``:
    those in the author's own words that show their owner, with the link as it will stand there. Each in order, none
    overlapping."""

    changed: list[Finding]
    owned: list[Finding]


def find(text: str, redactor: Redactor, named: Sequence[Finding] | None = None) -> LinksInText:
    """Everything in the links of a text. ``named`` is what the redactor finds in it, where that is known.

    Kinds of what changed: "tracking" where a link leads where it led, "broken-link" where it may not, and "link" for
    such a one in quoted words. Kinds of what shows its owner: those of owners.py. Linear in the text.
    """
    if "://" not in text:
        return LinksInText([], [])
    named = redactor.find(text) if named is None else named
    starts = [finding.start for finding in named]
    changed: list[tuple[_Written, Reading]] = []
    owned: dict[int, Finding] = {}
    is_own = in_own_words(text, redactor)
    for written in _links(text):
        first = bisect_left(starts, written.start)
        reading = read_link(written.url)
        if reading.changed or (first < len(named) and named[first].end <= written.end):
            changed.append((written, reading))
        owner = None if reading.closed else shows_owner(reading.url, redactor)
        if owner and is_own(written.start):
            owned[written.start] = Finding(written.start, written.end, reading.url, owner.kind)
    telling = _telling([reading.url for _, reading in changed], redactor)
    out: list[Finding] = []
    for (written, reading), tells in zip(changed, telling, strict=True):
        link = cleaned(reading, redactor) if tells else Link(reading.url or None, reading)
        out += _finding(written, link, redactor, is_own)
        if link.broken:
            owned.pop(written.start, None)  # what is left of it shows nobody
    return LinksInText(out, list(owned.values()))


def _telling(urls: Sequence[str], redactor: Redactor) -> list[bool]:
    """Whether each link may hold an identity. All are searched in one pass, because most hold none."""
    text = _APART.join(urls)
    found = [*redactor.find(text), *tokens.find(text, redactor)] if urls else []
    begins = list(accumulate((len(url) + len(_APART) for url in urls), initial=0))
    telling = [False] * len(urls)
    for finding in found:
        last = bisect_right(begins, max(finding.start, finding.end - 1)) - 1
        for at in range(bisect_right(begins, finding.start) - 1, min(last + 1, len(urls))):
            telling[at] = True
    return telling


def in_own_words(text: str, redactor: Redactor) -> Callable[[int], bool]:
    """A function that says of a place in the text whether the author's own words are there, or what they quote."""

    @lru_cache(maxsize=1)
    def ranges() -> list[tuple[int, int]]:
        return list(own_passages(text, redactor.of_letter(Rows)))

    def is_own(place: int) -> bool:
        at = bisect_right(ranges(), place, key=lambda one: one[0]) - 1
        return at >= 0 and place < ranges()[at][1]

    return is_own


def _finding(written: _Written, link: Link, redactor: Redactor, is_own: Callable[[int], bool]) -> Iterator[Finding]:
    target = link.reading.url
    words = link.url if link.url is not None else replaced(target, redactor.find(target)) or GONE
    kind = "tracking"
    if link.broken:
        kind = "broken-link" if is_own(written.start) and not by_program(target) else "link"
    yield Finding(written.start, written.end, words, kind)


def _links(text: str) -> Iterator[_Written]:
    """Every link of a text, those of gateways in one piece."""
    services = link_services()
    at = 0
    while found := _LINK.search(text, at):
        parts = split_url(without_leftovers(found[0]))
        wrapper = wrapper_of(parts, services) if parts else None
        if wrapper is not None:
            written = _whole(text, found, wrapper)
        else:
            url = _without_stops(found[0])
            written = _Written(found.start(), found.start() + len(url), url)
        if found.end() - found.start() >= LONGEST:
            # Nobody opens a link of that length. What is left of it is not looked at again.
            rest = _REST.match(text, found.end())
            written = _Written(found.start(), rest.end() if rest else found.end(), found[0] + (rest[0] if rest else ""))
        yield written
        at = written.end


def _whole(text: str, found: re.Match[str], wrapper: Wrapper) -> _Written:
    """A gateway's link, put together again where it was broken over several lines, cut where the gateway ends it."""
    start = found.start()
    window = text[start : start + LONGEST]
    broken = _IN_ANGLES.match(window) if text[max(0, start - 1) : start] == "<" else None
    if broken is not None:
        return _Written(start, start + broken.end(), _in_one(_BREAK.split(broken[0])))
    pieces = list(_pieces(window, found[0], wrapper.until))
    ended = _until(pieces, wrapper.until) if wrapper.until else None
    if ended is not None:
        return _Written(start, start + ended[0], ended[1])
    lines = 1
    while lines < len(pieces) and _goes_on(pieces[lines - 1], pieces[lines]):
        lines += 1
    last = pieces[lines - 1]
    url = _in_one([piece.words for piece in pieces[:lines]])
    return _Written(start, start + last.place + len(_without_stops(last.words)), _without_stops(url))


def _pieces(window: str, first: str, until: re.Pattern[str] | None) -> Iterator[_Piece]:
    """The first word of a link's line, and of each following line up to one that has more than a word, or begins
    another link. Only the first word where it is whole."""
    place, words = 0, first
    for _ in range(_MOST_LINES):
        end = place + len(words)
        alone = _LINE_END.match(window, end) is not None
        yield _Piece(place, words, alone)
        following = _NEXT_LINE.match(window, end) if alone and not (until and until.search(words)) else None
        if following is None or (following[1][:4].lower() == "http" and not words.endswith("=")):
            return
        place, words = following.start(1), following[1]


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
        return True
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
