"""Finds a person's initials where a letter is signed with them: "Best, O.", "OM" on the last line, or "OM/hs"."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files

import regex

from relay.anonymise.names.fold import letters, skeleton_of
from relay.anonymise.names.sign_offs import SignOff, sign_offs

_LONGEST = 16
_SIGNS = frozenset("–—~")
# Up to four letters with full stops, blanks or hyphens; behind them a typist's.
_SIGNED = regex.compile(
    r"(?P<sign>[–—~][ \t]?|)(?P<initials>\p{L}(?:[.\-]?[ ]?\p{L}){0,3}\.?)"
    r"(?:[ ]?[/:][ ]?(?P<typist>\p{Ll}{1,3}))?[ \t]*[.!]?\Z"
)
_KISSES = regex.compile(r"(?<=\p{L}\.?)[ ]+[xX]{1,4}\Z")
_LETTER = regex.compile(r"\p{L}")


@lru_cache(maxsize=1)
def no_initials() -> frozenset[str]:
    """Short words that close a letter and are nobody's initials."""
    return frozenset(tomllib.loads(files(__package__).joinpath("initials.toml").read_text("utf-8"))["words"].split())


def initials_of(names: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """The initials of each name, small, with the surname last and first; nothing for a name of one word, or one that
    is written without capitals."""
    found: dict[str, None] = {}
    for words in names:
        pieces = [skeleton_of(piece) for word in words for piece in regex.split("[-‐‑]", word) if piece]
        first = "".join(letters(piece)[:1] for piece in pieces)
        if len(pieces) > 1 and first.upper() != first:
            found.update({first: None, first[-1] + first[:-1]: None})
    return tuple(found)


def signed_initials(text: str, initials: Sequence[str], pseudonym: str) -> Iterator[tuple[int, int, str]]:
    """Where the author signs with initials outside of quotations, and what stands there instead: those of the
    pseudonym, written in the same way. Linear."""
    if not initials:
        return
    end = 0
    first = frozenset("".join(initials)) | _SIGNS
    for place in sign_offs(text, _LONGEST, lambda words: words[0].lower() in first):
        signed = _SIGNED.match(_KISSES.sub("", place.words))
        if not signed or place.start < end or not _are(signed["initials"], initials):
            continue
        if place.below_closing or _closes(signed, place):
            end = place.start + max(signed.end("initials"), signed.end("typist"))
            yield place.start + signed.start("initials"), end, _like(signed["initials"], pseudonym)


def _closes(signed: regex.Match[str], place: SignOff) -> bool:
    """Whether initials without a formula close a letter: with a typist's behind them, or at its end."""
    written = signed["initials"]
    if not written[0].isupper() or place.before:
        return False
    several = len(_LETTER.findall(written)) > 1
    return (several and bool(signed["typist"])) or (place.ends_letter and (several or bool(signed["sign"])))


def _are(written: str, initials: Sequence[str]) -> bool:
    """Whether these are somebody's: the first alone, or several of them in order."""
    found = letters(skeleton_of(written))
    small = written.islower()
    if found in no_initials() or (small and len(found) < 2):
        return False
    if len(found) == 1:
        return any(one.startswith(found) for one in initials)
    return (small or written.isupper()) and any(_in_order(found, one) for one in initials)


def _in_order(some: str, initials: str) -> bool:
    left = iter(initials)
    return all(letter in left for letter in some)


def _like(written: str, pseudonym: str) -> str:
    """The initials of the pseudonym, written like these; the pseudonym where it has no capitals."""
    first = [word[0] for word in pseudonym.split()]
    if not all(letter.isupper() for letter in first):
        return pseudonym
    first = first[: max(1, len(_LETTER.findall(written)))]
    if written.islower():
        first = [letter.lower() for letter in first]
    dot = "." if "." in written else ""
    return (f"{dot} " if " " in written else dot).join(first) + (dot if written.endswith(".") else "")
