"""Loads what is known of links (services.toml): gateways, redirectors, parameters that identify somebody, shares."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

from relay.anonymise.any_case import holds_any
from relay.anonymise.links.places import ByPlace, Place, host_end

_DOT = re.compile(r"\.[a-z]")


@dataclass(frozen=True, slots=True)
class Told:
    """What services.toml says of one product beside its rules: for the documentation, and for the tests. ``result`` is
    what becomes of the example."""

    product: str
    identifies: str
    source: str
    date: date
    example: str
    alike: str
    result: str = ""


@dataclass(frozen=True, slots=True)
class Carrier:
    """One way in which a wrapper carries its target: in the parameter ``query``, in the group "target" of ``rest``, or
    with its host in that of ``host``; ``decodings`` are how it is written there, outermost first."""

    query: str
    host: re.Pattern[str] | None
    rest: re.Pattern[str] | None
    decodings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wrapper:
    """A gateway or redirector. ``closes``: without a target in it the link can lead nowhere, because its other parts
    belong to one customer; ``site`` then names the parameter with the target's host. ``until`` ends a whole link."""

    told: Told
    carriers: tuple[Carrier, ...]
    closes: bool
    site: str
    until: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Parameters:
    """Names of parameters, in lower case: whole ones, and beginnings."""

    names: frozenset[str]
    prefixes: tuple[str, ...]

    def hold(self, name: str) -> bool:
        """Whether ``name`` is one of them."""
        return name in self.names or name.startswith(self.prefixes)


@dataclass(frozen=True, slots=True)
class Service:
    """A service whose links open without some parameters, and without what ``cut`` finds in their path; ``at`` is the
    host that opens them without the customer's name, "" where there is none. ``by_program``: only programs write such
    links, as in an invitation. ``page`` stands in their place where they open for nobody without what identifies: the
    service's page that takes the number of a meeting, "" where there is none; None: the link stays. ``number`` finds
    what that page asks for."""

    told: Told
    parameters: Parameters
    cut: re.Pattern[str] | None
    at: str
    by_program: bool
    page: str | None
    number: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Share:
    """Links that show whose they are: ``by`` their "address", or the "page" that they open. ``kind`` is that of a
    doubt (relay.model.Doubt)."""

    told: Told
    by: str
    kind: str


@dataclass(frozen=True, slots=True)
class LinkServices:
    """Everything of services.toml, as it stands there, and ready for use. ``time_zones`` are parameters of links to
    calendars; ``tracking_told`` is about the parameters of every host; every link of a gateway with a known host holds
    one of ``gateway_ends``."""

    checked: date
    gateways: tuple[Wrapper, ...]
    redirectors: tuple[Wrapper, ...]
    services: tuple[Service, ...]
    shares: tuple[Share, ...]
    tracking: Parameters
    tracking_told: Told
    time_zones: frozenset[str]
    gateway_ends: tuple[str, ...]
    wrappers_by_place: ByPlace[Wrapper]
    services_by_place: ByPlace[Service]
    shares_by_place: ByPlace[Share]


@lru_cache(maxsize=1)
def link_services() -> LinkServices:
    """The services, read once. Raises ValueError or KeyError when the file is invalid."""
    data = tomllib.loads((files(__package__) / "services.toml").read_text("utf-8"))
    gateways = [(_place(entry), _wrapper(entry, closes=True)) for entry in data["gateway"]]
    redirectors = [(_place(entry), _wrapper(entry, closes=False)) for entry in data["redirector"]]
    services = [(_place(entry), _service(entry)) for entry in data["service"]]
    shares = [(_place(entry), _share(entry)) for entry in data["share"]]
    tracking = data["tracking"]
    return LinkServices(
        data["checked"],
        tuple(rule for _, rule in gateways),
        tuple(rule for _, rule in redirectors),
        tuple(rule for _, rule in services),
        tuple(rule for _, rule in shares),
        _parameters(tracking["drop"]),
        _told(tracking),
        frozenset(tracking["calendar"].split()),
        tuple(sorted({host_end(host) for place, _ in gateways for host in place.hosts if "*" not in host_end(host)})),
        ByPlace((*gateways, *redirectors)),
        ByPlace(services),
        ByPlace(shares),
    )


def may_show_gateway(text: str) -> bool:
    """Whether the link of a gateway may be in the text without its scheme. A host has a dot before a letter, as few
    other words have."""
    return bool(_DOT.search(text)) and holds_any(text, link_services().gateway_ends)


def _place(entry: Mapping[str, Any]) -> Place:
    return Place(tuple(entry["hosts"]), tuple(entry.get("except", ())), _compiled(entry.get("path")))


def _told(entry: Mapping[str, Any]) -> Told:
    return Told(**{name: entry[name] for name in Told.__slots__ if name in entry})


def _wrapper(entry: Mapping[str, Any], *, closes: bool) -> Wrapper:
    carriers = tuple(
        Carrier(
            one.get("query", "").lower(),
            _compiled(one.get("host")),
            _compiled(one.get("rest")),
            tuple(one.get("as", ())),
        )
        for one in entry["carried"]
    )
    closes = closes and not entry.get("optional", False)
    return Wrapper(_told(entry), carriers, closes, entry.get("site", "").lower(), _compiled(entry.get("until")))


def _service(entry: Mapping[str, Any]) -> Service:
    parameters = _parameters(entry.get("drop", ""))
    return Service(
        _told(entry),
        parameters,
        _compiled(entry.get("cut")),
        entry.get("at", ""),
        entry.get("by_program", False),
        entry.get("page"),
        _compiled(entry.get("number")),
    )


def _share(entry: Mapping[str, Any]) -> Share:
    return Share(_told(entry), entry["by"], entry.get("kind", "link"))


def _parameters(words: str) -> Parameters:
    names = words.lower().split()
    return Parameters(
        frozenset(name for name in names if not name.endswith("*")),
        tuple(name[:-1] for name in names if name.endswith("*")),
    )


def _compiled(pattern: str | None) -> re.Pattern[str] | None:
    return re.compile(pattern, re.DOTALL) if pattern else None
