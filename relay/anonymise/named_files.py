"""Finds names of files that programs write into a text ("[image: IMG_20260203_211411.jpg]"), and notes on pictures."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from relay.anonymise.any_case import holds_any, small
from relay.anonymise.identities import Finding, replaced
from relay.anonymise.program_names import clocks_in_names, made_up, without_clock

_KIND = "file-name"
_PICTURES = "jpe?g|jpe|png|gif|webp|hei[cf]|avif|tiff?|bmp|svg|dng"
_FILMS = "mp4|m4v|mov|3gp|webm|mkv|avi"
_RECORDINGS = "mp3|m4a|aac|ogg|opus|oga|wav|amr|flac|caf"
_ENDS = f"{_PICTURES}|{_FILMS}|{_RECORDINGS}|pdf|txt|docx?|odt|zip"
_LONGEST = 200

# The quick test, in small letters: every such name ends so, in brackets or not.
_HINT = re.compile(rf"\.(?:{_ENDS})\b")
# A name may be broken over two lines, in a quotation too.
_INNER = r"(?:[^\[\]<>\n]|\n(?:>[ \t]?){0,10}(?!\n))"
_IN_BRACKETS = re.compile(
    rf"[\[<](?P<label>[^\[\]<>\n:：]{{1,40}}[:：][ \t]?)?(?P<name>{_INNER}{{1,{_LONGEST}}}?\.(?P<end>{_ENDS}))"
    r"(?:@[\w.\-]{1,80})?[\]>]",
    re.IGNORECASE,
)
_CITED = re.compile(r"[\[<(]cid:[^\s\[\]<>()]{1,200}[\])>]|(?<!\w)cid:[\w.\-]{1,80}@[\w.\-]{1,80}", re.IGNORECASE)
_TAIL = 16
_LINE_END = re.compile(r"\s*\n(?:>[ \t]?)*")


@lru_cache(maxsize=1)
def _notes() -> tuple[tuple[str, ...], re.Pattern[str]]:
    """A short piece of each note, and a pattern for all."""
    phrases = tomllib.loads(files(__package__).joinpath("program_names.toml").read_text("utf-8"))["notes"]["phrases"]
    pattern = "|".join(re.escape(small(phrase)) for phrase in sorted(phrases, key=len, reverse=True))
    return tuple({small(phrase)[-_TAIL:] for phrase in phrases}), re.compile(rf"[\s,]{{0,3}}(?:{pattern})")


def _of_pictures(text: str) -> list[Finding]:
    """The notes of Office behind its own descriptions of pictures."""
    low = small(text)
    tails, pattern = _notes()
    return [Finding(*one.span(), "", _KIND) for one in pattern.finditer(low)] if holds_any(low, tails) else []


def without_notes(alt: str) -> str:
    """A picture's description without what Office wrote behind its own."""
    return replaced(alt, _of_pictures(alt))


def find(text: str) -> list[Finding]:
    """The names of files that a program made up or that tell the time of day, and the identifiers of pictures. In
    brackets such a name becomes "[picture]"; of others the time of day goes. In order. Linear."""
    low = text.lower()
    notes = _of_pictures(text) if "[" in text else []  # descriptions stand in brackets
    if "cid:" not in low and _HINT.search(low) is None:
        return notes
    found = sorted((*notes, *_cited(text), *_in_brackets(text), *_elsewhere(text)), key=lambda one: one.start)
    out: list[Finding] = []
    for one in found:
        if not out or one.start >= out[-1].end:
            out.append(one)
    return out


def _cited(text: str) -> Iterator[Finding]:
    if "cid:" in text.lower():
        yield from (Finding(*one.span(), "[picture]", _KIND) for one in _CITED.finditer(text))


def _in_brackets(text: str) -> Iterator[Finding]:
    for one in _IN_BRACKETS.finditer(text):
        name = _LINE_END.sub(" ", one["name"]).strip()
        if made_up(name) or without_clock(name) == "":
            yield Finding(*one.span(), f"[{_family(one['end'])}]", _KIND)


def _family(end: str) -> str:
    """What a file with this extension is."""
    kinds = {"picture": _PICTURES, "video": _FILMS, "recording": _RECORDINGS}
    return next((kind for kind, ends in kinds.items() if re.fullmatch(ends, end, re.IGNORECASE)), "document")


def _elsewhere(text: str) -> Iterator[Finding]:
    yield from (Finding(start, end, "", _KIND) for start, end in clocks_in_names(text, _ENDS))
