"""Generates the tables in docs/names.md and docs/guesses.md from the language files."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "relay" / "anonymise" / "names" / "languages"
_CASED = frozenset(("Latin", "Cyrillic", "Greek", "Armenian"))
_MOST = 6


def spoken() -> list[tuple[str, dict[str, Any]]]:
    """Code and contents of every language file, by the language's name."""
    files = [(file.stem, tomllib.loads(file.read_text("utf-8"))) for file in FOLDER.glob("*.toml")]
    return sorted(files, key=lambda one: str(one[1]["name"]))


def by_language() -> str:
    """What is known of each language: where a name stands, what is joined to it, what stays."""
    rows = "\n".join(_row(code, one) for code, one in spoken())
    return (
        f"{len(spoken())} languages have a file.\n\n"
        "| language | a name stands, for instance | joined to a name | ends that take another's place | stay as words "
        f"| stay as places, months … |\n| --- | --- | --- | --- | --- | --- |\n{rows}\n"
    )


def _row(code: str, one: dict[str, Any]) -> str:
    stands = " · ".join((one["greetings"][0], one["introductions"][0], f"{one['closings'][0]}, …"))
    joined = _some([f"{word}…" for word in one.get("before", "").split()] + _behind(one))
    endings = one.get("endings", {})
    ends = _some([f"-{end} → {_first(instead)}" for end, instead in endings.items()], 2)
    words = len(set(one.get("words", "").split()))
    proper = len(set(one.get("proper", "").split()))
    return f"| {one['name']} (`{code}`) | {stands} | {joined} | {ends} | {words} | {proper} |"


def _behind(one: dict[str, Any]) -> list[str]:
    return [f"…{word}" for word in one.get("behind", "").split()]


def _first(instead: str) -> str:
    return " ".join(f"-{end.strip('-')}" for end in instead.split()[:3])


def _some(found: list[str], most: int = _MOST) -> str:
    """The first few, and how many more there are."""
    rest = len(found) - most
    return (", ".join(found[:most]) + (f" and {rest} more" if rest > 0 else "")) or "–"


def capitals() -> str:
    """In which languages a capital inside a sentence is a sign of a name, and in which it is none."""
    told: list[str] = []
    nouns: list[str] = []
    none: list[str] = []
    for _, one in spoken():
        cased = not _CASED.isdisjoint(one["scripts"].split())
        (none if not cased else nouns if one.get("capital_nouns") else told).append(str(one["name"]))
    return (
        "| a word that is also a name, inside a sentence | languages |\n| --- | --- |\n"
        f"| is replaced when it has a capital | {', '.join(told)} |\n"
        f"| stays: every noun has a capital | {', '.join(nouns) or '–'} |\n"
        f"| stays: the script has no capitals | {', '.join(none)} |\n"
    )


def with_section(page: str, name: str, text: str) -> str:
    """The ``page`` with what stands between the two marks of its generated section ``name`` made anew. Raises
    ValueError when the page has lost its marks."""
    begin, end = f"<!-- {name}: made by scripts/docs; changes here are overwritten -->", f"<!-- end of {name} -->"
    head, begun, rest = page.partition(begin)
    _, ended, tail = rest.partition(end)
    if not (begun and ended):
        raise ValueError(f"the page has no section {name!r}")
    return f"{head}{begin}\n\n{text}\n{end}{tail}"
