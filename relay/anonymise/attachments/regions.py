"""Takes the region out of the language marks of files: "en-GB" says where somebody writes, "en" only in what language.

Marks are language tags (RFC 5646) and Windows language numbers ([MS-LCID]). A script that decides how text looks stays:
zh-TW becomes zh-Hant. Data: regions.toml.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_TAG = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,12}")
_SCRIPT = re.compile(r"[A-Za-z]{4}")
_REGION = re.compile(r"[A-Za-z]{2}|\d{3}")
_SPECIAL_NUMBERS = frozenset({0x0000, 0x007F, 0x0400, 0x0800, 0xF400, 0xF800})
"""No language, the invariant one, those of the user and the system, and the time and date formats of the system."""
_PRIMARY = 0x3FF
_TAG_OF_XML = re.compile(r"(\s(?:xml:)?lang\s*=\s*)(?:\"([\w.-]{2,60})\"|'([\w.-]{2,60})')")


@dataclass(frozen=True, slots=True)
class _Data:
    """``scripts``: language → region ("*": all others) → script; ``numbers``: language number → number without region;
    ``regions`` and ``regional``: the region that stands for a language in number formats, by tag and by number;
    ``numerals``: tag or number of a region that writes numbers in its own way → the one that stands for it."""

    scripts: dict[str, dict[str, str]]
    numbers: dict[int, int]
    regions: dict[str, str]
    regional: dict[int, int]
    numerals: dict[str | int, str | int]


@lru_cache(maxsize=1)
def _data() -> _Data:
    read = tomllib.loads((files(__package__) / "regions.toml").read_text("utf-8"))
    numbers = {int(old, 16): int(new, 16) for new, several in read["numbers"].items() for old in several.split()}
    regional = {
        new: int(several.split()[0], 16)
        for several in read["numbers"].values()
        for new in [numbers[int(several.split()[0], 16)]]
    }
    formats = read["formats"]
    regional |= {int(pair[:4], 16): int(pair[5:], 16) for pair in formats["numbers"].split()}
    regions = dict(pair.split("-") for pair in formats["regions"].split())
    return _Data(_scripts(read["scripts"]), numbers, regions, regional, _numerals(read["numerals"]))


def _scripts(table: dict[str, str]) -> dict[str, dict[str, str]]:
    scripts: dict[str, dict[str, str]] = {}
    for language, words in table.items():
        script = ""
        for word in words.split():
            first, colon, rest = word.partition(":")
            script = first if colon else script
            scripts.setdefault(language, {})[rest if colon else first] = script
    return scripts


def _numerals(table: dict[str, str]) -> dict[str | int, str | int]:
    numerals: dict[str | int, str | int] = {}
    for tag, words in table.items():
        number, _, several = words.partition(":")
        numerals[int(number, 16)] = int(number, 16)
        for word in several.split():
            if len(word) == 4:
                numerals[int(word, 16)] = int(number, 16)
            else:
                numerals[f"{tag.partition('-')[0]}-{word}"] = tag
    return numerals


def tag_without_region(tag: str) -> str:
    """A language tag ("en-GB", "zh_TW", "en_GB.UTF-8") as language and, where it matters, script; "" for what is no
    language tag and for private ones."""
    parts = re.split("[-_]", tag.strip().partition(".")[0].partition("@")[0])
    if not _TAG.fullmatch("-".join(parts)) or parts[0].lower() in ("x", "i"):
        return ""
    language = parts[0].lower()
    rest = parts[1:]
    while rest and len(rest[0]) == 3 and rest[0].isalpha():
        rest = rest[1:]
    if rest and _SCRIPT.fullmatch(rest[0]):
        return f"{language}-{rest[0].title()}"
    region = rest[0].upper() if rest and _REGION.fullmatch(rest[0]) else ""
    by_region = _data().scripts.get(language, {})
    script = by_region.get(region) or (by_region.get("*") if region else None)
    return f"{language}-{script}" if script else language


def number_without_region(number: int) -> int:
    """The Windows number of a language without its region: 2057 (English, United Kingdom) becomes 9 (English)."""
    low = number & 0xFFFF
    if low in _SPECIAL_NUMBERS:
        return low
    return _data().numbers.get(low) or (low if low > 0x6000 else low & _PRIMARY)


def tag_for_format(tag: str, *, numeric: bool) -> str:
    """The language tag for a number format, with the region that stands for all of the language; for ``numeric``
    formats with the one that stands for all that write numbers like this. "" for what is no tag."""
    neutral = tag_without_region(tag)
    language, _, script = neutral.partition("-")
    own = f"{language}-{re.split('[-_]', tag)[-1].upper()}"
    if numeric and own in _data().numerals:
        return str(_data().numerals[own])
    if not neutral:
        return ""
    region = "TW" if neutral == "zh-Hant" else _data().regions.get(language, "")
    script = "" if language == "zh" else script
    return "-".join(filter(None, (language, script, region)))


def number_for_format(number: int, *, numeric: bool) -> int:
    """The same for a Windows language number."""
    low = number & 0xFFFF
    if low in _SPECIAL_NUMBERS or low <= _PRIMARY:
        return low
    if numeric and low in _data().numerals:
        return int(_data().numerals[low])
    neutral = number_without_region(low)
    return _data().regional.get(neutral, neutral | 0x400)


def marks_without_region(text: str) -> list[tuple[int, int, str]]:
    """The language marks (lang, xml:lang) in the source of a page or XML file that name a region: start, end and the
    mark without it. Linear in the text."""
    found = []
    for mark in _TAG_OF_XML.finditer(text):
        group = 2 if mark[2] is not None else 3
        neutral = tag_without_region(mark[group])
        if neutral and neutral != mark[group]:
            found.append((mark.start(group), mark.end(group), neutral))
    return found
