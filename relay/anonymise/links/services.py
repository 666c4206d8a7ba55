"""Loads what is known of links (services.toml): gateways, redirectors, parameters that identify somebody."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_COUNTRY = r"(?:com?\.[a-z]{2}|com|[a-z]{2})"
_LABELS = r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*"


@dataclass(frozen=True, slots=True)
class Told:
    """What services.toml says of one product beside its rules: for the documentation, and for the tests."""

    product: str
    identifies: str
    source: str
    date: date
    example: str
    result: str
    alike: str


@dataclass(frozen=True, slots=True)
class Carrier:
    """One way in which a wrapper carries its target: in the parameter ``query``, or in the group "target" of ``rest``;
    ``decodings`` are how it is written there, outermost first."""

    query: str
    rest: re.Pattern[str] | None
    decodings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wrapper:
    """A gateway or redirector. ``closes``: without a target in it the link can lead nowhere, because its other parts
    belong to one customer; ``site`` then names the parameter with the target's host. ``until`` ends a whole link."""

    told: Told
    path: re.Pattern[str] | None
    carriers: tuple[Carrier, ...]
    closes: bool
    site: str
    until: re.Pattern[str] | None


class ByHost(Generic[T]):
    """Rules by host. A host is compared only with the rules that share its last two labels, and, if it holds one of
    their words, with those that begin with a wildcard at that place."""

    def __init__(self, rules: Iterable[tuple[Iterable[str], T]]) -> None:
        self._near: dict[str, list[tuple[re.Pattern[str], T]]] = {}
        self._elsewhere: list[tuple[re.Pattern[str], T]] = []
        self._everywhere: list[T] = []
        words: set[str] = set()
        for hosts, rule in rules:
            for host in hosts:
                end = ".".join(host.split(".")[-2:])
                if host == "*":
                    self._everywhere.append(rule)
                elif "*" in end or "{" in end:
                    self._elsewhere.append((_pattern(host), rule))
                    words.add(max(re.split(r"\*|\{country\}|\.", host), key=len))
                else:
                    self._near.setdefault(end, []).append((_pattern(host), rule))
        self._words = re.compile("|".join(map(re.escape, sorted(words))) or r"(?!)")

    def find(self, host: str) -> Iterator[T]:
        """The rules for a host in lower case, those for certain hosts first, each in the order of the file."""
        near = self._near.get(".".join(host.rsplit(".", 2)[-2:]), ())
        for pattern, rule in (*near, *self._elsewhere) if self._words.search(host) else near:
            if pattern.fullmatch(host):
                yield rule
        yield from self._everywhere


@dataclass(frozen=True, slots=True)
class LinkServices:
    """Everything of services.toml. ``closed_hosts`` are those for which a link may be broken over several lines."""

    checked: date
    gateways: tuple[Wrapper, ...]
    redirectors: tuple[Wrapper, ...]
    wrappers: ByHost[Wrapper]
    tracking: frozenset[str]
    tracking_prefixes: tuple[str, ...]
    time_zones: frozenset[str]
    tracking_example: tuple[str, str, str]


@lru_cache(maxsize=1)
def link_services() -> LinkServices:
    """The services, read once. Raises ValueError when the file is invalid."""
    data = tomllib.loads((files(__package__) / "services.toml").read_text("utf-8"))
    gateways = tuple((entry["hosts"], _wrapper(entry, closes=True)) for entry in data["gateway"])
    redirectors = tuple((entry["hosts"], _wrapper(entry, closes=False)) for entry in data["redirector"])
    tracking = data["tracking"]
    return LinkServices(
        checked=data["checked"],
        gateways=tuple(wrapper for _, wrapper in gateways),
        redirectors=tuple(wrapper for _, wrapper in redirectors),
        wrappers=ByHost((*gateways, *redirectors)),
        tracking=frozenset(tracking["exact"].split()),
        tracking_prefixes=tuple(tracking["prefixes"]),
        time_zones=frozenset(tracking["calendar"]),
        tracking_example=(tracking["example"], tracking["result"], tracking["alike"]),
    )


def _wrapper(entry: Mapping[str, Any], *, closes: bool) -> Wrapper:
    carriers = tuple(
        Carrier(one.get("query", "").lower(), _compiled(one.get("rest")), tuple(one.get("as", ())))
        for one in entry["carried"]
    )
    return Wrapper(
        told(entry),
        _compiled(entry.get("path")),
        carriers,
        closes and not entry.get("optional", False),
        entry.get("site", "").lower(),
        _compiled(entry.get("until")),
    )


def told(entry: Mapping[str, Any]) -> Told:
    """The part of an entry that is for people and tests."""
    return Told(**{name: entry[name] for name in Told.__slots__})


def _compiled(pattern: str | None) -> re.Pattern[str] | None:
    return re.compile(pattern, re.DOTALL) if pattern else None


def _pattern(host: str) -> re.Pattern[str]:
    """A host pattern of the file, as a pattern for the whole host."""
    pieces = re.split(r"(\*\.|\*|\{country\})", host)
    forms = {"*.": rf"(?:{_LABELS}\.)", "*": r"[a-z0-9_.-]*", "{country}": _COUNTRY}
    return re.compile("".join(forms.get(piece) or re.escape(piece) for piece in pieces))
