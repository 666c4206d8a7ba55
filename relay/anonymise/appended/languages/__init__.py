"""What programs, gateways and firms add to letters, in each language: one TOML file per language (see README.md)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

SENT = frozenset(str.split("opens ends get_opens get_ends words"))
NOTICE = frozenset(
    str.split("heading this if confidential addressee error tell delete forbidden liability firm personal")
)
BANNER = frozenset(str.split("outside care links trust report seldom suspect button press"))
_SECTIONS = {"sent": SENT, "notice": NOTICE, "banner": BANNER}


@dataclass(frozen=True, slots=True)
class Section:
    """The phrases of one kind of addition, by group, and examples: some that go, some that stay."""

    phrases: Mapping[str, tuple[str, ...]]
    goes: tuple[str, ...]
    stays: tuple[str, ...]


_NONE = Section({}, (), ())


@dataclass(frozen=True, slots=True)
class Appended:
    """One language, by its code (BCP 47) and English name: lines of programs, notices of firms, banners of gateways. A
    language may lack the latter two."""

    code: str
    name: str
    sent: Section
    notice: Section = _NONE
    banner: Section = _NONE


def parse_appended(code: str, text: str) -> Appended:
    """Parse one file. Raises ValueError when a key is unknown or examples are missing."""
    table = tomllib.loads(text)
    unknown = table.keys() - {"name", *_SECTIONS}
    if unknown:
        raise ValueError(f"{code}: unknown keys {sorted(unknown)}")
    sections = {
        name: _section(f"{code}: [{name}]", table[name], groups) for name, groups in _SECTIONS.items() if name in table
    }
    return Appended(code, table["name"], **sections)


def _section(where: str, table: dict[str, list[str] | str], groups: frozenset[str]) -> Section:
    unknown = table.keys() - groups - {"goes", "stays"}
    if unknown:
        raise ValueError(f"{where}: unknown keys {sorted(unknown)}")
    if not table["goes"] or not table["stays"]:
        raise ValueError(f"{where}: no examples")
    phrases = {key: tuple(row.split() if isinstance(row, str) else row) for key, row in table.items() if key in groups}
    return Section(phrases, tuple(table["goes"]), tuple(table["stays"]))


@lru_cache(maxsize=1)
def languages() -> tuple[Appended, ...]:
    """Every language with a file, ordered by code."""
    return tuple(_read())


def _read() -> Iterator[Appended]:
    for one in sorted(files(__name__).iterdir(), key=lambda one: one.name):
        if one.name.endswith(".toml"):
            yield parse_appended(one.name.removesuffix(".toml"), one.read_text("utf-8"))
