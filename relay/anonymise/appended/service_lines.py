"""Recognises lines of mailing lists, virus scanners, providers and firms below a letter."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from relay.anonymise.any_case import holds_any, small
from relay.anonymise.appended.hints import Hints
from relay.anonymise.appended.tokens import Vocabulary, Words, tokens, words_of
from relay.anonymise.links.read import read_link
from relay.anonymise.links.written import links_in

_LONGEST = 720
_MOST_WORDS, _MOST_BESIDE_LINK = 100, 7
_ASKS = re.compile(r"[?？؟¿]")
_LINK = re.compile(r"[<(\[]?(?:https?://|www\.)[^\s<>()\[\]]{1,400}[>)\]]?")
_ADDRESS = re.compile(r"[<(\[]?[^\s<>()\[\]@]{1,80}@[^\s<>()\[\]@]{1,200}[>)\]]?")
_START, _UNSPACED = 4, "\u0e00"
_IS_LINK, _IS_ADDRESS = _PLACES = "{link}", "{address}"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A line: its pieces of consecutive words, with gaps between them; whether it begins and ends with one; and the
    words that it always has."""

    pieces: tuple[tuple[str, ...], ...]
    begins: bool
    ends: bool
    always: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Services:
    """The words of services.toml. ``patterns`` by the first letters of their longest word;
    ``hints``: a quick test for most lines."""

    scanners: Vocabulary
    patterns: Mapping[str, tuple[_Pattern, ...]]
    personal: Vocabulary
    list_links: tuple[str, ...]
    program_links: tuple[str, ...]
    hints: Hints


@lru_cache(maxsize=1)
def _services() -> _Services:
    table = tomllib.loads(files(__package__).joinpath("services.toml").read_text("utf-8"))
    patterns: dict[str, list[_Pattern]] = {}
    for line in table["lines"]:
        patterns.setdefault(_words(_longest(line))[0][:_START], []).append(_pattern(line))
    scanners = [*((phrase, "who") for phrase in table["scanners"]), *((phrase, "what") for phrase in table["scanned"])]
    personal = ((word, "personal") for word in table["personal"].split())
    return _Services(
        Vocabulary(scanners),
        {start: tuple(several) for start, several in patterns.items()},
        Vocabulary(personal),
        tuple(table["list_links"]),
        tuple(table["program_links"]),
        Hints((*map(_longest, table["lines"]), *table["scanners"])),
    )


def _longest(line: str) -> str:
    """The longest word of a pattern."""
    return max((word for word in line.split() if word[0] not in "{*"), key=len)


def load() -> None:
    """Read the words. Raises ValueError when the file is invalid."""
    _services()


def _pattern(line: str) -> _Pattern:
    pieces: list[list[str]] = [[]]
    for word in line.split():
        if word == "*":
            pieces.append([])
        elif word in _PLACES:
            pieces[-1].append(word)
        else:
            folded = _words(word)
            pieces[-1] += [*folded[:-1], folded[-1] + ("…" if word.endswith("…") else "")] if folded else []
    always = frozenset(word for piece in pieces for word in piece if word[-1] != "…" and word not in _PLACES)
    return _Pattern(tuple(tuple(piece) for piece in pieces if piece), line[0] != "*", line[-1] != "*", always)


def _words(text: str) -> list[str]:
    """The folded words, with one for each link and address."""
    found: list[str] = []
    at = 0
    for place, sign in _places(text):
        found += [token.folded for token in tokens(text[at : place.start()])]
        found.append(sign)
        at = place.end()
    return [*found, *(token.folded for token in tokens(text[at:]))]


def _places(text: str) -> Iterator[tuple[re.Match[str], str]]:
    links = list(_LINK.finditer(text)) if "://" in text or "www." in text else []
    both = [(one, _IS_LINK) for one in links]
    if "@" in text:
        spans = [one.span() for one in links]
        both += [
            (one, _IS_ADDRESS)
            for one in _ADDRESS.finditer(text)
            if not any(start < one.end() and one.start() < end for start, end in spans)
        ]
    yield from sorted(both, key=lambda each: each[0].start())


def is_service_line(line: str) -> bool:
    """Whether a mailing list, a scanner, a provider or a firm added this line, or these joined lines. Bounded work."""
    if not line or len(line) > _LONGEST:
        return False
    known = _services()
    if not _may_be(line, known):
        return False
    line = _unwrapped(line)
    bare = _LINK.sub(" ", line)
    found = _words(line)
    if _ASKS.search(bare) or len(found) > _MOST_WORDS:
        return False
    personal = {token.folded for kinds, several in known.personal.segments(tokens(bare)) if kinds for token in several}
    if personal:  # only a line that says so itself: "My working hours may not be yours"
        return any(personal <= pattern.always and _fits(found, pattern) for pattern in _possible({*found}, known))
    return (
        _is_scanners(line, known)
        or _is_link(line, bare, known)
        or any(_fits(found, pattern) for pattern in _possible({*found}, known))
    )


def _may_be(line: str, known: _Services) -> bool:
    """A quick test for most lines: False is certain."""
    if not holds_place(line) and not may_hold_service_line(words_of(line)):
        return False
    return known.hints.count(line) > 0 or holds_any(small(line), (*known.list_links, *known.program_links))


def holds_place(text: str) -> bool:
    """Whether a text may hold a link or an address."""
    return "://" in text or "www." in text or "@" in text


def may_hold_service_line(words: Words) -> bool:
    """A quick test whether a line of a text with these words, or several joined, was added: False is certain. Of a
    text with links or addresses it says nothing (``holds_place``)."""
    known = _services()
    return any(_possible(words.distinct, known)) or _names_scanner(known.scanners.possible(words))


def _possible(words: set[str], known: _Services) -> Iterator[_Pattern]:
    """The patterns whose words may all be among these."""
    starts = {word[:_START] for word in words}
    # In a script without blanks a word of a pattern may begin anywhere.
    starts.update(word[at : at + _START] for word in words if word >= _UNSPACED for at in range(1, len(word)))
    for start in starts & known.patterns.keys():
        yield from (pattern for pattern in known.patterns[start] if pattern.always <= words)


def _unwrapped(line: str) -> str:
    """The line with the targets of wrapped links in their place: the link of somebody whose mail goes through a scanner
    is not the scanner's."""
    out: list[str] = []
    at = 0
    for link in links_in(line):
        reading = read_link(link.url)
        if reading.changed:
            out += (line[at : link.start], reading.url or "https://unknown.example")
            at = link.end
    return "".join((*out, line[at:])) if out else line


def _is_link(line: str, bare: str, known: _Services) -> bool:
    """Whether it is hardly more than the link of a scanner, list or mail program."""
    if len(bare) == len(line) or len(bare.split()) > _MOST_BESIDE_LINK:
        return False
    alone = not any(map(str.isalnum, bare))
    links = small(" ".join(link[0] for link in _LINK.finditer(line)))
    if holds_any(links, known.program_links) or (alone and holds_any(links, known.list_links)):
        return True
    return any("who" in kinds for kinds, _ in known.scanners.segments(tokens(links.replace(".", " "))))


def _is_scanners(line: str, known: _Services) -> bool:
    """Whether it names a scanner, and says what it found."""
    return _names_scanner(kind for kinds, _ in known.scanners.segments(tokens(line)) for kind in kinds)


def _names_scanner(kinds: Iterable[str]) -> bool:
    return {"who", "what"} <= {*kinds}


def _fits(words: Sequence[str], pattern: _Pattern) -> bool:
    """Whether the pieces of the pattern follow each other in the words."""
    at = 0
    last = len(pattern.pieces) - 1
    for number, piece in enumerate(pattern.pieces):
        if number == 0 and pattern.begins:
            found = 0 if _is_at(words, piece, 0) else -1
        elif number == last and pattern.ends:
            found = len(words) - len(piece) if _is_at(words, piece, len(words) - len(piece)) else -1
        else:
            found = next((n for n in range(at, len(words) - len(piece) + 1) if _is_at(words, piece, n)), -1)
        if found < at:
            return False
        at = found + len(piece)
    return not pattern.ends or at == len(words)


def _is_at(words: Sequence[str], piece: Sequence[str], at: int) -> bool:
    return (
        at >= 0
        and at + len(piece) <= len(words)
        and all(
            word.startswith(each[:-1]) if each[-1] == "…" else word == each
            for word, each in zip(words[at : at + len(piece)], piece, strict=True)
        )
    )
