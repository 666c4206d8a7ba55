"""Recognises lines of mailing lists, virus scanners, providers and firms below a letter."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from relay.anonymise.any_case import holds_any, small
from relay.anonymise.appended.tokens import Vocabulary, tokens
from relay.anonymise.links.read import read_link
from relay.anonymise.links.written import links_in
from relay.anonymise.names.fold import skeleton_of

_LONGEST = 720
_MOST_WORDS, _MOST_BESIDE_LINK = 100, 7
_HINT = 4
_ASKS = re.compile(r"[?？؟¿]")
_LINK = re.compile(r"[<(\[]?(?:https?://|www\.)[^\s<>()\[\]]{1,400}[>)\]]?")
_ADDRESS = re.compile(r"[<(\[]?[^\s<>()\[\]@]{1,80}@[^\s<>()\[\]@]{1,200}[>)\]]?")
_IS_LINK, _IS_ADDRESS = "{link}", "{address}"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A line: its pieces of consecutive words, with gaps between them; whether it begins and ends with one."""

    pieces: tuple[tuple[str, ...], ...]
    begins: bool
    ends: bool


@dataclass(frozen=True, slots=True)
class _Services:
    """The words of services.toml. ``hints`` are words of which each such line holds one."""

    scanners: Vocabulary
    patterns: tuple[_Pattern, ...]
    personal: Vocabulary
    list_links: tuple[str, ...]
    hints: tuple[str, ...]


@lru_cache(maxsize=1)
def _services() -> _Services:
    table = tomllib.loads(files(__package__).joinpath("services.toml").read_text("utf-8"))
    patterns = tuple(_pattern(line) for line in table["lines"])
    scanners = [*((phrase, "who") for phrase in table["scanners"]), *((phrase, "what") for phrase in table["scanned"])]
    personal = ((word, "personal") for word in table["personal"].split())
    longest = [max((word for piece in one.pieces for word in piece if word[0] != "{"), key=len) for one in patterns]
    words = [*longest, *(max(_words(phrase), key=len) for phrase in table["scanners"])]
    return _Services(
        Vocabulary(scanners),
        patterns,
        Vocabulary(personal),
        tuple(table["list_links"]),
        tuple(dict.fromkeys(word.rstrip("…")[: max(_HINT, len(word) - 2)] for word in words)),
    )


def load() -> None:
    """Read the words. Raises ValueError when the file is invalid."""
    _services()


def _pattern(line: str) -> _Pattern:
    pieces: list[list[str]] = [[]]
    for word in line.split():
        if word == "*":
            pieces.append([])
        elif word in (_IS_LINK, _IS_ADDRESS):
            pieces[-1].append(word)
        else:
            folded = _words(word)
            pieces[-1] += [*folded[:-1], folded[-1] + ("…" if word.endswith("…") else "")] if folded else []
    return _Pattern(tuple(tuple(piece) for piece in pieces if piece), line[0] != "*", line[-1] != "*")


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
    line, known = _unwrapped(line), _services()
    low = small(line) if line.isascii() else skeleton_of(line)
    if not holds_any(low, known.hints) and not holds_any(low, known.list_links):
        return False
    bare = _LINK.sub(" ", line)
    found = _words(line)
    if (
        _ASKS.search(bare)
        or len(found) > _MOST_WORDS
        or any(kinds for kinds, _ in known.personal.segments(tokens(bare)))
    ):
        return False
    return (
        _is_scanners(line, known)
        or _is_link(line, bare, known)
        or any(_fits(found, pattern) for pattern in known.patterns)
    )


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
    """Whether it is hardly more than the link of a scanner or list."""
    if len(bare) == len(line) or len(bare.split()) > _MOST_BESIDE_LINK:
        return False
    alone = not any(map(str.isalnum, bare))
    links = small(" ".join(link[0] for link in _LINK.finditer(line)))
    if alone and holds_any(links, known.list_links):
        return True
    return any("who" in kinds for kinds, _ in known.scanners.segments(tokens(links.replace(".", " "))))


def _is_scanners(line: str, known: _Services) -> bool:
    """Whether it names a scanner, and says what it found."""
    kinds = {kind for several, _ in known.scanners.segments(tokens(line)) for kind in several}
    return {"who", "what"} <= kinds


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
