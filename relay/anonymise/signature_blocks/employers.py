"""Recognises the name of a firm or other organisation by its legal form ("Ltd", "s. r. o.") and by words ("School")."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from relay.anonymise.any_case import holds_any, small
from relay.anonymise.names.legal_forms import forms_of

_PIECE = re.compile(r"[^\s,;|·()–\-]+")
_LONGEST_INITIAL = 5  # characters of a piece of a dotted form, with its dot
_MOST_PIECES = 5
_SHORTEST_JOINED = 3
_BRACKETED = ("(株)", "(有)", "(주)", "(유)")
_ENDS_NAME = re.compile(r"\s*(?:$|[,;|·(])")
_NAME_FOLLOWS = re.compile(r"\s+[«„“”\"'»‚‘]?\s?([^\W\d_])")


class _Words(NamedTuple):
    """The legal forms, and the words of employers.toml. ``plain`` stand in any case, ``dotted`` with their dots, but
    the last; ``capitals`` as written at the end of a name, ``before`` at its beginning; ``phrases`` of several pieces
    by their first; ``within`` may stand within a word, ``endings`` end one."""

    plain: frozenset[str]
    dotted: frozenset[str]
    capitals: frozenset[str]
    before: frozenset[str]
    phrases: dict[str, tuple[tuple[str, ...], ...]]
    within: tuple[str, ...]
    endings: tuple[str, ...]


@lru_cache(maxsize=1)
def _words() -> _Words:
    table = tomllib.loads(files(__package__).joinpath("employers.toml").read_text("utf-8"))
    plain, dotted, within = set[str](), set[str](), [*_joined_forms()]
    phrases: dict[str, set[tuple[str, ...]]] = {}

    def add(written: str, single: set[str]) -> None:
        pieces = _PIECE.findall(small(written))
        if len(pieces) > 1:
            letters = tuple(_apart(pieces))
            phrases.setdefault(letters[0], set()).add(letters)
        else:
            single.add(_bare(pieces[0]))

    for form in forms_of("any", "stay", "full"):
        add(form, plain)
    for form in forms_of("dotted"):
        add(form, dotted)
    for language in table.values():
        plain.update(small(language.get("words", "")).split())
        for phrase in language.get("phrases", ()):
            add(phrase, plain)
        within += map(small, language.get("within", ()))
    endings = tuple({small(ending) for language in table.values() for ending in language.get("endings", ())})
    before = forms_of("before")
    for form in before:
        if " " in form:
            add(form, plain)
    return _Words(
        frozenset(plain),
        frozenset(dotted),
        frozenset(forms_of("capitals")),
        frozenset(form for form in before if " " not in form),
        {first: tuple(sorted(those)) for first, those in phrases.items()},
        tuple(dict.fromkeys(within)),
        endings,
    )


def _joined_forms() -> Iterator[str]:
    """Those that are no part of longer words by chance: of three letters or more, and the usual ones in brackets."""
    for form in forms_of("joined"):
        if (len(form) >= _SHORTEST_JOINED and not form.startswith("(")) or form in _BRACKETED:
            yield small(form)
    yield from (small(form) for form in forms_of("any") if len(form) == 1)


def _bare(piece: str) -> str:
    """A piece without the dot at its end: "s.r.o" of "s.r.o."."""
    return piece.rstrip(".")


def _apart(pieces: Sequence[str]) -> Iterator[str]:
    """The pieces without their dots, parted there: "spol. s r.o." has four."""
    return (part for piece in pieces for part in piece.split(".") if part)


def load() -> None:
    """Read the words. Raises ValueError when the file is invalid."""
    _words()


def names_employer(text: str) -> bool:
    """Whether a short text holds a legal form of firms or a word of an organisation's name. Linear."""
    known = _words()
    low = small(text)
    if not low.isascii() and holds_any(low, known.within):
        return True
    pieces = _PIECE.findall(low)
    if any(_is_form(pieces, at, known) for at in range(len(pieces))) or _holds_phrase(pieces, known):
        return True
    return not text.islower() and any(
        _is_in_capitals(text, found, known) or _is_before(text, found, known) for found in _PIECE.finditer(text)
    )


def _is_form(pieces: Sequence[str], at: int, known: _Words) -> bool:
    """Whether a form or word begins with this piece."""
    piece = pieces[at]
    bare = _bare(piece)
    if bare in known.plain or bare.endswith(known.endings):
        return True
    return "." in piece and any(joined in known.dotted for joined in _joined(pieces, at))


def _holds_phrase(pieces: Sequence[str], known: _Words) -> bool:
    parts = [*_apart(pieces)]
    return any(
        tuple(parts[at : at + len(phrase)]) == phrase
        for at, part in enumerate(parts)
        if part in known.phrases
        for phrase in known.phrases[part]
    )


def _joined(pieces: Sequence[str], at: int) -> Iterator[str]:
    """The dotted pieces from here on, one, two and more of them, without the blanks between: "s. r. o."."""
    joined: list[str] = []
    for piece in pieces[at : at + _MOST_PIECES]:
        joined.append(_bare(piece))
        yield ".".join(joined)
        if not piece.endswith(".") or len(piece) > _LONGEST_INITIAL:
            return


def _is_in_capitals(text: str, found: re.Match[str], known: _Words) -> bool:
    """Whether a piece is such a form, as written, at the end of a name: "Nordquell SA, Köln"."""
    if found[0] not in known.capitals or not found.start() or not _ENDS_NAME.match(text, found.end()):
        return False
    before = text[: found.start()].rstrip()
    last = before.rpartition(" ")[2]
    return bool(before) and before[-1].isalnum() and last[:1].isupper()


def _is_before(text: str, found: re.Match[str], known: _Words) -> bool:
    """Whether a piece is such a form, as written, before a name with a capital or in a script without: "PT Maju
    Jaya"."""
    follows = _NAME_FOLLOWS.match(text, found.end()) if found[0] in known.before else None
    return follows is not None and not follows[1].islower()
