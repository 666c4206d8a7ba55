"""Reads files.toml, what is known of files that act by themselves."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of files that act: how a text of it begins (lower case), its XML root elements (lower case, each with a
    part of its namespace, "" for any), and what an author can do instead."""

    instead: str
    first_lines: tuple[str, ...]
    roots: MappingProxyType[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """All of files.toml: ``by_extension`` gives the kind of an ending (lower case)."""

    by_extension: MappingProxyType[str, Kind]
    kinds: tuple[Kind, ...]
    programs: Kind
    passive: frozenset[str]
    source: frozenset[str]
    text_types: frozenset[str]
    active_namespaces: tuple[str, ...]
    office_namespaces: tuple[str, ...]


@lru_cache(maxsize=1)
def table() -> Table:
    """The table. Raises KeyError and tomllib.TOMLDecodeError when the file is not as expected."""
    content = tomllib.loads(files(__package__).joinpath("files.toml").read_text("utf-8"))
    kinds = {name: _kind(group) for name, group in content["group"].items()}
    by_extension = {
        extension: kinds[name] for name, group in content["group"].items() for extension in group["extensions"].split()
    }
    text, xml = content["text"], content["xml"]
    return Table(
        MappingProxyType(by_extension),
        tuple(kinds.values()),
        kinds["program"],
        frozenset(text["passive"].split()),
        frozenset(text["source"].split()),
        frozenset(text["types"]),
        tuple(xml["active"]),
        tuple(xml["office"]),
    )


def _kind(group: dict[str, Any]) -> Kind:
    return Kind(group["instead"], tuple(group["first_lines"]), MappingProxyType(dict(group["roots"])))
