"""Finds a person's initials where a letter is signed with them: "Best, O.", "OM" on the last line, or "OM/hs"."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files

import regex

from relay.anonymise.names.contexts import is_closing
from relay.anonymise.names.fold import letters, skeleton_of

_LONGEST_LINE = 80
_MOST_BLANK = 3
_FEW_WORDS = 3
# Up to four letters with full stops, blanks or hyphens; behind them a typist's.
_SIGNED = regex.compile(
    r"(?P<sign>[–—~][ \t]?|)(?P<initials>\p{L}(?:[.\-]?[ ]?\p{L}){0,3}\.?)"
    r"(?:[ ]?[/:][ ]?(?P<typist>\p{Ll}{1,3}))?[ \t]*[.!]?\Z"
)
_KISSES = regex.compile(r"(?<=\p{L}\.?)[ ]+[xX]{1,4}\Z")
_LETTER = regex.compile(r"\p{L}")
_MARKS = " \t*_()"
_QUOTED = (">", "|")


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
    lines = text.split("\n")
    last = _last_own(lines)
    at = 0
    for number, line in enumerate(lines):
        if len(line) <= _LONGEST_LINE and not line.startswith(_QUOTED):
            for start, end, words in _in_line(lines, number, last, initials):
                yield at + start, at + end, _like(words, pseudonym)
        at += len(line) + 1


def _in_line(lines: Sequence[str], number: int, last: int, initials: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    line = _KISSES.sub("", lines[number].rstrip(_MARKS))
    start = len(lines[number]) - len(lines[number].lstrip(_MARKS))
    comma = max(line.rfind(","), line.rfind("،")) + 1
    for begin in (start, comma) if comma else (start,):
        signed = _SIGNED.match(line, len(line) - len(line[begin:].lstrip(_MARKS)))
        if not signed or not _are(signed["initials"], initials):
            continue
        above = _above(lines, number)
        if begin > start:
            fits = is_closing(skeleton_of(line[:begin]))
        else:
            fits = is_closing(skeleton_of(above)) or _closes(signed, number == last, above)
        if fits:
            yield signed.start("initials"), max(signed.end("initials"), signed.end("typist")), signed["initials"]
            return


def _closes(signed: regex.Match[str], last: bool, above: str) -> bool:
    """Whether initials without a formula above close a letter: with a typist's behind them, or on the last line of the
    author's own words, below words."""
    written = signed["initials"]
    if not written[0].isupper():
        return False
    several = len(_LETTER.findall(written)) > 1
    if several and signed["typist"]:
        return True
    return last and (several or bool(signed["sign"])) and len(above.split()) >= _FEW_WORDS


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


def _above(lines: Sequence[str], number: int) -> str:
    """The next line above that is not blank."""
    for line in reversed(lines[max(0, number - _MOST_BLANK) : number]):
        if line.strip():
            return line
    return ""


def _last_own(lines: Sequence[str]) -> int:
    """The number of the last line that is neither blank nor quoted."""
    return next(
        (at for at in range(len(lines) - 1, -1, -1) if lines[at].strip() and not lines[at].startswith(_QUOTED)), -1
    )


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
