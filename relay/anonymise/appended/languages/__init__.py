"""What programs, gateways and firms add to letters, in each language: one TOML file per language (see README.md)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Sent:
    """The frame of "Sent from my iPhone" (``opens``, ``ends``) and of "Get Outlook for iOS" (``get_opens``,
    ``get_ends``), the small ``words`` within, and examples: one that ``goes``, one that ``stays``."""

    opens: tuple[str, ...]
    ends: tuple[str, ...]
    get_opens: tuple[str, ...]
    get_ends: tuple[str, ...]
    words: tuple[str, ...]
    goes: tuple[str, ...]
    stays: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Appended:
    """One language, by its code (BCP 47) and English name."""

    code: str
    name: str
    sent: Sent


def parse_appended(code: str, text: str) -> Appended:
    """Parse one file. Raises ValueError when a key is unknown, KeyError when one is missing."""
    table = tomllib.loads(text)
    unknown = table.keys() - {"name", "sent"}
    if unknown:
        raise ValueError(f"{code}: unknown keys {sorted(unknown)}")
    return Appended(code, table["name"], _sent(code, table["sent"]))


def _sent(code: str, table: dict[str, list[str] | str]) -> Sent:
    unknown = table.keys() - set(Sent.__slots__)
    if unknown:
        raise ValueError(f"{code}: unknown keys {sorted(unknown)} in [sent]")
    if not table["goes"] or not table["stays"]:
        raise ValueError(f"{code}: no examples")
    rows = (table.get(key, ()) for key in Sent.__slots__)
    return Sent(*(tuple(row.split() if isinstance(row, str) else row) for row in rows))


@lru_cache(maxsize=1)
def languages() -> tuple[Appended, ...]:
    """Every language with a file, ordered by code."""
    return tuple(_read())


def _read() -> Iterator[Appended]:
    for one in sorted(files(__name__).iterdir(), key=lambda one: one.name):
        if one.name.endswith(".toml"):
            yield parse_appended(one.name.removesuffix(".toml"), one.read_text("utf-8"))
