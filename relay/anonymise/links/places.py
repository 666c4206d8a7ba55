"""Finds the rules that count for a link, by its host and path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

_COUNTRY = r"(?:com?\.[a-z]{2}|com|[a-z]{2})"
_LABELS = r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*"
_WILD = re.compile(r"(\*\.|\*|\{country\})")
_FORMS = {"*.": rf"(?:{_LABELS}\.)", "*": r"[a-z0-9_.-]*", "{country}": _COUNTRY}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule counts: ``hosts`` as services.toml writes them, ``apart_from`` hosts that are not meant, ``path`` a
    pattern with which everything behind the host begins; None: any."""

    hosts: tuple[str, ...]
    apart_from: tuple[str, ...] = ()
    path: re.Pattern[str] | None = None


class ByPlace(Generic[T]):
    """Rules by place. A host is compared only with the rules that share its last two labels, and, if it holds one of
    their words, with those that have a wildcard there."""

    def __init__(self, rules: Iterable[tuple[Place, T]]) -> None:
        self._near: dict[str, list[_Rule[T]]] = {}
        self._elsewhere: list[_Rule[T]] = []
        self._everywhere: list[_Rule[T]] = []
        words: set[str] = set()
        for place, rule in rules:
            apart = _pattern(place.apart_from)
            for host in place.hosts:
                ready = _Rule(_pattern((host,)), apart, place.path, rule)
                end = host_end(host)
                if host == "*":
                    self._everywhere.append(ready)
                elif _WILD.search(end):
                    self._elsewhere.append(ready)
                    words.add(max(re.split(r"\*|\{country\}|\.", host), key=len))
                else:
                    self._near.setdefault(end, []).append(ready)
        self._words = re.compile("|".join(map(re.escape, sorted(words))) or r"(?!)")

    def find(self, host: str, rest: str) -> Iterator[T]:
        """The rules for a link to ``host``, in lower case, and ``rest`` behind it; those for certain hosts first, each
        in the order of the file."""
        near = self._near.get(host_end(host), ())
        some = self._elsewhere if self._words.search(host) else ()
        for rule in (*near, *some, *self._everywhere):
            meant = (rule.path is None or rule.path.match(rest)) and rule.hosts.fullmatch(host)
            if meant and not rule.apart_from.fullmatch(host):
                yield rule.rule


@dataclass(frozen=True, slots=True)
class _Rule(Generic[T]):
    hosts: re.Pattern[str]
    apart_from: re.Pattern[str]
    path: re.Pattern[str] | None
    rule: T


def host_end(host: str) -> str:
    """The last two labels of a host."""
    return ".".join(host.rsplit(".", 2)[-2:])


def _pattern(hosts: Iterable[str]) -> re.Pattern[str]:
    """The hosts as one pattern for a whole host."""
    pieces = ("".join(_FORMS.get(piece) or re.escape(piece) for piece in _WILD.split(host)) for host in hosts)
    return re.compile("|".join(pieces) or r"(?!)")
