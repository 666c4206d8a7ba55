"""Generates the tables in docs/names.md and docs/guesses.md from the language files."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "relay" / "anonymise" / "names" / "languages"
_CASED = frozenset(("Latin", "Cyrillic", "Greek", "Armenian"))
_MOST = 6


def spoken() -> list[tuple[str, dict[str, Any]]]:
    """(code, contents) of every language file, in the order of the languages' names."""
    files = [(file.stem, tomllib.loads(file.read_text("utf-8"))) for file in FOLDER.glob("*.toml")]
    return sorted(files, key=lambda one: str(one[1]["name"]))


def by_language() -> str:
    """The table of languages: phrases around a name, prefixes and endings of names, counts of words that stay."""
    rows = "\n".join(_row(code, one) for code, one in spoken())
    return (
        f"{len(spoken())} languages have a file.\n\n"
        "| language | phrases around a name, such as | joined to a name | endings replaced | words that stay "
        f"| places, months … that stay |\n| --- | --- | --- | --- | --- | --- |\n{rows}\n"
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
    """The table of what a capital letter inside a sentence means in each language."""
    meaningful: list[str] = []
    nouns: list[str] = []
    none: list[str] = []
    for _, one in spoken():
        cased = not _CASED.isdisjoint(one["scripts"].split())
        (none if not cased else nouns if one.get("capital_nouns") else meaningful).append(str(one["name"]))
    return (
        "| a word that is also a name, inside a sentence | languages |\n| --- | --- |\n"
        f"| is replaced when it has a capital | {', '.join(meaningful)} |\n"
        f"| stays, because every noun has a capital | {', '.join(nouns) or '–'} |\n"
        f"| stays, because the script has no capitals | {', '.join(none)} |\n"
    )


def with_section(page: str, name: str, text: str) -> str:
    """The ``page`` with ``text`` between the two marks of its section ``name``. Raises ValueError without the marks."""
    begin, end = f"<!-- {name}: made by scripts/docs; changes here are overwritten -->", f"<!-- end of {name} -->"
    head, begun, rest = page.partition(begin)
    _, ended, tail = rest.partition(end)
    if not (begun and ended):
        raise ValueError(f"the page has no section {name!r}")
    return f"{head}{begin}\n\n{text}\n{end}{tail}"
